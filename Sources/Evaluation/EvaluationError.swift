/// Why something cannot be evaluated.
public enum EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The catalog has no embeddings of the model.
    case nothingIndexed(model: String)
    /// No query is left to ask.
    case noQueries(reason: String)
    /// No item is left to be found.
    case emptyGallery
    /// A file could not be read.
    case unreadable(path: String, reason: String)
    /// A line of a label map says nothing usable; line 0 is the whole file.
    case badLabelMap(file: String, line: Int, reason: String)
    /// A table lacks a column.
    case missingColumn(String, file: String, found: [String])
    /// A file is no result of an evaluation.
    case badResult(path: String, reason: String)
    /// Two results have no query in common.
    case nothingInCommon(path: String)

    public var description: String {
        switch self {
        case .nothingIndexed(let model):
            "Nothing is indexed for the model \(model). Run vitrine index with the same options first."
        case .noQueries(let reason):
            "There is no query: \(reason)."
        case .emptyGallery:
            "Every item is a query, so none is left to be found. Hold out fewer."
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)."
        case .badLabelMap(let file, let line, let reason):
            "\(file)\(line > 0 ? ", line \(line)" : ""): \(reason). A label map is a CSV with the columns label and "
                + "category, one pair a line, or a JSON object of label to list of categories."
        case .missingColumn(let column, let file, let found):
            "\(file) has no column \(column). It has: \(found.joined(separator: ", "))."
        case .badResult(let path, let reason):
            "\(path) is no result of vitrine evaluate --json: \(reason)."
        case .nothingInCommon(let path):
            "\(path) has no query in common with this evaluation. Use the same queries, share and seed."
        }
    }
}
