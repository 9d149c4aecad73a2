import CatalogStore
import Foundation
import ImageCodecs

extension Recommender {
    /// Adds an item, or changes one. It is found from when this returns on, and the disk has it, its photo included.
    ///
    /// The photo lies in the data directory, and the item no longer depends on the catalog's folder: indexing that leaves it
    /// as it is.
    ///
    /// - Parameters:
    ///   - item: what it is to be; its image path and content hash do not matter.
    ///   - photo: a JPEG, PNG or WebP; `nil` keeps the one that the item has.
    ///   - isNew: whether there must be none with its identifier.
    /// - Returns: the item as it is stored, and whether there was none before.
    /// - Throws: ``RecommenderError``, `ImageError` if the photo is not acceptable, `EmbeddingError`.
    public func store(
        _ item: CatalogItem, photo: [UInt8]?, isNew: Bool = false
    ) throws -> (item: CatalogItem, isNew: Bool) {
        try checkWritable()
        let item = item.withCanonicalID
        let result: (item: CatalogItem, isNew: Bool)?
        if let photo {
            result = try store(item, with: photo, mode: isNew ? .add : .put)
        } else {
            result = isNew ? nil : try change(item)
            if result == nil { throw RecommenderError.noPhoto(item.id) }
        }
        guard let result else { throw RecommenderError.itemExists(item.id) }
        return result
    }

    private func store(
        _ item: CatalogItem, with photo: [UInt8], mode: EditMode
    ) throws -> (item: CatalogItem, isNew: Bool)? {
        let hash = contentHash(photo)
        // Before anything is kept: a photo that is no good is refused.
        let vector = try embedder.catalogVector(photo: photo, contentHash: hash)
        return try storing {
            let path = try keep(photo, contentHash: hash)
            return try edit(item.with(imagePath: path, contentHash: hash), vector: vector, mode: mode)
        }
    }

    /// Changes all but the photo; `nil` if there is no such item.
    private func change(_ item: CatalogItem) throws -> (item: CatalogItem, isNew: Bool)? {
        try storing {
            while let current = try database.storedItem(id: item.id)?.item {
                let path = try ownPhoto(of: current)
                let changed = item.with(imagePath: path, contentHash: current.contentHash)
                let mode = EditMode.change(contentHash: current.contentHash)
                // Refused if another request has changed the photo meanwhile: then its photo is kept.
                if let result = try edit(changed, vector: nil, mode: mode) { return result }
            }
            return nil
        }
    }

    /// The path of an item's photo, which is brought into the data directory if it is not there.
    private func ownPhoto(of item: CatalogItem) throws -> String {
        let path = photos.path(of: item.imagePath, catalogPath: catalogPath)
        guard !item.imagePath.hasPrefix("/"), let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)),
            // One that was replaced in the folder since it was indexed is not the item's yet.
            contentHash([UInt8](bytes)) == item.contentHash
        else { return item.imagePath }
        return try keep([UInt8](bytes), contentHash: item.contentHash)
    }

    private func keep(_ photo: [UInt8], contentHash: String) throws -> String {
        try database.expectPhoto(PhotoStore.imagePath(contentHash: contentHash))
        return try photos.keep(photo, contentHash: contentHash)
    }

    private func edit(
        _ item: CatalogItem, vector: [Float]?, mode: EditMode
    ) throws -> (item: CatalogItem, isNew: Bool)? {
        let path = photos.path(of: item.imagePath, catalogPath: catalogPath)
        guard let stamp = FileStamp(path: path) else { throw CatalogError.unreadable(path: path, reason: "it is gone") }
        let stored = StoredItem(item: item, stamp: stamp)
        switch try database.edit(stored, vector: vector, modelHash: model.hash, mode: mode) {
        case .added: return (item, true)
        case .replaced: return (item, false)
        case .refused: return nil
        }
    }

    /// Removes an item: it is found no more from when this returns on, whatever the catalog's folder says.
    ///
    /// - Returns: whether there was such an item.
    /// - Throws: ``RecommenderError/notStored(reason:)``, ``RecommenderError/readOnly``.
    public func remove(id: String) throws -> Bool {
        try checkWritable()
        return try storing { try database.removeByEdit(id: id) }
    }

    private func checkWritable() throws(RecommenderError) {
        guard database.access == .writable else { throw .readOnly }
    }

    /// What goes wrong with disk or database is told as what it means here.
    private func storing<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as RecommenderError {
            throw error
        } catch {
            throw RecommenderError.notStored(reason: "\(error)")
        }
    }
}
