import Foundation
import GRDB

/// An image file as it was when it was last read: if size and time are the same, so is the content.
public struct FileStamp: Sendable, Equatable {
    /// Bytes.
    public let size: Int
    /// Nanoseconds since 1970.
    public let modified: Int

    /// The stamp of a file on disk, or `nil` if it cannot be looked at.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The stamp that a file's status tells.
    init(_ status: stat) {
        size = Int(status.st_size)
        #if os(Linux)
            modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        #else
            modified = Int(status.st_mtimespec.tv_sec) * 1_000_000_000 + Int(status.st_mtimespec.tv_nsec)
        #endif
    }

    /// What was once known of a file.
    package init(size: Int, modified: Int) {
        self.size = size
        self.modified = modified
    }
}

/// An item as it is stored, with what tells whether it is still current.
public struct StoredItem: Sendable, Equatable {
    /// The item.
    public let item: CatalogItem
    /// Its image file when it was read.
    public let stamp: FileStamp

    /// An item and its file.
    public init(item: CatalogItem, stamp: FileStamp) {
        self.item = item
        self.stamp = stamp
    }
}

extension CatalogDatabase {
    /// Everything that is stored, by identifier.
    public func storedItems() throws -> [String: StoredItem] {
        try pool.read { database in
            var attributes: [String: [(name: String, value: String)]] = [:]
            let values = try Row.fetchCursor(
                database, sql: "SELECT item_id, name, value FROM attribute ORDER BY item_id, position")
            while let row = try values.next() {
                attributes[row[0], default: []].append((name: row[1], value: row[2]))
            }
            var items: [String: StoredItem] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM item")
            while let row = try rows.next() {
                let id: String = row["id"]
                let item = CatalogItem(
                    id: id, name: row["name"], category: row["category"], colour: row["colour"],
                    gender: row["gender"], price: row["price"], currency: row["currency"], url: row["url"],
                    description: row["description"], attributes: attributes[id] ?? [],
                    contentHash: row["content_hash"], imagePath: row["image_path"])
                let stamp = FileStamp(size: row["file_size"], modified: row["file_modified"])
                items[id] = StoredItem(item: item, stamp: stamp)
            }
            return items
        }
    }

    /// Adds or replaces items and embeddings in one transaction: all of it is stored, or nothing. Items that the API had
    /// the last word on stay as they are.
    public func store(
        items: [StoredItem], embeddings: [(contentHash: String, vector: [Float])] = [], modelHash: String = ""
    ) throws {
        try pool.write { database in
            try Self.store(embeddings, modelHash: modelHash, database)
            for stored in items where try !Self.isEdited(stored.item.id, database) { try Self.store(stored, database) }
        }
    }

    /// Removes items, and then every embedding that no item's content needs any more, in one transaction. Items that the
    /// API had the last word on stay.
    public func remove(ids: [String]) throws {
        try pool.write { database in
            for id in ids where try !Self.isEdited(id, database) {
                try database.cachedStatement(sql: "DELETE FROM item WHERE id = ?").execute(arguments: [id])
            }
            try database.execute(
                sql: "DELETE FROM embedding WHERE content_hash NOT IN (SELECT content_hash FROM item)")
        }
    }

    static func store(
        _ embeddings: [(contentHash: String, vector: [Float])], modelHash: String, _ database: Database
    ) throws {
        for (contentHash, vector) in embeddings {
            let blob = vector.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
            let checksum = blob.withUnsafeBytes {
                EmbeddingChecksum.of($0, contentHash: contentHash, modelHash: modelHash)
            }
            try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO embedding (content_hash, model_hash, vector, checksum) VALUES (?, ?, ?, ?)
                    """
            ).execute(arguments: [contentHash, modelHash, blob, checksum])
            // Also of items that stay as they are.
            try touchItems(contentHash: contentHash, database)
        }
    }

    static func store(_ stored: StoredItem, _ database: Database) throws {
        let item = stored.item
        try database.cachedStatement(
            sql: """
                INSERT INTO item (id, name, category, colour, gender, price, currency, url, description,
                                  image_path, content_hash, file_size, file_modified)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    name = excluded.name, category = excluded.category, colour = excluded.colour,
                    gender = excluded.gender, price = excluded.price, currency = excluded.currency,
                    url = excluded.url, description = excluded.description, image_path = excluded.image_path,
                    content_hash = excluded.content_hash, file_size = excluded.file_size,
                    file_modified = excluded.file_modified
                """
        ).execute(
            arguments: [
                item.id, item.name, item.category, item.colour, item.gender, item.price, item.currency, item.url,
                item.description, item.imagePath, item.contentHash, stored.stamp.size, stored.stamp.modified,
            ])
        try database.cachedStatement(sql: "DELETE FROM attribute WHERE item_id = ?").execute(arguments: [item.id])
        for (position, attribute) in item.attributes.enumerated() {
            try database.cachedStatement(
                sql: "INSERT INTO attribute (item_id, position, name, value) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [item.id, position, attribute.name, attribute.value])
        }
    }
}
