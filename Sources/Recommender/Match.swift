import CatalogStore

/// An item found, and how near it is.
public struct Match: Sendable {
    /// The item.
    public let item: CatalogItem
    /// Cosine similarity with the query, -1 to 1, whatever the metric of the search.
    public let score: Float
    /// The score in words.
    public let closeness: Closeness

    /// A match.
    public init(item: CatalogItem, score: Float, closeness: Closeness) {
        self.item = item
        self.score = score
        self.closeness = closeness
    }
}

/// What a similarity means to a person; the thresholds belong to the model.
public enum Closeness: String, Sendable, CaseIterable {
    /// The same item, or one that could be taken for it.
    case veryClose = "very close"
    /// The same kind, and alike in colour or cut.
    case similar
    /// Something in common.
    case looselyRelated = "loosely related"
    /// The nearest there is, and still far.
    case nothingClose = "nothing close"
}
