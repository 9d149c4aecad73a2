import GRDB

/// The database's connections. Reads within ``consistently(_:)`` are of one moment.
final class CatalogPool: Sendable {
    /// The connection of a thread that reads consistently. It is used on that thread alone.
    private struct Pinned: @unchecked Sendable {
        let pool: CatalogPool
        let database: Database
    }

    @TaskLocal private static var pinned: Pinned?

    private let pool: DatabasePool

    init(path: String, configuration: Configuration) throws {
        pool = try DatabasePool(path: path, configuration: configuration)
    }

    /// Brings the tables up to date.
    ///
    /// - Throws: ``CatalogError/newerSchema(path:)``, or GRDB's `DatabaseError`.
    func migrate(_ migrator: DatabaseMigrator, path: String) throws {
        if try pool.read(migrator.hasBeenSuperseded) { throw CatalogError.newerSchema(path: path) }
        try migrator.migrate(pool)
    }

    /// Reads; without waiting for writers.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        if let pinned = Self.pinned, pinned.pool === self { return try body(pinned.database) }
        return try pool.read(body)
    }

    /// Writes in one transaction: all of it is stored, or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try pool.write(body)
    }

    /// Writes in one transaction that is on the disk before this returns, whatever becomes of the machine.
    func writeDurably<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            // The file stays as it is if this fails, and is written with more care than it needs.
            defer { try? database.execute(sql: "PRAGMA synchronous = NORMAL") }
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try body(database)
                return .commit
            }
            guard let value else { throw DatabaseError(message: "the transaction gave nothing") }
            return value
        }
    }

    /// Everything that this thread reads in `body` is of one moment.
    func consistently<Value>(_ body: () throws -> Value) throws -> Value {
        if let pinned = Self.pinned, pinned.pool === self { return try body() }
        return try pool.read { database in
            try Self.$pinned.withValue(Pinned(pool: self, database: database)) { try body() }
        }
    }
}
