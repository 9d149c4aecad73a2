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
