import CatalogStore

/// How many photos wait for a vector, and how many cannot get one.
public struct QueueCounts: Sendable, Equatable {
    /// Photos that wait, or that a worker has at the moment.
    public internal(set) var waiting = 0
    /// Photos that cannot be embedded.
    public internal(set) var failed = 0
}

/// A photo that a worker has taken.
struct QueuedPhoto: Sendable {
    let number: Int
    let contentHash: String
    let bytes: [UInt8]
}

/// What became of a queued photo.
enum QueueOutcome: Sendable {
    case embedded([Float])
    /// It is no good; it is not tried again.
    case unusable(String)
}

extension PostgresCatalog {
    /// How many photos wait.
    public func queueCounts() throws(PostgresError) -> QueueCounts {
        try pool.read { connection throws(PostgresError) in
            let rows = try connection.query(
                "SELECT count(*) FILTER (WHERE failure IS NULL), count(*) FILTER (WHERE failure IS NOT NULL) FROM task")
            return QueueCounts(waiting: rows.integer(0, 0), failed: rows.integer(0, 1))
        }
    }

    /// Takes up to so many photos that no other worker has, and stores what `work` makes of them.
    ///
    /// All of it is one transaction: if the worker dies, the database gives the photos to others, and nothing of what it did
    /// is kept. So each photo's vector is stored once.
    ///
    /// - Parameters:
    ///   - count: how many photos.
    ///   - most: how many bytes of photos in memory, the first photo not counted.
    ///   - work: gives as many outcomes as it is given photos, in their order.
    /// - Returns: how many photos were embedded and how many cannot be; both 0 if none is to be had.
    /// - Throws: ``PostgresError``; the photos are queued again then.
    func workOff(
        _ count: Int, bytes most: Int, _ work: ([QueuedPhoto]) throws(PostgresError) -> [QueueOutcome]
    ) throws(PostgresError) -> (embedded: Int, failed: Int) {
        try pool.transaction(isRepeatable: false) { connection throws(PostgresError) in
            // Oldest first. The photos' own rows are held as well: who stores an item of one waits until its vector is there.
            let rows = try connection.query(
                """
                SELECT f.number, f.content_hash, octet_length(f.bytes)::bigint FROM task t JOIN photo f ON f.number = t.photo
                WHERE t.failure IS NULL ORDER BY t.photo LIMIT $1::bigint FOR UPDATE OF t SKIP LOCKED
                """, [.integer(count)])
            var photos: [QueuedPhoto] = []
            var total = 0
            for row in 0..<rows.count {
                total += rows.integer(row, 2)
                if total > most, !photos.isEmpty { break }
                let bytes = try connection.query(
                    "SELECT bytes FROM photo WHERE number = $1", [.integer(rows.integer(row, 0))])
                // One that was cleared away has no item any more.
                guard bytes.count > 0 else { continue }
                photos.append(
                    QueuedPhoto(
                        number: rows.integer(row, 0), contentHash: rows.text(row, 1), bytes: bytes.blob(0, 0)))
            }
            guard !photos.isEmpty else { return (0, 0) }
            let outcomes = try work(photos)
            precondition(outcomes.count == photos.count, "an outcome for each photo")
            try connection.query(
                "SELECT FROM photo WHERE number = ANY ($1::bigint[]) ORDER BY content_hash FOR NO KEY UPDATE",
                [.integers(photos.map(\.number))])
            var embedded: [Int] = []
            for (photo, outcome) in zip(photos, outcomes) {
                switch outcome {
                case .embedded(let vector):
                    try connection.query(
                        "INSERT INTO embedding (photo, vector) VALUES ($1, $2) ON CONFLICT (photo) DO NOTHING",
                        [.integer(photo.number), .vector(vector)])
                    embedded.append(photo.number)
                case .unusable(let reason):
                    try connection.query(
                        "UPDATE task SET failure = $2 WHERE photo = $1", [.integer(photo.number), .text(reason)])
                }
            }
            try connection.query("DELETE FROM task WHERE photo = ANY ($1::bigint[])", [.integers(embedded)])
            try Self.moveWaiting(photos: embedded, connection)
            return (embedded.count, photos.count - embedded.count)
        }
    }

    /// Why photos cannot be embedded, with the items that wait for them.
    public func failures() throws(PostgresError) -> [(id: String, imagePath: String, reason: String)] {
        try pool.read { connection throws(PostgresError) in
            let rows = try connection.query(
                """
                SELECT w.id, w.image_path, t.failure FROM task t JOIN waiting_item w ON w.photo = t.photo
                WHERE t.failure IS NOT NULL ORDER BY w.id LIMIT 10000
                """)
            return (0..<rows.count).map { (rows.text($0, 0), rows.text($0, 1), rows.text($0, 2)) }
        }
    }
}
