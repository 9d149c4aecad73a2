import GRDB

/// The database's connections. Reads within ``consistently(_:)`` are of one moment.
///
/// Every method throws ``CatalogError/damagedDatabase(path:reason:)`` when SQLite comes upon damage, and GRDB's
/// `DatabaseError` for what else goes wrong.
final class CatalogPool: Sendable {
    /// The connection of a thread that reads consistently. It is used on that thread alone.
    private struct Pinned: @unchecked Sendable {
        let pool: CatalogPool
        let database: Database
    }

    @TaskLocal private static var pinned: Pinned?

    private let pool: DatabasePool
    private let path: String
    private let directory: String
    let access: DirectoryAccess

    init(directory: String, path: String, access: DirectoryAccess) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        // A search holds a connection while it lasts, and many searches last at once.
        configuration.maximumReaderCount = 16
        configuration.readonly = access != .writable
        // In the write-ahead log NORMAL keeps every committed transaction through the death of the process.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        pool = try DatabasePool(path: access.name(of: path), configuration: configuration)
        self.directory = directory
        self.path = path
        self.access = access
    }

    /// Brings the tables up to date.
    ///
    /// - Throws: ``CatalogError/newerSchema(path:)``, or ``CatalogError/unreadable(path:reason:)`` if they are not and
    ///   cannot be written.
    func migrate(_ migrator: DatabaseMigrator) throws {
        try namingDamage {
            if try pool.read(migrator.hasBeenSuperseded) { throw CatalogError.newerSchema(path: path) }
            if access == .writable { return try migrator.migrate(pool) }
            guard try pool.read(migrator.hasCompletedMigrations) else {
                throw CatalogError.unreadable(
                    path: path,
                    reason: "it was written by an earlier version of Vitrine and has to be opened once where it can be "
                        + "written, as by vitrine index")
            }
        }
    }

    /// Reads; without waiting for writers.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try namingDamage {
            if let pinned = Self.pinned, pinned.pool === self { return try body(pinned.database) }
            return try pool.read(body)
        }
    }

    /// Writes in one transaction: all of it is stored, or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try checkWritable()
        return try namingDamage { try pool.write(body) }
    }

    /// Writes in one transaction that is on the disk before this returns, whatever becomes of the machine.
    func writeDurably<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try checkWritable()
        return try namingDamage {
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
    }

    /// Everything that this thread reads in `body` is of one moment.
    func consistently<Value>(_ body: () throws -> Value) throws -> Value {
        if let pinned = Self.pinned, pinned.pool === self { return try body() }
        return try namingDamage {
            try pool.read { database in
                try Self.$pinned.withValue(Pinned(pool: self, database: database)) { try body() }
            }
        }
    }

    private func checkWritable() throws(CatalogError) {
        guard access == .writable else { throw .readOnly(path: directory) }
    }

    private func namingDamage<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw CatalogError(damage: error, path: path) ?? error
        }
    }
}

extension CatalogError {
    /// What it means that SQLite found a database damaged; `nil` for any other error.
    init?(damage error: DatabaseError, path: String) {
        guard [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode) else { return nil }
        self = .damagedDatabase(path: path, reason: error.message ?? "\(error.resultCode)")
    }
}
