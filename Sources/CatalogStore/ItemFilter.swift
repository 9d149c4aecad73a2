/// Which items may be found: for each named attribute one of its values; every name must hold.
public struct ItemFilter: Sendable, Equatable {
    /// Attribute (`category`, `colour`, `gender`, or any other column of the catalog) to the accepted values. Names and
    /// values are compared without regard to the case of ASCII letters.
    public var accepted: [String: [String]]

    /// A filter; empty accepts everything.
    public init(_ accepted: [String: [String]] = [:]) {
        self.accepted = accepted
    }

    /// Whether everything is accepted.
    public var isEmpty: Bool { accepted.isEmpty }
}

/// A stretch of a listing.
public struct ItemPage: Sendable {
    /// The items of this page.
    public let items: [CatalogItem]
    /// How many there are on all pages.
    public let total: Int

    /// A page.
    public init(items: [CatalogItem], total: Int) {
        self.items = items
        self.total = total
    }
}
