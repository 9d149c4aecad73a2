/// What a listing or a search can be narrowed down to, and how many items there would be.
public struct Facets: Sendable, Equatable {
    /// How many items pass the whole filter.
    public let matching: Int
    /// The attributes that have a few values for many items, in the order of the catalog.
    public let attributes: [Facet]
    /// The prices in each currency, the most frequent first; one that passes all filters but that for price.
    public let prices: [PriceSpan]

    /// Facets.
    public init(matching: Int, attributes: [Facet], prices: [PriceSpan]) {
        self.matching = matching
        self.attributes = attributes
        self.prices = prices
    }
}

/// The values of one attribute. Counts are of the items that pass the filters of all other attributes: what one would
/// get by choosing that value alone here.
public struct Facet: Sendable, Equatable {
    /// A value and how many items have it.
    public struct Value: Sendable, Equatable {
        /// As the catalog spells it.
        public let text: String
        /// Items that have it, among those that pass the other filters.
        public let count: Int
        /// Whether the filter accepts it.
        public let isAccepted: Bool

        /// A value.
        public init(text: String, count: Int, isAccepted: Bool) {
            self.text = text
            self.count = count
            self.isAccepted = isAccepted
        }
    }

    /// The attribute, as the catalog spells it.
    public let name: String
    /// The most frequent values first, equally frequent ones in alphabetical order; those that the filter accepts are
    /// always among them, even if no item has them.
    public let values: [Value]
    /// How many further values items have that are not among ``values``.
    public let further: Int

    /// A facet.
    public init(name: String, values: [Value], further: Int) {
        self.name = name
        self.values = values
        self.further = further
    }
}

/// The prices of some items in one currency.
public struct PriceSpan: Sendable, Equatable {
    /// ISO 4217 code; `nil` where the catalog states none.
    public let currency: String?
    /// How many items have a price.
    public let count: Int
    /// The lowest price.
    public let minimum: Double
    /// The highest price.
    public let maximum: Double

    /// A span.
    public init(currency: String?, count: Int, minimum: Double, maximum: Double) {
        self.currency = currency
        self.count = count
        self.minimum = minimum
        self.maximum = maximum
    }
}
