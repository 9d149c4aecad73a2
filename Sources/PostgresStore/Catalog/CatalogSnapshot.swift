import CatalogStore

/// A database as it is at one moment, however long the reading takes.
///
/// It has a connection of its own, and the moment ends with that: what is lost on the way cannot be read again, so nothing
/// is repeated. Used by one thread at a time.
final class CatalogSnapshot {
    private let catalog: PostgresCatalog
    private let connection: PostgresConnection

    /// How long counting all items may take.
    private static let patience = Duration.seconds(600)
    /// Items in memory at once: some megabytes of vectors.
    private static let pageSize = 500

    /// The database as it is now.
    ///
    /// - Throws: ``PostgresError``, which names the shard, as those of all methods do.
    init(of catalog: PostgresCatalog) throws(PostgresError) {
        self.catalog = catalog
        do throws(PostgresError) {
            connection = try PostgresConnection(catalog.address, limits: catalog.pool.limits)
            try connection.run("BEGIN")
            try connection.holdMoment()
        } catch {
            throw catalog.named(error)
        }
    }

    /// Reads something.
    func read<Value>(
        _ body: (PostgresConnection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        do throws(PostgresError) { return try body(connection) } catch { throw catalog.named(error) }
    }

    /// How many items have a vector of this length and how many have none, and how they use attributes.
    ///
    /// - Complexity: reads all items and vectors.
    func counts(
        dimension: Int
    ) throws(PostgresError) -> (rows: Int, withoutEmbedding: Int, attributes: [AttributeUse]) {
        try read { connection throws(PostgresError) in
            // Those that wait for a vector and are no new version of an item have none.
            let counts = try connection.query(
                """
                SELECT count(*) FILTER (WHERE vector_dims(e.vector) = $1::integer), count(*) + (
                    SELECT count(*) FROM waiting_item w WHERE NOT EXISTS (SELECT FROM item WHERE item.id = w.id))
                FROM item i LEFT JOIN embedding e ON e.photo = i.photo
                """, [.integer(dimension)], timeLimit: Self.patience)
            let uses = try connection.query(
                """
                SELECT name COLLATE "C", max(times), min(place) FROM (
                    SELECT pair ->> 0 AS name, count(*) AS times, min(place) AS place
                    FROM item, json_array_elements(attributes) WITH ORDINALITY AS pairs (pair, place)
                    GROUP BY number, pair ->> 0) uses
                GROUP BY name COLLATE "C"
                """, timeLimit: Self.patience)
            return (
                rows: counts.integer(0, 0), withoutEmbedding: counts.integer(0, 1) - counts.integer(0, 0),
                attributes: (0..<uses.count).map {
                    AttributeUse(name: uses.text($0, 0), times: uses.integer($0, 1), place: uses.integer($0, 2))
                }
            )
        }
    }

    /// The items that have a vector of this length, in the order of their identifiers' bytes: ``ItemRow/columns``, then the
    /// vector.
    func items(dimension: Int) throws(PostgresError) -> PostgresCursor {
        try read { connection throws(PostgresError) in
            try PostgresCursor(
                """
                SELECT \(ItemRow.columns), e.vector
                FROM item i JOIN photo f ON f.number = i.photo JOIN embedding e ON e.photo = i.photo
                WHERE vector_dims(e.vector) = $1::integer ORDER BY i.id
                """, [.integer(dimension)], size: Self.pageSize, on: connection)
        }
    }
}

extension PostgresCatalog {
    /// An error of this database, which says which of several shards it is.
    func named(_ error: PostgresError) -> PostgresError {
        guard shard.count > 1, case .unavailable(let reason) = error else { return error }
        return .unavailable(reason: "\(address), shard \(shard.number + 1) of \(shard.count): \(reason)")
    }
}
