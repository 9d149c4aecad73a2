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
    /// The matches of a photo: none of them close if it shows nothing that the model knows, else as its own scale says, if it
    /// has one.
    public func judged(isRecognised: Bool, scale: ClosenessScale?) -> [Match] {
        if isRecognised, scale == nil { return self }
        return map { match in
            let closeness = isRecognised ? scale?.closeness(match.score) ?? match.closeness : .nothingClose
            return Match(item: match.item, score: match.score, closeness: closeness, variants: match.variants)
        }
    }

    /// The matches of a photo, judged as it asks for.
    public func judged(_ query: PhotoQuery) -> [Match] {
        judged(isRecognised: query.isRecognised, scale: query.scale)
    }
}
