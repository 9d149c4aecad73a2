import CatalogStore

/// An item found, and how near it is.
public struct Match: Sendable {
    /// The item.
    public let item: CatalogItem
    /// Cosine similarity with the query, -1 to 1, whatever the metric of the search.
    public let score: Float
    /// The score in words.
    public let closeness: Closeness
    /// The other items of its product; `nil` if it is the only one.
    public let variants: ProductVariants?

    /// A match.
    public init(item: CatalogItem, score: Float, closeness: Closeness, variants: ProductVariants? = nil) {
        self.item = item
        self.score = score
        self.closeness = closeness
        self.variants = variants
    }
}

/// What else there is of an item's product.
public struct ProductVariants: Sendable, Equatable {
    /// The identifiers of the other items, in the order of the catalog.
    public let others: [String]
    /// How many different colours all of them have, the item itself among them; 0 where none is stated.
    public let colours: Int

    /// Variants.
    public init(others: [String], colours: Int) {
        self.others = others
        self.colours = colours
    }

    /// What else there is of an item's product at the moment; `nil` for an item on its own.
    init?(of id: String, _ groups: ProductGroups, _ state: LiveIndex.State) {
        guard let group = groups.group(of: id) else { return nil }
        let others = group.ids.filter { $0 != id && state.index.row(of: $0) != nil }
        guard !others.isEmpty else { return nil }
        self.init(others: others, colours: group.colours)
    }
}

extension [Match] {
    /// The matches as they are, or none of them close if what was searched with is nothing that the model knows.
    public func judged(isRecognised: Bool) -> [Match] {
        isRecognised
            ? self
            : map { Match(item: $0.item, score: $0.score, closeness: .nothingClose, variants: $0.variants) }
    }
}
