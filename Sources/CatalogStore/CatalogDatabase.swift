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
    /// The file as it was when it was opened, if changes of it are not followed.
    private let frozen: FileStamp?

    /// Opens `catalog.sqlite` in a data directory; both are made if they are not there and may be.
    ///
    /// Where the directory cannot be written to, the database is read all the same: see ``access``.
    ///
    /// - Parameters:
    ///   - directory: the data directory.
    ///   - mayCreate: whether there need be no database yet.
    ///   - access: what may be done with the directory; `nil` finds out.
    /// - Throws: ``CatalogError``.
    public init(directory: String, mayCreate: Bool = true, access: DirectoryAccess? = nil) throws {
        let path = directory + "/catalog.sqlite"
        let isThere = FileManager.default.fileExists(atPath: path)
        guard mayCreate || isThere else { throw CatalogError.notIndexed(directory: directory) }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw CatalogError.unreadable(path: directory, reason: error.localizedDescription)
        }
        try Self.checkNotEmptied(path, directory: directory)
        let access = access ?? DirectoryAccess(directory: directory)
        guard access == .writable || isThere else { throw CatalogError.readOnly(path: directory) }
        frozen = access == .frozen ? FileStamp(path: path) : nil
        do {
            pool = try CatalogPool(directory: directory, path: path, access: access)
            try pool.migrate(Self.migrator)
        } catch let error as DatabaseError {
            if access == .readable, error.resultCode == .SQLITE_CANTOPEN {
                throw CatalogError.unreadable(
                    path: path,
                    reason: "changes of it are still in catalog.sqlite-wal, which cannot be read here without "
                        + "catalog.sqlite-shm. Open it once where it can be written to, as by vitrine index")
            }
            throw CatalogError(damage: error, path: path)
                ?? .unreadable(path: path, reason: error.message ?? "\(error.resultCode)")
        }
        self.directory = directory
    }

    /// What may be done with the data directory.
    public var access: DirectoryAccess { pool.access }

    /// Makes sure that a database whose changes are not followed has not changed.
    ///
    /// - Throws: ``CatalogError/unreadable(path:reason:)`` if it has: what is read from it may be wrong.
    public func checkUnchanged() throws(CatalogError) {
        let path = directory + "/catalog.sqlite"
        guard let frozen, FileStamp(path: path) != frozen || (FileStamp(path: path + "-wal")?.size ?? 0) > 0 else {
            return
        }
        throw .unreadable(
            path: path,
            reason:
                "it has changed since it was opened where it cannot be written to, and such changes are not followed. "
                + "Start anew")
    }

    /// An empty file beside what was derived from it is no new database: it has lost what it held.
    private static func checkNotEmptied(_ path: String, directory: String) throws(CatalogError) {
        func isEmpty() -> Bool { FileStamp(path: path)?.size == 0 }
        guard isEmpty() else { return }
        let derived = ["photos", "index", "thumbnails"].filter {
            (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\($0)"))?.isEmpty == false
        }
        guard let some = derived.first else { return }
        // Another process may be making a database at this moment.
        Thread.sleep(forTimeInterval: 0.5)
        guard isEmpty() else { return }
        throw .damagedDatabase(path: path, reason: "it is empty, and the folder \(some) beside it is not")
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
        migrator.registerMigration("own photos", migrate: addPhotos)
        migrator.registerMigration("checksums", migrate: addChecksums)
        return migrator
    }
}
