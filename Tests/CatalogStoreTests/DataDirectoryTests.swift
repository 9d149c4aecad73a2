import CatalogStore
import Foundation
import Testing

@Suite("Data directory")
struct DataDirectoryTests {
    private let folder: TemporaryFolder
    private var data: String { folder.path + "/data" }
    private var file: String { data + "/catalog.sqlite" }

    init() throws { folder = try TemporaryFolder() }

    private func database(_ access: DirectoryAccess? = nil) throws -> CatalogDatabase {
        try CatalogDatabase(directory: data, access: access)
    }

    /// An item whose photo is in the catalog's folder, or in the data directory.
    private func stored(_ id: String, content: String, isOwn: Bool = false) throws -> StoredItem {
        try folder.write("x", to: "stamp")
        let path = isOwn ? PhotoStore.imagePath(contentHash: content) : "images/\(id).jpg"
        return StoredItem(
            item: CatalogItem(id: id, name: "Item \(id)", contentHash: content, imagePath: path),
            stamp: try #require(FileStamp(path: folder.path + "/stamp")))
    }

    private func sql(_ text: String) throws {
        try python(
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.close()", file, text
        )
    }

    private func isDamage(_ error: any Error) -> Bool {
        if case CatalogError.damagedDatabase = error { true } else { false }
    }

    /// Stores an item as the API does, with its photo.
    private func add(_ id: String, content: String, _ database: CatalogDatabase) throws {
        try database.expectPhoto(PhotoStore.imagePath(contentHash: content))
        _ = try PhotoStore(dataDirectory: data).keep(Array(content.utf8), contentHash: content)
        _ = try database.edit(
            stored(id, content: content, isOwn: true), vector: [1, 0], modelHash: "m", mode: .put)
    }

    private var photos: [String] {
        let names = FileManager.default.enumerator(atPath: data + "/photos")?.compactMap { $0 as? String } ?? []
        return names.filter { $0.contains("/") }.sorted()
    }

    @Test("an empty database beside photos, thumbnails or an index is damage; beside nothing it is a new one")
    func emptied() throws {
        try folder.write("", to: "data/catalog.sqlite")
        #expect(try self.database().itemCount() == 0)
        for name in ["photos", "index", "thumbnails"] {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
            try folder.write("", to: "data/catalog.sqlite")
            try folder.write("x", to: "data/\(name)/ab/x")
            #expect {
                try self.database()
            } throws: {
                isDamage($0) && "\($0)".contains("backup") && "\($0)".contains("API")
            }
            #expect(FileStamp(path: file)?.size == 0)
            try FileManager.default.removeItem(atPath: data + "/" + name)
        }
    }

