import Foundation
import GRDB

/// How an item may be stored by the API.
public enum EditMode: Sendable {
    /// Only if there is none with the identifier.
    case add
    /// In the place of one with the identifier, or as a new one.
    case put
    /// Only in the place of one with the identifier whose photo has this SHA-256.
    case change(contentHash: String)
}

/// What became of an item that was to be stored.
public enum EditResult: Sendable {
    /// There was none with its identifier, and now it is there.
    case added
    /// It took the place of another one.
    case replaced
    /// The mode did not allow it; nothing has changed.
    case refused
}

extension CatalogDatabase {
    /// Remembers which items the API had the last word on: what the catalog's folder says of them no longer counts.
    static func addEdits(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE edit (
                    item_id TEXT NOT NULL PRIMARY KEY,
                    -- Whether the item was removed; else it was added or changed.
                    is_removed INTEGER NOT NULL
                ) WITHOUT ROWID
                """)
    }

    /// The items that the API had the last word on, each with whether it was removed.
    public func edits() throws -> [String: Bool] {
        try pool.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT item_id, is_removed FROM edit")
            return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Stores an item that came by the API, and remembers that it did. The disk has it when this returns.
    ///
    /// - Parameters:
    ///   - stored: the item.
    ///   - vector: that of its photo, if it is a new one.
    ///   - modelHash: the model that made the vector.
    ///   - mode: what may be there already.
    /// - Returns: what became of it.
    /// - Throws: GRDB's `DatabaseError`; then nothing has changed.
    public func edit(
        _ stored: StoredItem, vector: [Float]?, modelHash: String, mode: EditMode
    ) throws -> EditResult {
        try pool.writeDurably { database in
            let id = stored.item.id
            let current = try String.fetchOne(
                database, sql: "SELECT content_hash FROM item WHERE id = ?", arguments: [id])
            switch mode {
            case .add where current != nil: return .refused
            case .change(let contentHash) where current != contentHash: return .refused
            case .add, .change, .put: break
            }
            if let vector { try Self.store([(stored.item.contentHash, vector)], modelHash: modelHash, database) }
            try Self.store(stored, database)
            try Self.note(id, isRemoved: false, database)
            return current == nil ? .added : .replaced
        }
    }

    /// Removes an item and remembers that the API did. The disk has it when this returns. Its photo, if it is in the data
    /// directory and no other item has it, goes a while later: ``sweepPhotos(grace:)``.
    ///
    /// - Returns: whether there was such an item.
    /// - Throws: GRDB's `DatabaseError`; then nothing has changed.
    public func removeByEdit(id: String) throws -> Bool {
        try pool.writeDurably { database in
            let id = id.canonicalID
            try database.execute(sql: "DELETE FROM item WHERE id = ?", arguments: [id])
            guard database.changesCount > 0 else { return false }
            try Self.note(id, isRemoved: true, database)
            return true
        }
    }

    /// An item with what is known of its photo's file; `nil` if there is none.
    public func storedItem(id: String) throws -> StoredItem? {
        try consistently {
            guard let item = try item(id: id) else { return nil }
            return try pool.read { database in
                try Row.fetchOne(
                    database, sql: "SELECT file_size, file_modified FROM item WHERE id = ?", arguments: [item.id]
                ).map { StoredItem(item: item, stamp: FileStamp(size: $0[0], modified: $0[1])) }
            }
        }
    }

    /// Forgets which items came by the API: the next run over the catalog's folder brings back what that says.
    public func forgetEdits() throws {
        try pool.write { try $0.execute(sql: "DELETE FROM edit") }
    }

    /// Adds vectors for photos of items that stay as they are.
    public func addEmbeddings(_ embeddings: [(contentHash: String, vector: [Float])], modelHash: String) throws {
        try pool.write { database in
            try Self.store(embeddings, modelHash: modelHash, database)
        }
    }

    private static func note(_ id: String, isRemoved: Bool, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO edit (item_id, is_removed) VALUES (?, ?)
                ON CONFLICT (item_id) DO UPDATE SET is_removed = excluded.is_removed
                """,
            arguments: [id, isRemoved])
    }

    /// Whether the API had the last word on an item.
    static func isEdited(_ id: String, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM edit WHERE item_id = ?)"), arguments: [id])
            ?? false
    }
}

extension CatalogItem {
    /// The identifier as it is stored, or `nil` if it cannot be one: 1 to 200 characters, without `/`, `\` and control
    /// characters, and neither `.` nor `..`.
    public static func usableID(_ text: String) -> String? {
        let id = text.trimmed.canonicalID
        return !id.isEmpty && CatalogColumns.isUsable(id) ? id : nil
    }
}
