import CatalogStore
import Recommender

extension PostgresCatalog {
    /// Items by their identifiers, in no order; unknown ones are left out.
    func items(ids: [String]) throws(PostgresError) -> [CatalogItem] {
        try pool.read { connection throws(PostgresError) in
            let rows = try connection.query(
                """
                SELECT \(ItemRow.columns) FROM item i JOIN photo f ON f.number = i.photo
                WHERE i.id = ANY ($1::text[])
                """, [.texts(ids)])
            return (0..<rows.count).map { ItemRow.item(rows, $0) }
        }
    }

    /// A page of the items that pass a filter, in the order of identifiers.
    func items(offset: Int, limit: Int, filter: ItemFilter) throws(PostgresError) -> ItemPage {
        try pool.read { connection throws(PostgresError) in
            let clause = try FilterClause(filter, after: 2, dictionary, connection)
            // The number of all of them comes with the page, so that both are of one moment.
            let rows = try connection.query(
                """
                SELECT t.total, p.* FROM (SELECT count(*) AS total FROM item i WHERE \(clause.sql)) t
                LEFT JOIN (
                    SELECT \(ItemRow.columns) FROM (
                        SELECT * FROM item i WHERE \(clause.sql) ORDER BY i.id LIMIT $2::bigint OFFSET $1::bigint) i
                    JOIN photo f ON f.number = i.photo) p ON true
                ORDER BY p.id
                """, [.integer(offset), .integer(limit)] + clause.parameters)
            let items = (0..<rows.count).filter { rows.optionalText($0, 1) != nil }.map {
                ItemRow.item(rows, $0, from: 1)
            }
            return ItemPage(items: items, total: rows.integer(0, 0))
        }
    }

    /// The identifiers of the first items that pass a filter, in their order, and how many there are.
    func ids(limit: Int, filter: ItemFilter) throws(PostgresError) -> (ids: [String], total: Int) {
        try pool.read { connection throws(PostgresError) in
            let clause = try FilterClause(filter, after: 1, dictionary, connection)
            let rows = try connection.query(
                """
                SELECT t.total, p.id FROM (SELECT count(*) AS total FROM item i WHERE \(clause.sql)) t
                LEFT JOIN (SELECT i.id FROM item i WHERE \(clause.sql) ORDER BY i.id LIMIT $1::bigint) p ON true
                ORDER BY p.id
                """, [.integer(limit)] + clause.parameters)
            return ((0..<rows.count).compactMap { rows.optionalText($0, 1) }, rows.integer(0, 0))
        }
    }

    /// The vectors of some items and the products that they share with others, by identifier.
    func vectors(ids: [String]) throws(PostgresError) -> [String: (vector: [Float], product: String?)] {
        try pool.read { connection throws(PostgresError) in
            let rows = try connection.query(
                """
                SELECT i.id, e.vector, p.product FROM item i JOIN embedding e ON e.photo = i.photo
                LEFT JOIN product_item p ON p.item = i.number WHERE i.id = ANY ($1::text[])
                """, [.texts(ids)])
            return Dictionary(
                (0..<rows.count).map { (rows.text($0, 0), (rows.vector($0, 1), rows.optionalText($0, 2))) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// The SHA-256 of an item's photo; `nil` if there is no such item.
    func contentHash(ofItem id: String) throws(PostgresError) -> String? {
        try pool.read { connection throws(PostgresError) in
            let rows = try connection.query(
                "SELECT f.content_hash FROM item i JOIN photo f ON f.number = i.photo WHERE i.id = $1",
                [.text(id)], timeLimit: .seconds(2))
            return rows.count == 0 ? nil : rows.text(0, 0)
        }
    }

    /// A photo by its SHA-256.
    func photo(contentHash: String) throws(PostgresError) -> [UInt8]? {
        try pool.read { connection throws(PostgresError) in
            let rows = try connection.query("SELECT bytes FROM photo WHERE content_hash = $1", [.text(contentHash)])
            return rows.count == 0 ? nil : rows.blob(0, 0)
        }
    }

    /// Looks at all items and their vectors, in the order of identifiers, as of one moment.
    ///
    /// - Parameters:
    ///   - initial: what to begin with; if the connection is lost on the way, all begins again with it.
    ///   - body: called with each item and its vector.
    /// - Returns: what `body` has made of it.
    /// - Throws: ``PostgresError``.
    func reduceItems<Result>(
        into initial: Result, _ body: (inout Result, CatalogItem, [Float]) -> Void
    ) throws(PostgresError) -> Result {
        try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            try connection.holdMoment()
            let everything = try PostgresCursor(
                """
                SELECT \(ItemRow.columns), e.vector
                FROM item i JOIN photo f ON f.number = i.photo JOIN embedding e ON e.photo = i.photo ORDER BY i.id
                """, on: connection)
            var result = initial
            while let rows = try everything.next() {
                for row in 0..<rows.count { body(&result, ItemRow.item(rows, row), rows.vector(row, ItemRow.width)) }
            }
            return result
        }
    }
}
