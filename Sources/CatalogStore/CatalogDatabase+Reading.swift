import GRDB

extension CatalogDatabase {
    /// An item by its identifier.
    public func item(id: String) throws -> CatalogItem? {
        try items(ids: [id]).first
    }

    /// Items by their identifiers, in that order; unknown ones are left out. O(k log n).
    public func items(ids: [String]) throws -> [CatalogItem] {
        let ids = ids.map(\.canonicalID)
        var found: [String: CatalogItem] = [:]
        try pool.read { database in
            // As many as a statement of any SQLite takes; a search asks for a few.
            for start in stride(from: 0, to: ids.count, by: 500) {
                try Self.read(ids[start..<min(start + 500, ids.count)], into: &found, database)
            }
        }
        return ids.compactMap { found[$0] }
    }

    /// Items and their attributes with one statement: a row for each attribute, and one for an item without any.
    private static func read(
        _ ids: ArraySlice<String>, into items: inout [String: CatalogItem], _ database: Database
    ) throws {
        let places = Array(repeating: "?", count: ids.count).joined(separator: ", ")
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT \(itemColumns), attribute.name, attribute.value FROM item
                    LEFT JOIN attribute ON item_id = item.id WHERE item.id IN (\(places))
                    ORDER BY item.id, position
                    """),
            arguments: StatementArguments(ids))
        var current: CatalogItem?
        var attributes: [(name: String, value: String)] = []
        while let row = try rows.next() {
            let id: String = row[0]
            if current?.id != id {
                if let current { items[current.id] = current.with(attributes: attributes) }
                current = item(row, attributes: [])
                attributes = []
            }
            if let name: String = row[11] { attributes.append((name: name, value: row[12])) }
        }
        if let current { items[current.id] = current.with(attributes: attributes) }
    }

    /// How many items there are.
    public func itemCount() throws -> Int {
        try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM item") ?? 0 }
    }

    /// The values of an attribute and how many items have each, most frequent first.
    public func values(of attribute: String) throws -> [(value: String, count: Int)] {
        try pool.read { database in
            let rows: [Row]
            if let column = Self.column(attribute) {
                rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT \(column) AS value, count(*) AS n FROM item WHERE \(column) IS NOT NULL
                        GROUP BY \(column) ORDER BY n DESC, value
                        """)
            } else {
                rows = try Row.fetchAll(
                    database,
                    sql:
                        "SELECT value, count(*) AS n FROM attribute WHERE name = ? GROUP BY value ORDER BY n DESC, value",
                    arguments: [attribute])
            }
            return rows.map { (value: $0["value"], count: $0["n"]) }
        }
    }

    /// Every item that has an embedding of a model, in the order of identifiers, with the vectors row by row.
    ///
    /// A stored vector of another length than `dimension` counts as missing.
    public func vectors(modelHash: String, dimension: Int) throws -> (ids: [String], vectors: [Float]) {
        try pool.read { database in
            var ids: [String] = []
            var vectors: [Float] = []
            vectors.reserveCapacity(dimension * (try Int.fetchOne(database, sql: "SELECT count(*) FROM item") ?? 0))
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT item.id, embedding.vector FROM item
                    JOIN embedding ON embedding.content_hash = item.content_hash AND model_hash = ?
                    WHERE length(vector) = ? ORDER BY item.id
                    """,
                arguments: [modelHash, dimension * MemoryLayout<Float>.size])
            while let row = try rows.next() {
                ids.append(row[0])
                try row.withUnsafeData(atIndex: 1) { blob in
                    blob?.withUnsafeBytes { bytes in
                        for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<UInt32>.size) {
                            let bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                            vectors.append(Float(bitPattern: UInt32(littleEndian: bits)))
                        }
                    }
                }
            }
            return (ids, vectors)
        }
    }

    /// What ``item(_:attributes:)`` reads, by position: looking columns up by name takes longer than reading them.
    static let itemColumns = """
        item.id, item.name, category, colour, gender, price, currency, url, description, content_hash, image_path
        """

    /// The item of a row that starts with ``itemColumns``, with its attributes.
    static func item(_ row: Row, _ database: Database) throws -> CatalogItem {
        let attributes = try Row.fetchAll(
            database.cachedStatement(sql: "SELECT name, value FROM attribute WHERE item_id = ? ORDER BY position"),
            arguments: [row[0] as String])
        return item(row, attributes: attributes.map { (name: $0[0], value: $0[1]) })
    }

    static func item(_ row: Row, attributes: [(name: String, value: String)]) -> CatalogItem {
        CatalogItem(
            id: row[0], name: row[1], category: row[2], colour: row[3], gender: row[4], price: row[5], currency: row[6],
            url: row[7], description: row[8], attributes: attributes, contentHash: row[9], imagePath: row[10])
    }

    private static func column(_ attribute: String) -> String? {
        ["category", "colour", "gender"].first { $0 == attribute.lowercased() }
    }
}
