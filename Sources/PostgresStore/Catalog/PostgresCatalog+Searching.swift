import CatalogStore
import Recommender
import VectorSearch

/// An item that a database found.
struct FoundItem: Sendable {
    let item: CatalogItem
    /// Dot product with the query.
    let similarity: Float
    /// The product that the item shares with others; `nil` if it is alone.
    let product: String?
}

/// Which items a search leaves out.
struct Exclusion: Sendable {
    var id: String?
    var product: String?
}

extension PostgresCatalog {
    /// So many times as many candidates of the index, which compares halves of floats, are compared exactly.
    private static let candidates = 4
    /// Beyond this the index's own list of candidates would be too short (`hnsw.ef_search`), so that all are compared.
    private static let mostByIndex = 200

    /// The nearest items to a vector, nearest first, equally near ones in the order of identifiers. Fewer than `limit`
    /// only if fewer pass.
    ///
    /// One statement finds them and reads them, so that all is of one moment.
    func nearest(
        to vector: [Float], limit: Int, filter: ItemFilter, excluding: Exclusion, kind: IndexKind
    ) throws(PostgresError) -> [FoundItem] {
        try pool.read { connection throws(PostgresError) in
            let clause = try FilterClause(filter, after: 4, dictionary, connection)
            var usesIndex = limit <= Self.mostByIndex ? try mayUseIndex(kind, connection) : false
            if usesIndex, !clause.isEmpty { usesIndex = try passMany(filter, connection) }
            if usesIndex {
                let dimension = vector.count
                let candidates = """
                    SELECT i.number, i.id, e.vector FROM embedding e JOIN item i ON i.photo = e.photo
                    LEFT JOIN product_item p ON p.item = i.number
                    WHERE \(clause.sql) AND \(Self.excluded)
                    ORDER BY e.vector::halfvec(\(dimension)) <=> $1::vector::halfvec(\(dimension))
                    LIMIT \(Self.candidates) * $2::bigint
                    """
                let found = try nearest(from: candidates, vector, limit, clause, excluding, connection)
                if found.count == limit { return found }
            }
            let all = """
                SELECT i.number, i.id, e.vector FROM embedding e JOIN item i ON i.photo = e.photo
                LEFT JOIN product_item p ON p.item = i.number
                WHERE \(clause.sql) AND \(Self.excluded)
                """
            return try nearest(from: all, vector, limit, clause, excluding, connection)
        }
    }

    private static let excluded =
        "($3::text IS NULL OR i.id <> $3) AND ($4::text IS NULL OR p.product IS DISTINCT FROM $4)"

    private func nearest(
        from source: String, _ vector: [Float], _ limit: Int, _ clause: FilterClause, _ excluding: Exclusion,
        _ connection: PostgresConnection
    ) throws(PostgresError) -> [FoundItem] {
        // Among unit vectors the inner product orders as cosine and Euclidean distance do.
        let rows = try connection.query(
            """
            SELECT \(ItemRow.columns), n.distance, p.product FROM (
                SELECT number, id, vector <#> $1::vector AS distance FROM (\(source)) source
                ORDER BY distance, id LIMIT $2::bigint) n
            JOIN item i ON i.number = n.number JOIN photo f ON f.number = i.photo
            LEFT JOIN product_item p ON p.item = i.number
            ORDER BY n.distance, i.id
            """,
            [
                .vector(vector), .integer(limit), .init(excluding.id), .init(excluding.product),
            ] + clause.parameters)
        return (0..<rows.count).map { row in
            FoundItem(
                item: ItemRow.item(rows, row), similarity: -Float(rows.optionalDouble(row, ItemRow.width) ?? 0),
                product: rows.optionalText(row, ItemRow.width + 1))
        }
    }

    /// Whether so many items pass a filter that the index finds enough of them soon.
    private func passMany(_ filter: ItemFilter, _ connection: PostgresConnection) throws(PostgresError) -> Bool {
        let clause = try FilterClause(filter, after: 0, dictionary, connection)
        let rows = try connection.query(
            "SELECT count(*) FROM (SELECT FROM item i WHERE \(clause.sql) LIMIT \(pool.limits.comparedOneByOne + 1)) few",
            clause.parameters)
        return rows.integer(0, 0) > pool.limits.comparedOneByOne
    }

    private func mayUseIndex(_ kind: IndexKind, _ connection: PostgresConnection) throws(PostgresError) -> Bool {
        guard kind != .exact else { return false }
        return try indexState.isUsable { () throws(PostgresError) in try Self.hasIndex(connection) }
    }
}
