import Foundation
import GRDB

/// The items of a catalog and their embeddings, in SQLite: the truth that everything else is rebuilt from.
///
/// Readers and the one writer do not wait for each other (write-ahead log). Safe to use from many threads. Methods throw
/// ``CatalogError`` where the cause is known and GRDB's `DatabaseError` otherwise.
public final class CatalogDatabase: Sendable {
    /// The directory of the database and of what is derived from it.
    public let directory: String
    let pool: CatalogPool

    /// Opens `catalog.sqlite` in a data directory; both are made if they are not there and may be.
    ///
    /// - Throws: ``CatalogError``.
    public init(directory: String, mayCreate: Bool = true) throws {
        let path = directory + "/catalog.sqlite"
        guard mayCreate || FileManager.default.fileExists(atPath: path) else {
            throw CatalogError.notIndexed(directory: directory)
        }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw CatalogError.unreadable(path: directory, reason: error.localizedDescription)
        }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            // A search holds a connection while it lasts, and many searches last at once.
            configuration.maximumReaderCount = 16
            // In the write-ahead log NORMAL keeps every committed transaction through the death of the process.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
            pool = try CatalogPool(path: path, configuration: configuration)
            try pool.migrate(Self.migrator, path: path)
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_NOTADB, .SQLITE_CORRUPT:
                throw CatalogError.damagedDatabase(path: path, reason: error.message ?? "\(error.resultCode)")
            default:
                throw CatalogError.unreadable(path: path, reason: error.message ?? "\(error.resultCode)")
            }
        }
        self.directory = directory
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("items, attributes, embeddings") { database in
            // Filters ignore case, so these columns compare and index without it.
            try database.execute(
                sql: """
                    CREATE TABLE item (
                        id TEXT NOT NULL PRIMARY KEY,
                        name TEXT,
                        category TEXT COLLATE NOCASE,
                        colour TEXT COLLATE NOCASE,
                        gender TEXT COLLATE NOCASE,
                        price REAL,
                        currency TEXT,
                        url TEXT,
                        description TEXT,
                        image_path TEXT NOT NULL,
                        content_hash TEXT NOT NULL,
                        file_size INTEGER NOT NULL,
                        file_modified INTEGER NOT NULL
                    );
                    -- With the id, so that a filtered page comes in its order without sorting.
                    CREATE INDEX item_category ON item (category, id);
                    CREATE INDEX item_colour ON item (colour, id);
                    CREATE INDEX item_gender ON item (gender, id);
                    CREATE INDEX item_content ON item (content_hash);

                    CREATE TABLE attribute (
                        item_id TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
                        position INTEGER NOT NULL,
                        name TEXT NOT NULL COLLATE NOCASE,
                        value TEXT NOT NULL COLLATE NOCASE,
                        PRIMARY KEY (item_id, position)
                    ) WITHOUT ROWID;
                    CREATE INDEX attribute_value ON attribute (name, value);

                    CREATE TABLE embedding (
                        content_hash TEXT NOT NULL,
                        model_hash TEXT NOT NULL,
                        vector BLOB NOT NULL,
                        UNIQUE (content_hash, model_hash)
                    );
                    """)
        }
        migrator.registerMigration("changes", migrate: addChanges)
        migrator.registerMigration("edits", migrate: addEdits)
        return migrator
    }
}
