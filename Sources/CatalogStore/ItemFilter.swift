/// Which items may be found: for each named attribute one of its values, and a price; all of it must hold.
public struct ItemFilter: Sendable, Equatable {
    /// Attribute (`category`, `colour`, `gender`, `currency`, or any other column of the catalog) to the accepted values.
    /// Names and values are compared without regard to the case of ASCII letters.
    public var accepted: [String: [String]]
    /// The accepted prices; items without a price are then left out.
    public var price: PriceRange?

    /// A filter; empty accepts everything.
    public init(_ accepted: [String: [String]] = [:], price: PriceRange? = nil) {
        self.accepted = accepted
        self.price = price
    }

    /// Whether everything is accepted.
    public var isEmpty: Bool { accepted.isEmpty && price == nil }
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
