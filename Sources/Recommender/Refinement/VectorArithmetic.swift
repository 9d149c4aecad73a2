/// Sums of vectors of one length.
package enum VectorArithmetic {
    /// Inner product. O(dimension).
    package static func dot(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// A vector with length 1; `nil` for one without a direction.
    package static func unit(_ vector: [Float]) -> [Float]? {
        let length = dot(vector, vector).squareRoot()
        guard length.isFinite, length > 1e-6 else { return nil }
        return vector.map { $0 / length }
    }

    /// `a + scale * b`.
    package static func adding(_ scale: Float, _ b: [Float], to a: [Float]) -> [Float] {
        zip(a, b).map { $0 + scale * $1 }
    }

    /// The mean of some vectors; `nil` of none.
    package static func mean(_ vectors: [[Float]]) -> [Float]? {
        guard var sum = vectors.first else { return nil }
        for vector in vectors.dropFirst() { sum = adding(1, vector, to: sum) }
        return sum.map { $0 / Float(vectors.count) }
    }
}

/// The mean of the vectors of some items.
public struct MeanVector: Sendable, Equatable {
    /// The mean; its length is below 1 by how much the vectors differ.
    public let vector: [Float]
    /// How many vectors it is of.
    public let count: Int

    /// A mean.
    public init(vector: [Float], count: Int) {
        self.vector = vector
        self.count = count
    }

    /// The mean drawn towards that of a wider class, which counts as `prior` vectors: of few vectors it says little.
    package func shrunk(towards wider: MeanVector, prior: Float = 8) -> [Float] {
        let scale = 1 / (Float(count) + prior)
        return zip(vector, wider.vector).map { (Float(count) * $0 + prior * $1) * scale }
    }
}
