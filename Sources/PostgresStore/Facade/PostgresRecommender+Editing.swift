import CatalogStore
import Recommender

extension PostgresRecommender {
    /// Adds an item, or changes one: see `Recommender.store(_:photo:isNew:)`. All processes find it from when this returns
    /// on.
    ///
    /// - Throws: ``RecommenderError``, `ImageError` if the photo is not acceptable, `EmbeddingError`.
    public func store(
        _ item: CatalogItem, photo: [UInt8]?, isNew: Bool = false
    ) throws -> (item: CatalogItem, isNew: Bool) {
        let item = item.withCanonicalID
        var stored = item
        var pair: (bytes: [UInt8], vector: [Float])?
        if let photo {
            let hash = contentHash(photo)
            // Before anything is kept: a photo that is no good is refused.
            pair = (photo, try embedder.catalogVector(photo: photo, contentHash: hash))
            stored = item.with(imagePath: "", contentHash: hash)
        } else if isNew {
            throw RecommenderError.noPhoto(item.id)
        }
        let mode: EditMode = photo == nil ? .change(contentHash: "") : isNew ? .add : .put
        let model = PostgresCatalog.Model(model)
        let (result, kept) = try shards.askShard(of: item.id) { catalog throws(PostgresError) in
            try catalog.claim(model)
            return try catalog.edit(stored, photo: pair, mode: mode)
        }
        switch result {
        case .added: return (kept ?? stored, true)
        case .replaced: return (kept ?? stored, false)
        case .refused: throw photo == nil ? RecommenderError.noPhoto(item.id) : RecommenderError.itemExists(item.id)
        }
    }

    /// Removes an item: no process finds it any more from when this returns on.
    ///
    /// - Returns: whether there was such an item.
    /// - Throws: ``RecommenderError``.
    public func remove(id: String) throws -> Bool {
        let id = id.withoutNUL.canonicalID
        return try shards.askShard(of: id) { catalog throws(PostgresError) in try catalog.removeByEdit(id: id) }
    }
}
