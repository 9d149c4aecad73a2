/// Vectors of one length, each with an identifier, that can be asked for the nearest to a query.
///
/// Conforming types are immutable once built, so any number of threads may search at once.
public protocol VectorIndex: Sendable {
    /// The vectors.
    var table: VectorTable { get }

    /// The nearest vectors, nearest first; equally near ones in the order of their identifiers.
    ///
    /// - Parameters:
    ///   - query: `dimension` finite floats.
    ///   - count: how many at the most; 0 gives none.
    ///   - metric: inner product (for unit vectors the cosine) or Euclidean distance.
    ///   - rows: the rows that may be found, or `nil` for all. Fewer than `count` are returned only if fewer are allowed.
    /// - Returns: at most `count` neighbours, each of a different row.
    /// - Throws: ``VectorSearchError`` if the query does not fit the index.
    func search(
        _ query: [Float], count: Int, metric: Metric, among rows: RowSet?
    ) throws(VectorSearchError) -> [Neighbor]
}

extension VectorIndex {
    /// How many vectors there are.
    public var count: Int { table.count }

    /// The length of every vector.
    public var dimension: Int { table.dimension }

    /// The vector of a row. O(dimension).
    public func vector(row: Int) -> [Float] { table.vector(row: row) }

    func check(_ query: [Float]) throws(VectorSearchError) {
        guard query.count == dimension else {
            throw .dimensionMismatch(expected: dimension, got: query.count)
        }
        guard query.allSatisfy(\.isFinite) else { throw .notFinite }
    }
}

/// One found vector.
public struct Neighbor: Sendable, Equatable {
    /// Its row in the index.
    public let row: Int
    /// Its identifier.
    public let id: String
    /// The inner product, or the Euclidean distance, as the search's metric has it.
    public let score: Float
}
