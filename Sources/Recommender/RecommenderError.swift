/// What a search cannot do.
public enum RecommenderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A filter names an attribute that no item has.
    case unknownAttribute(String, known: [String])
    /// A price range does not say which of the catalog's currencies it is in.
    case currencyNeeded(known: [String])

    /// An item is to be added, and there is one with its identifier.
    case itemExists(String)
    /// An item is to be changed or added without a photo, and there is none that it could keep.
    case noPhoto(String)
    /// A change could not be stored; nothing has changed.
    case notStored(reason: String)
    /// A change cannot be stored, and will not be: the catalog is where nothing can be written.
    case readOnly
    /// The database that holds the catalog cannot be reached; a moment later it may be there again.
    case databaseUnavailable(reason: String)
    /// The database went away while a change was stored: it may have been stored or not.
    case outcomeUnknown(reason: String)

    public var description: String {
        switch self {
        case .unknownAttribute(let name, let known):
            "The catalog has no attribute \(name). It has: \(known.joined(separator: ", "))."
        case .itemExists(let id): "There is an item \(id) already."
        case .noPhoto(let id): "There is no item \(id) whose photo could be kept: send one."
        case .notStored(let reason): "The change could not be stored, and nothing has changed: \(reason)"
        case .readOnly: "The catalog is where this server cannot write, so its items cannot be changed."
        case .databaseUnavailable(let reason): "The catalog's database cannot be reached: \(reason)"
        case .outcomeUnknown(let reason): "The change may have been stored or not: \(reason)"
        case .currencyNeeded(let known):
            "The catalog has prices in \(known.joined(separator: ", ")): say which one is meant, as in "
                + "currency=\(known.first ?? "EUR")."
        }
    }
}
