import Foundation
import GRDB

extension CatalogDatabase {
    /// Remembers the photos of the data directory, and since when no item has each. Only what is remembered is ever removed:
    /// a database that was made anew knows nothing of the photos that it finds.
    static func addPhotos(_ database: Database) throws {
        let now = "CAST(strftime('%s', 'now') AS INTEGER)"
        try database.execute(
            sql: """
                CREATE TABLE photo (
                    path TEXT NOT NULL PRIMARY KEY,
                    -- Seconds since 1970; NULL while an item has it.
                    unused_since INTEGER
                ) WITHOUT ROWID;
                CREATE INDEX photo_unused ON photo (unused_since) WHERE unused_since IS NOT NULL;
                INSERT INTO photo (path) SELECT DISTINCT image_path FROM item WHERE substr(image_path, 1, 1) = '/';
                """)
        for event in ["INSERT", "UPDATE"] {
            try database.execute(
                sql: """
                    CREATE TRIGGER photo_used_\(event.lowercased()) AFTER \(event) ON item
                    WHEN substr(NEW.image_path, 1, 1) = '/' BEGIN
                        INSERT INTO photo (path) VALUES (NEW.image_path)
                        ON CONFLICT (path) DO UPDATE SET unused_since = NULL;
                    END
                    """)
        }
        for (event, condition) in [("UPDATE", "AND OLD.image_path <> NEW.image_path"), ("DELETE", "")] {
            try database.execute(
                sql: """
                    CREATE TRIGGER photo_unused_\(event.lowercased()) AFTER \(event) ON item
                    WHEN substr(OLD.image_path, 1, 1) = '/' \(condition) BEGIN
                        UPDATE photo SET unused_since = \(now) WHERE path = OLD.image_path AND NOT EXISTS (
                            SELECT 1 FROM item
                            WHERE content_hash = OLD.content_hash AND image_path = OLD.image_path);
                    END
                    """)
        }
    }

    /// Says that a photo is about to be kept in the data directory. Unless an item comes to have it, it is removed after
    /// a while, whatever becomes of this process.
    package func expectPhoto(_ path: String) throws {
        try pool.write { database in
            try database.execute(
                sql: """
                    INSERT INTO photo (path, unused_since) VALUES (?, ?)
                    ON CONFLICT (path) DO UPDATE SET unused_since = excluded.unused_since
                    WHERE unused_since IS NOT NULL
                    """,
                arguments: [path, Int(Date().timeIntervalSince1970)])
        }
    }

    /// Removes the photos of the data directory that were items' and no longer are, with their thumbnails.
    ///
    /// - Parameter grace: seconds since when no item may have had them; a request may still be about to send one, or an
    ///   item about to be stored.
    /// - Returns: how many were removed.
    /// - Throws: errors of the database; a photo that cannot be removed is tried again later.
    /// - Complexity: O(log n) if there is none; at most 1000 are removed at once.
    @discardableResult
    package func sweepPhotos(grace: Int = 300) throws -> Int {
        let due: StatementArguments = [Int(Date().timeIntervalSince1970) - grace]
        let query = "SELECT path FROM photo WHERE unused_since <= ? ORDER BY unused_since LIMIT 1000"
        guard try pool.read({ try String.fetchOne($0, sql: query, arguments: due) }) != nil else { return 0 }
        let photos = PhotoStore(dataDirectory: directory)
        let thumbnails = ThumbnailStore(dataDirectory: directory)
        // The files go while nobody else can write: who is about to keep one of them has said so before, or comes after.
        // After a crash in between, what is gone is gone a second time.
        return try pool.write { database in
            var removed = 0
            for path in try String.fetchAll(database, sql: query, arguments: due) {
                guard photos.remove(path) else {
                    // Others come first the next time.
                    try database.execute(
                        sql: "UPDATE photo SET unused_since = ? WHERE path = ?",
                        arguments: [Int(Date().timeIntervalSince1970), path])
                    continue
                }
                try database.execute(sql: "DELETE FROM photo WHERE path = ?", arguments: [path])
                removed += 1
                let hash = URL(fileURLWithPath: path).lastPathComponent
                let isShown = try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM item WHERE content_hash = ?)", arguments: [hash])
                if isShown == false { unlink(thumbnails.path(contentHash: hash)) }
            }
            return removed
        }
    }

    /// How many photos lie in the data directory that this database has never heard of: those of a lost one.
    package func unknownPhotoCount() throws -> Int {
        let known = try pool.read { try String.fetchSet($0, sql: "SELECT path FROM photo") }
        return PhotoStore(dataDirectory: directory).all().count { !known.contains($0) }
    }
}
