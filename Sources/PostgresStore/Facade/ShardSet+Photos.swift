import CatalogStore

extension ShardSet {
    /// The photo of an item as it was read; `nil` if no item has it any more.
    ///
    /// - Throws: `RecommenderError` if the item's shard is away.
    package func photo(of item: CatalogItem) throws -> [UInt8]? {
        try askShard(of: item.id) { catalog throws(PostgresError) in try catalog.photo(contentHash: item.contentHash) }
    }
}
