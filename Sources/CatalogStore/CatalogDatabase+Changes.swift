import Foundation
import GRDB

extension CatalogDatabase {
    /// Counts every change of an item, whoever writes it, and remembers the last one of each item. What was removed is
    /// remembered too.
    static func addChanges(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE catalog_state (
                    only INTEGER PRIMARY KEY CHECK (only = 1),
                    -- Tells this database from one that was made anew in its place.
                    identity TEXT NOT NULL,
                    generation INTEGER NOT NULL
                );
                INSERT INTO catalog_state VALUES (1, lower(hex(randomblob(16))), 1);
                CREATE TABLE change (
                    item_id TEXT NOT NULL PRIMARY KEY,
                    generation INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX change_generation ON change (generation);
                """)
        for (event, row) in [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")] {
            try database.execute(
                sql: """
                    CREATE TRIGGER item_\(event.lowercased()) AFTER \(event) ON item BEGIN
                        UPDATE catalog_state SET generation = generation + 1;
                        DELETE FROM change WHERE item_id = \(row).id;
                        INSERT INTO change SELECT \(row).id, generation FROM catalog_state;
                    END
                    """)
        }
    }

    /// Everything that is read in `body`, on this thread, is of one moment; writers go on meanwhile.
    public func consistently<Value>(_ body: () throws -> Value) throws -> Value {
        try pool.consistently(body)
    }

    /// A number that grows with every change of an item. O(1).
    public func generation() throws -> Int {
        try pool.read { database in
            try Int.fetchOne(database.cachedStatement(sql: "SELECT generation FROM catalog_state")) ?? 0
        }
    }

    /// Tells this database from any other, also from one that was made anew in its place.
    public func identity() throws -> String {
        try pool.read { try String.fetchOne($0, sql: "SELECT identity FROM catalog_state") ?? "" }
    }

    /// How many items have changed since a generation.
    public func changeCount(since generation: Int) throws -> Int {
        try pool.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM change WHERE generation > ?", arguments: [generation]) ?? 0
        }
    }

    /// The items that were added, changed or removed since a generation, by identifier. O(changes).
    public func changedIDs(since generation: Int) throws -> [String] {
        try pool.read { database in
            try String.fetchAll(
                database.cachedStatement(sql: "SELECT item_id FROM change WHERE generation > ?"),
                arguments: [generation])
        }
    }

    /// Whether there are so many embeddings of a model. O(count).
    public func hasEmbeddings(modelHash: String, atLeast count: Int) throws -> Bool {
        try pool.read { database in
            let found = try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM (SELECT 1 FROM embedding WHERE model_hash = ? LIMIT ?)",
                arguments: [modelHash, count])
            return (found ?? 0) >= count
        }
    }

    /// The vectors of some items, one after another, with the identifiers of those that have one; in no order.
    /// O(k log n).
    public func vectors(
        of ids: [String], modelHash: String, dimension: Int
    ) throws -> (ids: [String], vectors: [Float]) {
        try pool.read { database in
            var found: (ids: [String], vectors: [Float]) = ([], [])
            for start in stride(from: 0, to: ids.count, by: 500) {
                let some = ids[start..<min(start + 500, ids.count)]
                let places = Array(repeating: "?", count: some.count).joined(separator: ", ")
                let rows = try Row.fetchCursor(
                    database.cachedStatement(
                        sql: """
                            SELECT item.id, vector FROM item
                            JOIN embedding ON embedding.content_hash = item.content_hash AND model_hash = ?
                            WHERE length(vector) = ? AND item.id IN (\(places))
                            """),
                    arguments: [modelHash, dimension * MemoryLayout<Float>.size] + StatementArguments(some))
                while let row = try rows.next() {
                    found.ids.append(row[0])
                    try row.withUnsafeData(atIndex: 1) { blob in
                        blob?.withUnsafeBytes { bytes in
                            for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<UInt32>.size) {
                                let bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                                found.vectors.append(Float(bitPattern: UInt32(littleEndian: bits)))
                            }
                        }
                    }
                }
            }
            return found
        }
    }

    /// Hands over the vector of every item that has one of a model, in the order of identifiers, as of one moment.
    ///
    /// - Parameters:
    ///   - modelHash: the model.
    ///   - dimension: the length of its vectors; others count as missing.
    ///   - start: called first, with how many come.
    ///   - body: called with each identifier and its vector, `dimension` little-endian floats.
    /// - Throws: GRDB's `DatabaseError`, and what the two throw.
    /// - Complexity: O(items · dimension) time, O(1) memory.
    public func forEachVector(
        modelHash: String, dimension: Int, start: (Int) throws -> Void,
        body: (String, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try pool.read { database in
            let from = """
                FROM item JOIN embedding ON embedding.content_hash = item.content_hash AND model_hash = ?
                WHERE length(vector) = ?
                """
            let arguments: StatementArguments = [modelHash, dimension * MemoryLayout<Float>.size]
            try start(try Int.fetchOne(database, sql: "SELECT count(*) \(from)", arguments: arguments) ?? 0)
            let rows = try Row.fetchCursor(
                database, sql: "SELECT item.id, vector \(from) ORDER BY item.id", arguments: arguments)
            while let row = try rows.next() {
                try row.withUnsafeData(atIndex: 1) { blob in
                    try (blob ?? Data()).withUnsafeBytes { try body(row[0], $0) }
                }
            }
        }
    }
}
