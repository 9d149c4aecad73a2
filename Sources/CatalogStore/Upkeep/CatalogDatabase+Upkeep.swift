import Foundation
import GRDB

extension CatalogDatabase {
    /// The items without an embedding of a model, in the order of their identifiers.
    public func idsWithoutEmbedding(modelHash: String, dimension: Int) throws -> [String] {
        try pool.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT id FROM item WHERE NOT EXISTS (
                        SELECT 1 FROM embedding WHERE embedding.content_hash = item.content_hash
                        AND model_hash = ? AND length(vector) = ?) ORDER BY id
                    """,
                arguments: [modelHash, dimension * MemoryLayout<Float>.size])
        }
    }

    /// How many embeddings there are of each model, by the model's hash.
    public func embeddingCounts() throws -> [String: Int] {
        try pool.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT model_hash, count(*) FROM embedding GROUP BY model_hash")
            return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// The photos that several items have, by content, with the items in the order of their identifiers.
    public func duplicates() throws -> [DuplicatePhoto] {
        try pool.read { database in
            var ids: [String: [String]] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT content_hash, id FROM item WHERE content_hash IN
                        (SELECT content_hash FROM item GROUP BY content_hash HAVING count(*) > 1) ORDER BY id
                    """)
            while let row = try rows.next() { ids[row[0], default: []].append(row[1]) }
            return ids.map { DuplicatePhoto(contentHash: $0.key, ids: $0.value) }
                .sorted { ($0.ids.first ?? "") < ($1.ids.first ?? "") }
        }
    }

    /// What `PRAGMA integrity_check` and `PRAGMA foreign_key_check` find wrong.
    func integrityProblems() throws -> [String] {
        try pool.read { database in
            let texts = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let orphans = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").count
            return texts + (orphans > 0 ? ["\(orphans) attributes belong to no item"] : [])
        }
    }

    /// Calls `body` with every embedding: the content and the model that it is of, its checksum, and its bytes.
    func forEachEmbedding(_ body: (String, String, Int64?, UnsafeRawBufferPointer) throws -> Void) throws {
        try pool.read { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT content_hash, model_hash, checksum, vector FROM embedding")
            while let row = try rows.next() {
                try row.withUnsafeData(atIndex: 3) { blob in
                    try (blob ?? Data()).withUnsafeBytes { try body(row[0], row[1], row[2], $0) }
                }
            }
        }
    }

    /// Gives out every item that has an embedding of a model, in the order of identifiers, as of one moment.
    ///
    /// - Parameters:
    ///   - modelHash: the model.
    ///   - dimension: the length of its embeddings.
    ///   - start: called first.
    ///   - body: called with each item and its vector, `dimension` little-endian floats.
    /// - Throws: GRDB's `DatabaseError`, and what the two throw.
    package func export(
        modelHash: String, dimension: Int, start: (ExportHeading) throws -> Void,
        row body: (CatalogItem, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try pool.read { database in
            // Without the embedding's other columns, whose names the item's have too.
            let from = """
                FROM item JOIN (SELECT content_hash AS content, vector FROM embedding WHERE model_hash = ?)
                ON content = content_hash WHERE length(vector) = ?
                """
            let arguments: StatementArguments = [modelHash, dimension * MemoryLayout<Float>.size]
            let count = try Int.fetchOne(database, sql: "SELECT count(*) " + from, arguments: arguments) ?? 0
            let all = try Int.fetchOne(database, sql: "SELECT count(*) FROM item") ?? 0
            // The column compares without regard to case; columns of a table are told apart by it.
            let uses = try Row.fetchAll(
                database,
                sql: """
                    SELECT name, max(times), min(place) FROM
                        (SELECT name COLLATE BINARY AS name, count(*) AS times, min(position) AS place FROM attribute
                         GROUP BY item_id, name COLLATE BINARY)
                    GROUP BY name
                    """
            ).map { AttributeUse(name: $0[0], times: $0[1], place: $0[2]) }
            try start(ExportHeading(rows: count, withoutEmbedding: all - count, attributes: uses))
            let rows = try Row.fetchCursor(
                database, sql: "SELECT \(Self.itemColumns), vector \(from) ORDER BY item.id",
                arguments: arguments)
            while let row = try rows.next() {
                let item = try Self.item(row, database)
                try row.withUnsafeData(atIndex: 11) { vector in
                    try (vector ?? Data()).withUnsafeBytes { try body(item, $0) }
                }
            }
        }
    }
}
