/// Vectors of one length, each with an identifier, that can be asked for the nearest to a query.
///
/// Conforming types are immutable once built, so any number of threads may search at once.
public protocol VectorIndex: Sendable {
    /// The length of every vector.
    var dimension: Int { get }
    /// The identifiers in the order of their rows.
    var ids: [String] { get }

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
    public var count: Int { ids.count }
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

/// Why a search or an index cannot be.
public enum VectorSearchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A vector's length is not the index's.
    case dimensionMismatch(expected: Int, got: Int)
    /// A vector holds NaN or an infinity.
    case notFinite
    /// Two vectors came with the same identifier.
    case duplicateIdentifier(String)

    public var description: String {
        switch self {
        case .dimensionMismatch(let expected, let got):
            "The vector has \(got) dimensions and the index has \(expected): they come from different models."
        case .notFinite: "The vector holds a value that is not a finite number."
        case .duplicateIdentifier(let id): "Two vectors have the identifier \(id)."
        }
    }
}
