/// How near two vectors are.
public enum Metric: String, Sendable, CaseIterable {
    /// Inner product of unit vectors, -1 to 1; larger is nearer.
    case cosine
    /// Euclidean distance, 0 and up; smaller is nearer.
    case euclidean
}
