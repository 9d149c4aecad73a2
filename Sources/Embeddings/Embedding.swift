/// What a network made of a photo.
public struct Embedding: Sendable, Equatable {
    /// The unit vector.
    public let vector: [Float]
    /// The vector's Euclidean length before it was normalised: how much the network found of what it was taught. Photos of
    /// other things leave it short (feature norms as a sign of the unknown: Dhamija et al., 2018).
    public let length: Float

    /// An embedding.
    public init(vector: [Float], length: Float) {
        self.vector = vector
        self.length = length
    }
}
