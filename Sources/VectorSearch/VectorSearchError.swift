/// Why a search or an index cannot be.
public enum VectorSearchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A vector's length is not the index's.
    case dimensionMismatch(expected: Int, got: Int)
    /// A vector holds NaN or an infinity.
    case notFinite
    /// Two vectors came with the same identifier.
    case duplicateIdentifier(String)
    /// A snapshot or graph is missing, stale or damaged, or cannot be written; it is made anew.
    case unusableFile(path: String, reason: String)
    /// A graph cannot be made of vectors that have not the length 1.
    case notUnitVectors

    public var description: String {
        switch self {
        case .dimensionMismatch(let expected, let got):
            "The vector has \(got) dimensions and the index has \(expected): they come from different models."
        case .notFinite: "The vector holds a value that is not a finite number."
        case .duplicateIdentifier(let id): "Two vectors have the identifier \(id)."
        case .unusableFile(let path, let reason): "\(path) cannot be used: \(reason)."
        case .notUnitVectors: "An approximate index needs vectors of length 1."
        }
    }
}
