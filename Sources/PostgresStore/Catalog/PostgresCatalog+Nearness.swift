import Synchronization
import VectorSearch

/// Whether a database has an index of its vectors, as of some seconds ago.
final class IndexState: Sendable {
    private let known = Mutex<(isUsable: Bool, until: ContinuousClock.Instant)?>(nil)

    private static let lifetime = Duration.seconds(5)

    func isUsable(_ look: () throws(PostgresError) -> Bool) throws(PostgresError) -> Bool {
        let now = ContinuousClock.now
        if let known = known.withLock(\.self), known.until > now { return known.isUsable }
        let isUsable = try look()
        known.withLock { $0 = (isUsable, now + Self.lifetime) }
        return isUsable
    }

    func forget() { known.withLock { $0 = nil } }
}

extension PostgresCatalog {
    /// From how many vectors on there is an index. Comparing with 5,000 takes about 10 ms, with 42,738 about 60 ms, where
    /// the index takes 2 to 8 ms.
    public static let indexFrom = 5000
    /// The most dimensions that pgvector's index takes in halves of floats.
    private static let mostDimensions = 4000

    static func hasIndex(_ connection: PostgresConnection) throws(PostgresError) -> Bool {
        let rows = try connection.query(
            """
            SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('vitrine.embedding_nearest') AND indisvalid)
            """)
        return rows.boolean(0, 0)
    }

    /// Makes the index of the vectors if there should be one. Searches and changes go on meanwhile; where another process
    /// is at it, nothing is done.
    ///
    /// Its vectors are in halves of floats, so that it needs half the memory; what it finds is compared exactly.
    ///
    /// - Parameter kind: `exact` makes none, `hnsw` one for any number of vectors.
    /// - Returns: whether one was made.
    /// - Throws: ``PostgresError``; ``PostgresError/unusable(reason:)`` if others' transactions took too long to end.
    /// - Complexity: about a millisecond of the database for each vector.
    public func makeIndex(_ kind: IndexKind) throws(PostgresError) -> Bool {
        guard kind != .exact, let dimension = try model()?.dimension, dimension <= Self.mostDimensions else {
            return false
        }
        defer { indexState.forget() }
        return try pool.read { connection throws(PostgresError) in
            guard try !Self.hasIndex(connection) else { return false }
            let count = try connection.query(
                "SELECT count(*) FROM (SELECT FROM embedding LIMIT $1::bigint) counted", [.integer(Self.indexFrom)])
            guard count.integer(0, 0) >= (kind == .hnsw ? 1 : Self.indexFrom) else { return false }
            let lock = [PostgresParameter.integer(PostgresSchema.indexLock)]
            guard try connection.query("SELECT pg_try_advisory_lock($1)", lock).boolean(0, 0) else { return false }
            // The lock goes with the connection, which is not used again; given back, since a server takes its time to notice.
            defer {
                _ = try? connection.query("SELECT pg_advisory_unlock($1)", lock)
                connection.giveUp()
            }
            do throws(PostgresError) {
                try connection.unhurried(waitingForLocks: pool.limits.indexLocks) { () throws(PostgresError) in
                    // One that was given up half way is of no use.
                    try connection.run("DROP INDEX CONCURRENTLY IF EXISTS embedding_nearest")
                    try connection.run(
                        """
                        CREATE INDEX CONCURRENTLY embedding_nearest ON embedding
                            USING hnsw ((vector::halfvec(\(dimension))) halfvec_cosine_ops) WITH (m = 16, ef_construction = 100)
                        """)
                }
            } catch .conflict(let reason) {
                // It takes a person, and trying again at once is of no use.
                throw .unusable(
                    reason:
                        "The index of the vectors in \(address) could not be made, since other transactions did not "
                        + "end for \(pool.limits.indexLocks.inWords) (\(reason)). All else is done, and searches work "
                        + "without it, more slowly. End long transactions in this database, then run: vitrine index")
            }
            return true
        }
    }
}
