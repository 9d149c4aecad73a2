/// What a search cannot do.
public enum RecommenderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A filter names an attribute that no item has.
    case unknownAttribute(String, known: [String])
    /// A price range does not say which of the catalog's currencies it is in.
    case currencyNeeded(known: [String])

    public var description: String {
        switch self {
        case .unknownAttribute(let name, let known):
            "The catalog has no attribute \(name). It has: \(known.joined(separator: ", "))."
        case .currencyNeeded(let known):
            "The catalog has prices in \(known.joined(separator: ", ")): say which one is meant, as in "
                + "currency=\(known.first ?? "EUR")."
        }
    }
}
