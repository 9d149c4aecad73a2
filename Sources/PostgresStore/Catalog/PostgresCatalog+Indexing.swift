import CatalogStore

/// What a database has of an item, as far as an index run has to know.
struct IndexedItem: Sendable {
    let item: CatalogItem
    let stamp: FileStamp
    /// Whether the API had the last word.
    let isEdited: Bool
}

/// An item of the catalog's folder on its way into a database.
struct NewItem: Sendable {
    let item: CatalogItem
    let stamp: FileStamp
    /// The photo, where the database may not have it yet.
    let photo: [UInt8]?
}

extension PostgresCatalog {
    /// Everything that is stored, or waits for its vector and will take the place of what is stored; by identifier.
    func indexedItems() throws(PostgresError) -> [String: IndexedItem] {
        try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            try connection.holdMoment()
            let everything = try PostgresCursor(
                """
                SELECT \(ItemRow.columns), i.file_size, i.file_modified, i.is_edited
                    FROM item i JOIN photo f ON f.number = i.photo
                UNION ALL
                SELECT \(ItemRow.columns), i.file_size, i.file_modified, false
                    FROM waiting_item i JOIN photo f ON f.number = i.photo
                """, size: 2000, on: connection)
            var items: [String: IndexedItem] = [:]
            while let rows = try everything.next() {
                for row in 0..<rows.count {
                    let item = ItemRow.item(rows, row)
                    let stamp = FileStamp(
                        size: rows.integer(row, ItemRow.width), modified: rows.integer(row, ItemRow.width + 1))
                    let isEdited = rows.boolean(row, ItemRow.width + 2)
                    // What waits comes last, and counts.
                    items[item.id] = IndexedItem(
                        item: item, stamp: stamp, isEdited: isEdited || items[item.id]?.isEdited == true)
                }
            }
            return items
        }
    }

    /// Queues the photos of items that have no vector, or one that no model makes: such a vector is dropped.
    ///
    /// - Returns: how many were queued.
    /// - Complexity: looks at every vector.
    func queueDamaged() throws(PostgresError) -> Int {
        let dimension = try model()?.dimension ?? 0
        return try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            try connection.run("SET LOCAL statement_timeout = '10min'")
            try connection.query(
                "DELETE FROM embedding WHERE vector_dims(vector) <> $1 OR abs(vector_norm(vector) - 1) > 1e-3",
                [.integer(dimension)], timeLimit: .seconds(600))
            return try connection.query(
                """
                INSERT INTO task (photo) SELECT DISTINCT i.photo FROM item i
                WHERE NOT EXISTS (SELECT FROM embedding e WHERE e.photo = i.photo)
                ON CONFLICT DO NOTHING RETURNING photo
                """, timeLimit: .seconds(600)
            ).count
        }
    }

    /// The items that the API removed.
    func removedIDs() throws(PostgresError) -> Set<String> {
        try pool.read { connection throws(PostgresError) in
            let rows = try connection.query("SELECT id FROM removed_item")
            return Set((0..<rows.count).map { rows.text($0, 0) })
        }
    }

    /// Stores items of the catalog's folder, each at once if its photo has a vector; else it waits for it, and the photo is
    /// queued. All of it is stored, or nothing. Items that the API had the last word on stay as they are.
    func store(_ items: [NewItem]) throws(PostgresError) {
        let facets = try pool.read { connection throws(PostgresError) in
            try dictionary.numbers(of: items.map(\.item), connection)
        }
        // In one order, so that two who store the same photos do not wait for each other in a circle.
        let order = items.indices.sorted { items[$0].item.contentHash < items[$1].item.contentHash }
        try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            for index in order {
                let new = items[index]
                let photo: Int
                if let bytes = new.photo {
                    photo = try Self.store(photo: bytes, contentHash: new.item.contentHash, connection)
                } else {
                    let known = try connection.query(
                        "SELECT number FROM photo WHERE content_hash = $1 FOR NO KEY UPDATE",
                        [.text(new.item.contentHash)])
                    // It was cleared away since it was looked for; the next run brings it.
                    guard known.count > 0 else { continue }
                    photo = known.integer(0, 0)
                }
                try connection.query(
                    """
                    INSERT INTO waiting_item (\(ItemRow.written), photo) VALUES (\(ItemRow.writtenValues), $15)
                    ON CONFLICT (id) DO UPDATE SET \(ItemRow.updates)
                    """, ItemRow.parameters(new.item, facets: facets[index], stamp: new.stamp) + [.integer(photo)])
                let isEmbedded = try connection.query(
                    "SELECT EXISTS (SELECT FROM embedding WHERE photo = $1)", [.integer(photo)])
                if isEmbedded.boolean(0, 0) {
                    try Self.moveWaiting(photos: [photo], connection)
                } else {
                    try connection.query(
                        "INSERT INTO task (photo) VALUES ($1) ON CONFLICT DO NOTHING", [.integer(photo)])
                }
            }
        }
    }

    /// Removes items, unless the API had the last word on them, and the photos that no item needs any more; but none that is
    /// younger than an hour, since an item may be about to name it.
    func remove(ids: [String]) throws(PostgresError) {
        for start in stride(from: 0, to: ids.count, by: 1000) {
            let some = PostgresParameter.texts(Array(ids[start..<min(start + 1000, ids.count)]))
            try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
                try connection.query("DELETE FROM item WHERE id = ANY ($1::text[]) AND NOT is_edited", [some])
                try connection.query("DELETE FROM waiting_item WHERE id = ANY ($1::text[])", [some])
            }
        }
        try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            try connection.run("SET LOCAL statement_timeout = '10min'")
            try connection.query(
                """
                DELETE FROM photo WHERE stored_at < now() - interval '1 hour'
                    AND NOT EXISTS (SELECT FROM item WHERE item.photo = photo.number)
                    AND NOT EXISTS (SELECT FROM waiting_item WHERE waiting_item.photo = photo.number)
                """, timeLimit: .seconds(600))
        }
    }

    /// Runs `body` while no other process brings this catalog up to date; returns `nil` where one does.
    func alone<Value>(_ body: () throws -> Value) throws -> Value? {
        // The lock goes with its connection, however the process ends.
        let connection = try PostgresConnection(address, limits: PostgresLimits())
        let lock = [PostgresParameter.integer(PostgresSchema.runLock)]
        guard try connection.query("SELECT pg_try_advisory_lock($1)", lock).boolean(0, 0) else { return nil }
        // Given back at once, since a server takes its time to notice that a connection was closed.
        defer { _ = try? connection.query("SELECT pg_advisory_unlock($1)", lock) }
        return try body()
    }
}
