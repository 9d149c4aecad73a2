/// How an index finds what is nearest.
public enum IndexKind: String, Sendable, CaseIterable {
    /// By looking at everything.
    case exact
    /// Along a graph of neighbours, approximately.
    case hnsw
    /// By looking at everything while there are few vectors, and along a graph of many.
    case auto

    /// From how many vectors on `auto` uses a graph: looking at as many takes some milliseconds.
    public static let graphFrom = 100_000

    /// Whether so many vectors are searched along a graph.
    public func usesGraph(count: Int) -> Bool {
        switch self {
        case .exact: false
        case .hnsw: count > 0
        case .auto: count >= Self.graphFrom
        }
    }
}
