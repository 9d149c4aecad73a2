import Foundation
import ImageCodecs

/// What a catalog and its data directory hold, in numbers, and what is not as it should be.
public struct CatalogStatistics: Sendable {
    /// A photo that cannot be used, and why.
    public struct BrokenImage: Sendable, Equatable {
        /// The item or row.
        public let id: String
        /// The photo as the table or the database names it.
        public let path: String
        /// Why it cannot be used.
        public let reason: String

        /// A photo and why it cannot be used.
        public init(id: String, path: String, reason: String) {
            self.id = id
            self.path = path
            self.reason = reason
        }
    }

    /// Values of an attribute and how many items have each, most frequent first.
    public typealias Counts = [(value: String, count: Int)]

    /// Rows of the table.
    public private(set) var rows = 0
    /// Those that cannot become items for another reason than their photo.
    public private(set) var skipped: [SkippedRow] = []
    /// Items of the database.
    public let items: Int
    /// Items by category, by colour and by gender.
    public let categories: Counts
    /// Items by colour.
    public let colours: Counts
    /// Items by gender.
    public let genders: Counts
    /// Items whose photo is gone, and rows whose photo is missing or cannot be read.
    public private(set) var brokenImages: [BrokenImage] = []
    /// Items whose photo has changed since it was indexed.
    public private(set) var changedImages: [String] = []
    /// Rows with a sound photo that are not indexed yet.
    public private(set) var notIndexed: [String] = []
    /// Items without an embedding of the model.
    public let withoutEmbedding: [String]
    /// How many embeddings there are of each model, by the model's hash.
    public let embeddings: [String: Int]
    /// Photos that several items have.
    public let duplicates: [DuplicatePhoto]

    /// Counts.
    ///
    /// - Complexity: one look at the file of each item; photos that are not indexed are read.
    /// - Throws: ``CatalogError`` or GRDB's `DatabaseError`.
    public init(folder: CatalogFolder, database: CatalogDatabase, modelHash: String, dimension: Int) throws {
        items = try database.itemCount()
        categories = try database.values(of: "category")
        colours = try database.values(of: "colour")
        genders = try database.values(of: "gender")
        withoutEmbedding = try database.idsWithoutEmbedding(modelHash: modelHash, dimension: dimension)
        embeddings = try database.embeddingCounts()
        duplicates = try database.duplicates()
        let stored = try database.storedItems()
        let photos = PhotoStore(dataDirectory: database.directory)
        try countRows(folder, stored, removed: Set(try database.edits().filter(\.value).keys))
        for (id, stored) in stored.sorted(by: { $0.key < $1.key }) {
            switch FileStamp(path: photos.path(of: stored.item.imagePath, catalogPath: folder.path)) {
            case nil:
                brokenImages.append(
                    BrokenImage(
                        id: id, path: PhotoStore.shown(stored.item.imagePath), reason: "it is indexed, and gone"))
            case stored.stamp: break
            default: changedImages.append(id)
            }
        }
    }

    private mutating func countRows(
        _ folder: CatalogFolder, _ stored: [String: StoredItem], removed: Set<String>
    ) throws {
        let table = try folder.read()
        rows = table.rows.count + table.skipped.count
        for row in table.skipped {
            guard case .noSuchImage(let path) = row.reason else {
                skipped.append(row)
                continue
            }
            // An indexed one is told of with the items.
            if let id = row.id, stored[id] != nil { continue }
            brokenImages.append(BrokenImage(id: row.id ?? "", path: path, reason: "it is not there"))
        }
        for row in table.rows where stored[row.item.id] == nil && !removed.contains(row.item.id) {
            let path = folder.absolutePath(row.item.imagePath)
            do {
                try ImageLimits().check(byteCount: FileStamp(path: path)?.size ?? 0)
                _ = try ImageDecoder.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), minimumSide: 1)
                notIndexed.append(row.item.id)
            } catch {
                let reason = (error as? ImageError)?.description ?? error.localizedDescription
                brokenImages.append(BrokenImage(id: row.item.id, path: row.item.imagePath, reason: reason))
            }
        }
    }
}
