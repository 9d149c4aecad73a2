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

    /// A page of the items that pass a filter, in the order of their identifiers.
    public func page(offset: Int, limit: Int, filter: ItemFilter = ItemFilter()) throws -> ItemPage {
        try pool.read { database in
            let (condition, arguments) = Self.condition(filter)
            let total = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM item WHERE \(condition)", arguments: arguments)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(Self.itemColumns) FROM item WHERE \(condition) ORDER BY id LIMIT ? OFFSET ?
                    """,
                arguments: arguments + [limit, offset])
            return ItemPage(items: try rows.map { try Self.item($0, database) }, total: total ?? 0)
        }
    }

    /// The identifiers of the items that pass a filter, in no order.
    public func ids(matching filter: ItemFilter) throws -> [String] {
        try pool.read { database in
            let (condition, arguments) = Self.condition(filter)
            return try String.fetchAll(database, sql: "SELECT id FROM item WHERE \(condition)", arguments: arguments)
        }
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

    /// The names that a filter may use: the fixed ones that any item has, and every attribute.
    public func attributeNames() throws -> [String] {
        try pool.read { database in
            let fixed = try Self.filterColumns.filter { column in
                try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM item WHERE \(column) IS NOT NULL)")
                    ?? false
            }
            return try fixed + String.fetchAll(database, sql: "SELECT DISTINCT name FROM attribute ORDER BY name")
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

    private static func item(_ row: Row, attributes: [(name: String, value: String)]) -> CatalogItem {
        CatalogItem(
            id: row[0], name: row[1], category: row[2], colour: row[3], gender: row[4], price: row[5], currency: row[6],
            url: row[7], description: row[8], attributes: attributes, contentHash: row[9], imagePath: row[10])
    }

    private static let filterColumns = ["category", "colour", "gender"]

    private static func column(_ attribute: String) -> String? {
        filterColumns.first { $0 == attribute.lowercased() }
    }

    /// A filter as SQL; every name and value from outside is an argument.
    private static func condition(_ filter: ItemFilter) -> (String, StatementArguments) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        for (name, values) in filter.accepted.sorted(by: { $0.key < $1.key }) {
            let places = Array(repeating: "?", count: values.count).joined(separator: ", ")
            if let column = column(name) {
                conditions.append("\(column) IN (\(places))")
            } else {
                conditions.append("id IN (SELECT item_id FROM attribute WHERE name = ? AND value IN (\(places)))")
                arguments += [name]
            }
            arguments += StatementArguments(values)
        }
        return (conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "), arguments)
    }
}
