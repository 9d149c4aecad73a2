import CatalogStore

/// What a database holds.
public struct DatabaseStatistics: Sendable {
    /// Items that can be found.
    public let items: Int
    /// Items, new or changed, that wait for the vector of their photo.
    public let waitingItems: Int
    /// Photos, and the bytes of them.
    public let photos: Int
    /// Bytes of all photos.
    public let photoBytes: Int
    /// Photos with a vector.
    public let embeddings: Int
    /// Items that the API had the last word on, and those that it removed.
    public let editedItems: Int
    /// Products of several items.
    public let products: Int
    /// Whether there is an index of the vectors.
    public let hasIndex: Bool
    /// Photos in the queue.
    public let queue: QueueCounts
    /// Items by category.
    public let categories: CatalogStatistics.Counts
    /// Items by colour.
    public let colours: CatalogStatistics.Counts
    /// Items by gender.
    public let genders: CatalogStatistics.Counts
    /// Items that wait for photos that cannot be embedded.
    public let brokenImages: [CatalogStatistics.BrokenImage]
    /// Photos that several items of this database have.
    public let duplicates: [DuplicatePhoto]
}

/// Something in a database that is not as it should be.
public struct DatabaseProblem: Sendable, Equatable {
    /// The item or photo.
    public let subject: String
    /// What is wrong with it.
    public let detail: String
}

extension PostgresCatalog {
    /// Counts what the database holds.
    public func statistics() throws(PostgresError) -> DatabaseStatistics {
        let queue = try queueCounts()
        let counts = try summary()
        let broken = try failures().map {
            CatalogStatistics.BrokenImage(id: $0.id, path: $0.imagePath, reason: $0.reason)
        }
        return try pool.read { connection throws(PostgresError) in
            let rows = try connection.query(
                """
                SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM waiting_item), (SELECT count(*) FROM photo),
                    (SELECT coalesce(sum(octet_length(bytes)), 0)::bigint FROM photo), (SELECT count(*) FROM embedding),
                    (SELECT count(*) FROM item WHERE is_edited) + (SELECT count(*) FROM removed_item),
                    (SELECT count(DISTINCT product) FROM product_item)
                """)
            return DatabaseStatistics(
                items: rows.integer(0, 0), waitingItems: rows.integer(0, 1), photos: rows.integer(0, 2),
                photoBytes: rows.integer(0, 3), embeddings: rows.integer(0, 4), editedItems: rows.integer(0, 5),
                products: rows.integer(0, 6), hasIndex: try Self.hasIndex(connection), queue: queue,
                categories: counts.values(of: "category"), colours: counts.values(of: "colour"),
                genders: counts.values(of: "gender"), brokenImages: broken, duplicates: try Self.duplicates(connection))
        }
    }

    private static func duplicates(_ connection: PostgresConnection) throws(PostgresError) -> [DuplicatePhoto] {
        let rows = try connection.query(
            """
            SELECT f.content_hash, i.id FROM item i JOIN photo f ON f.number = i.photo
            WHERE i.photo IN (SELECT photo FROM item GROUP BY photo HAVING count(*) > 1) ORDER BY f.content_hash, i.id
            """)
        var duplicates: [(hash: String, ids: [String])] = []
        for row in 0..<rows.count {
            let hash = rows.text(row, 0)
            if duplicates.last?.hash != hash { duplicates.append((hash, [])) }
            duplicates[duplicates.count - 1].ids.append(rows.text(row, 1))
        }
        return duplicates.map { DuplicatePhoto(contentHash: $0.hash, ids: $0.ids) }
    }

    /// Compares every photo with its SHA-256, and looks at every vector.
    ///
    /// - Parameter progress: called now and then with how many photos were looked at.
    /// - Returns: what is wrong; photos are called by their SHA-256.
    /// - Throws: ``PostgresError``.
    /// - Complexity: reads all photos, some at a time.
    public func verify(progress: (Int) -> Void = { _ in }) throws(PostgresError) -> [DatabaseProblem] {
        let dimension = try model()?.dimension ?? 0
        var problems: [DatabaseProblem] = []
        var last = 0
        var done = 0
        while true {
            let rows = try pool.read { connection throws(PostgresError) in
                try connection.query(
                    """
                    SELECT f.number, f.content_hash, f.bytes, e.vector FROM photo f
                    LEFT JOIN embedding e ON e.photo = f.number WHERE f.number > $1::bigint ORDER BY f.number LIMIT 50
                    """, [.integer(last)])
            }
            for row in 0..<rows.count {
                let hash = rows.text(row, 1)
                if CatalogStore.contentHash(rows.blob(row, 2)) != hash {
                    problems.append(.init(subject: "photo \(hash)", detail: "its bytes are others than were stored"))
                }
                if let detail = Self.problem(of: rows.vector(row, 3), dimension) {
                    problems.append(.init(subject: "photo \(hash)", detail: detail))
                }
                last = rows.integer(row, 0)
            }
            done += rows.count
            progress(done)
            if rows.count < 50 { break }
        }
        let lost = try pool.read { connection throws(PostgresError) in
            try connection.query(
                "SELECT id FROM item i WHERE NOT EXISTS (SELECT FROM embedding e WHERE e.photo = i.photo) ORDER BY id")
        }
        problems += (0..<lost.count).map {
            .init(subject: "item \(lost.text($0, 0))", detail: "its photo has no vector")
        }
        return problems
    }

    private static func problem(of vector: [Float], _ dimension: Int) -> String? {
        // A photo without one is queued, or of no item.
        if vector.isEmpty { return nil }
        if vector.count != dimension { return "its vector has \(vector.count) dimensions instead of \(dimension)" }
        let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return abs(length - 1) < 1e-3 ? nil : "its vector has the length \(length) instead of 1"
    }
}
