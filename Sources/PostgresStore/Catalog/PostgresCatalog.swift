import CatalogStore
import Foundation
import Synchronization

/// A catalog, or one shard of it, in a PostgreSQL database: items, attributes, photos and vectors. Any number of processes on
/// any machines use it at the same time.
///
/// Safe to use from many threads. Methods throw ``PostgresError``.
public final class PostgresCatalog: Sendable {
    /// Which part of the whole catalog a database holds.
    public struct Shard: Sendable, Equatable {
        /// From 0 on.
        public let number: Int
        /// Of how many.
        public let count: Int

        /// The only shard, or one of several.
        public init(number: Int = 0, count: Int = 1) {
            self.number = number
            self.count = count
        }
    }

    /// The model whose vectors a database holds.
    public struct Model: Sendable, Equatable {
        /// What `EmbeddingModel` calls its hash.
        public let hash: String
        /// Its name, for people.
        public let name: String
        /// `float32` or `int8`.
        public let precision: String
        /// Length of a vector.
        public let dimension: Int

        /// A model.
        public init(hash: String, name: String, precision: String, dimension: Int) {
            self.hash = hash
            self.name = name
            self.precision = precision
            self.dimension = dimension
        }
    }

    /// Where it is, without user and password.
    public var address: PostgresAddress { pool.address }
    /// Which part it holds.
    public let shard: Shard
    let pool: PostgresPool
    let dictionary = ValueDictionary()
    let summaries = SummaryCache()
    let indexState = IndexState()
    private let expected: Expectation

    /// A catalog in a database; it is reached, and its tables are made or brought up to date, in the background: see
    /// ``waitUntilReady(_:sitsOutMigration:)``.
    ///
    /// - Parameters:
    ///   - address: the database.
    ///   - shard: which part of the catalog it holds.
    ///   - limits: how long and how many things may take place.
    public init(_ address: PostgresAddress, shard: Shard = Shard(), limits: PostgresLimits = PostgresLimits()) {
        self.shard = shard
        pool = PostgresPool(address, limits: limits)
        let expected = Expectation()
        self.expected = expected
        pool.prepare { connection throws(PostgresError) in
            try PostgresSchema.migrate(connection, limits: limits)
            try Self.check(shard, connection)
            if let model = expected.model.withLock(\.self) { try Self.check(model, connection) }
        }
    }

    /// The model that this process has.
    private final class Expectation: Sendable {
        let model = Mutex<Model?>(nil)
    }

    /// Why the database cannot be used at the moment; `nil` if it can, as far as is known.
    public var problem: PostgresError? { pool.problem }

    /// Has `body` told with `nil` when the database can be used, at once if it can now, and with the reason when it goes away.
    public func watch(_ body: @escaping @Sendable (PostgresError?) -> Void) { pool.watch(body) }

    /// Waits until the database can be used.
    ///
    /// - Parameters:
    ///   - time: until it is given up.
    ///   - sitsOutMigration: whether the time stands still while this process brings the tables up to date, since a process
    ///     that ends meanwhile has done nothing.
    /// - Throws: ``PostgresError`` if it cannot when the time is over, or will not without a person's help.
    public func waitUntilReady(_ time: Duration, sitsOutMigration: Bool = true) throws(PostgresError) {
        try pool.waitUntilReady(time, sitsOutPreparation: sitsOutMigration)
    }

    /// The items of a catalog whose shards were mixed up would be looked for where they are not.
    private static func check(_ shard: Shard, _ connection: PostgresConnection) throws(PostgresError) {
        let rows = try connection.query("SELECT shard, shards FROM catalog")
        guard let number = rows.optionalInteger(0, 0), let count = rows.optionalInteger(0, 1) else { return }
        guard number == shard.number, count == shard.count else {
            throw .unusable(
                reason: "The database holds shard \(number + 1) of \(count) and is given as \(shard.number + 1) of "
                    + "\(shard.count): name all databases of the catalog, in their order.")
        }
    }

    /// The model whose vectors the database holds; `nil` before the first one.
    public func model() throws(PostgresError) -> Model? {
        try pool.read { connection throws(PostgresError) in try Self.model(connection) }
    }

    static func model(_ connection: PostgresConnection) throws(PostgresError) -> Model? {
        let rows = try connection.query("SELECT model_hash, model_name, precision, dimension FROM catalog")
        guard let hash = rows.optionalText(0, 0) else { return nil }
        return Model(hash: hash, name: rows.text(0, 1), precision: rows.text(0, 2), dimension: rows.integer(0, 3))
    }

    /// Makes the database one of this model, or checks that it is.
    ///
    /// - Throws: ``PostgresError/unusable(reason:)`` if it holds another model's vectors.
    public func claim(_ model: Model) throws(PostgresError) {
        try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            let shard = shard
            try connection.query(
                """
                UPDATE catalog SET model_hash = $1, model_name = $2, precision = $3, dimension = $4, shard = $5,
                    shards = $6
                WHERE model_hash IS NULL
                """,
                [
                    .text(model.hash), .text(model.name), .text(model.precision), .integer(model.dimension),
                    .integer(shard.number), .integer(shard.count),
                ])
            try Self.check(model, connection)
        }
    }

    /// Has the database used with this model alone: also one that is away now, when it is back.
    ///
    /// - Throws: ``PostgresError/unusable(reason:)`` if it holds another model's vectors.
    public func expect(_ model: Model) throws(PostgresError) {
        expected.model.withLock { $0 = model }
        do throws(PostgresError) {
            try pool.read { connection throws(PostgresError) in try Self.check(model, connection) }
        } catch {
            guard error.isTemporary else { throw error }
        }
    }

    private static func check(_ model: Model, _ connection: PostgresConnection) throws(PostgresError) {
        guard let known = try Self.model(connection), known.hash != model.hash else { return }
        throw .unusable(
            reason: "The database holds vectors of \(known.name) in \(known.precision), and this is \(model.name) in "
                + "\(model.precision). Use --model \(known.name) --precision \(known.precision), or index into another "
                + "database.")
    }

    /// Grows with every change of an item that was committed.
    public func generation() throws(PostgresError) -> Int {
        try pool.read { connection throws(PostgresError) in try Self.generation(connection) }
    }

    static func generation(_ connection: PostgresConnection) throws(PostgresError) -> Int {
        try connection.query("SELECT sum(number)::bigint FROM generation").integer(0, 0)
    }
}