    @Test("damage inside the file is told as damage, whatever reads or writes comes upon it")
    func damagedPages() throws {
        try self.database().store(items: try (0..<3000).map { try stored("\($0)", content: "c\($0)") })
        try sql("PRAGMA wal_checkpoint(TRUNCATE)")
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        // Beyond the roots of the tables, so that it can be opened.
        for index in 196_608..<bytes.count { bytes[index] = 0x5A }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let database = try self.database()
        #expect { try database.storedItems() } throws: { isDamage($0) }
        #expect { try database.forEachItem { _ in } } throws: { isDamage($0) }
        #expect { try database.consistently { try database.items(ids: (2600..<3000).map { "\($0)" }) } } throws: {
            isDamage($0)
        }
        #expect { try database.remove(ids: (0..<3000).map { "\($0)" }) } throws: { isDamage($0) }
    }

    @Test("a directory that cannot be written to is read without a trace, and changes are refused or noticed")
    func frozen() throws {
        let folder = try TemporaryFolder()
        // Of what has a meaning in the name of a database.
        let data = folder.path + "/da ta?mode=rw#%41"
        do {
            try CatalogDatabase(directory: data).store(items: [try stored("a", content: "c")])
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: data).sorted()
        #expect(names == ["catalog.sqlite"])
        let frozen = try CatalogDatabase(directory: data, mayCreate: false, access: .frozen)
        #expect(try frozen.item(id: "a")?.name == "Item a" && frozen.storedItems().count == 1)
        #expect(throws: CatalogError.readOnly(path: data)) { try frozen.remove(ids: ["a"]) }
        #expect(throws: CatalogError.readOnly(path: data)) { try frozen.removeByEdit(id: "a") }
        try frozen.checkUnchanged()
        #expect(try FileManager.default.contentsOfDirectory(atPath: data) == names)

        let writing = try CatalogDatabase(directory: data)
        try writing.remove(ids: ["a"])
        #expect(throws: CatalogError.self) { try frozen.checkUnchanged() }
        // With a log there, what is written is followed.
        let reading = try CatalogDatabase(directory: data, access: .readable)
        #expect(try reading.itemCount() == 0)
        try writing.store(items: [try stored("b", content: "c")])
        #expect(try reading.itemCount() == 1)
        #expect(throws: CatalogError.readOnly(path: data)) { try reading.remove(ids: ["b"]) }
        withExtendedLifetime(writing) {}
        #expect(throws: CatalogError.readOnly(path: folder.path + "/none")) {
            try CatalogDatabase(directory: folder.path + "/none", access: .frozen)
        }
    }

    @Test("tables of an earlier version are read once they were brought up to date, and not before")
    func earlierVersion() throws {
        do {
            try self.database().store(
                items: [try stored("a", content: "c"), try stored("b", content: "d")],
                embeddings: [(contentHash: "c", vector: [0.6, 0.8]), (contentHash: "d", vector: [0, 0])], modelHash: "m"
            )
        }
        try sql(
            """
            DELETE FROM grdb_migrations WHERE identifier IN ('checksums', 'own photos');
            ALTER TABLE embedding DROP COLUMN checksum;
            UPDATE item SET image_path = '/photos/d/d' WHERE id = 'b';
            DROP TRIGGER photo_used_insert; DROP TRIGGER photo_used_update;
            DROP TRIGGER photo_unused_update; DROP TRIGGER photo_unused_delete; DROP TABLE photo;
            """)
        #expect {
            try self.database(.frozen)
        } throws: {
            "\($0)".contains("earlier version") && "\($0)".contains("vitrine index")
        }
        let database = try self.database()
        // What was no unit vector before there were checksums is no good now.
        let (sound, removed) = try database.soundContent(modelHash: "m", dimension: 2)
        #expect(sound == ["c"] && removed == 1)
        try folder.write("d", to: "data/photos/d/d")
        #expect(try database.unknownPhotoCount() == 0)
    }

    @Test("an embedding that is another one's, or was changed, does not count and is removed")
    func checksums() throws {
        let before: Int
        do {
            let database = try self.database()
            try database.store(
                items: try "abcd".map { try stored("\($0)", content: "c\($0)") },
                embeddings: [
                    (contentHash: "ca", vector: [1, 0]), (contentHash: "cb", vector: [0, 1]),
                    (contentHash: "cc", vector: [0.6, 0.8]), (contentHash: "cd", vector: [0.8, 0.6]),
                ], modelHash: "m")
            try database.store(items: [], embeddings: [(contentHash: "ca", vector: [0, 1])], modelHash: "other")
            #expect(try database.soundContent(modelHash: "m", dimension: 2) == (["ca", "cb", "cc", "cd"], 0))
            #expect(try database.soundContent(modelHash: "m", dimension: 3).hashes.isEmpty)
            before = try database.generation()
        }
        try sql(
            """
            CREATE TEMP TABLE swapped AS SELECT content_hash, vector FROM embedding
                WHERE model_hash = 'm' AND content_hash IN ('ca', 'cb');
            UPDATE embedding SET vector = (
                SELECT vector FROM swapped WHERE swapped.content_hash <> embedding.content_hash)
                WHERE model_hash = 'm' AND content_hash IN ('ca', 'cb');
            UPDATE embedding SET vector = x'0000c07f0000803f' WHERE content_hash = 'cc';
            """)
        let result = try CatalogVerifier(catalogPath: folder.path, dataDirectory: data).run()
        let bad = result.problems.filter { $0.kind == .badEmbedding }.map { String($0.subject.prefix(2)) }
        #expect(bad.sorted() == ["ca", "cb", "cc"], "\(result.problems)")
        let database = try self.database()
        #expect(try database.soundContent(modelHash: "m", dimension: 2) == (["cd"], 3))
        #expect(try database.changedIDs(since: before).sorted() == ["a", "b", "c"])
        #expect(try database.soundContent(modelHash: "other", dimension: 2).hashes == ["ca"])
    }

    @Test("a photo goes when its last item has been gone for a while, and one that no item came to have goes too")
    func sweeping() throws {
        let database = try self.database()
        try add("a", content: "aa1", database)
        try add("b", content: "aa1", database)
        try add("c", content: "bb2", database)
        try database.expectPhoto(PhotoStore.imagePath(contentHash: "cc3"))
        _ = try PhotoStore(dataDirectory: data).keep([1], contentHash: "cc3")
        #expect(photos == ["aa/aa1", "bb/bb2", "cc/cc3"])
        #expect(try database.sweepPhotos() == 0)
        #expect(try database.sweepPhotos(grace: 0) == 1 && photos == ["aa/aa1", "bb/bb2"])

        #expect(try database.removeByEdit(id: "a"))
        try add("c", content: "dd4", database)
        try database.remove(ids: [])
        #expect(try database.sweepPhotos(grace: 60) == 0)
        #expect(try database.sweepPhotos(grace: 0) == 1 && photos == ["aa/aa1", "dd/dd4"])
        #expect(try database.removeByEdit(id: "b"))
        // It comes again before it has gone.
        try add("e", content: "aa1", database)
        #expect(try database.sweepPhotos(grace: 0) == 0 && photos == ["aa/aa1", "dd/dd4"])
        #expect(try database.removeByEdit(id: "e") && database.removeByEdit(id: "c"))
        #expect(try database.sweepPhotos(grace: 0) == 2 && photos.isEmpty)
    }

    @Test("a database that was made anew leaves the photos of the lost one alone, and says how many there are")
    func lostDatabase() throws {
        do { try add("mine", content: "aa1", self.database()) }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        let database = try self.database()
        try add("other", content: "bb2", database)
        #expect(try database.unknownPhotoCount() == 1)
        #expect(try database.removeByEdit(id: "other"))
        #expect(try database.sweepPhotos(grace: 0) == 1)
        #expect(photos == ["aa/aa1"])
        let result = try CatalogVerifier(catalogPath: folder.path, dataDirectory: data).run()
        #expect(result.unknownPhotos == 1 && result.problems.isEmpty)
    }

    @Test("what is missing of the data directory is named by its place in it")
    func ownPaths() throws {
        do { try add("mine", content: "aa1", self.database()) }
        try FileManager.default.removeItem(atPath: data + "/photos/aa/aa1")
        let result = try CatalogVerifier(catalogPath: folder.path, dataDirectory: data).run()
        #expect(result.problems.count == 1 && result.problems.first?.detail.hasPrefix("photos/aa/aa1: ") == true)
    }

    @Test("half a photo that a killed process left goes after a while")
    func unfinished() throws {
        let name = "data/photos/aa/aa1.0123.tmp"
        try folder.write("x", to: name)
        PhotoStore(dataDirectory: data).removeUnfinished()
        #expect(photos.count == 1)
        let old = Date(timeIntervalSinceNow: -7200)
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: folder.path + "/" + name)
        PhotoStore(dataDirectory: data).removeUnfinished()
        #expect(photos.isEmpty)
    }
}
