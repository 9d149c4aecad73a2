import CatalogStore
import Foundation
import Testing

@Suite("Catalog database")
struct CatalogDatabaseTests {
    private func stamp(_ folder: TemporaryFolder) throws -> FileStamp {
        try folder.write("x", to: "stamp")
        return try #require(FileStamp(path: folder.path + "/stamp"))
    }

    private func item(
        _ id: String, category: String? = nil, colour: String? = nil, content: String,
        _ attributes: [String: String] = [:]
    ) -> CatalogItem {
        CatalogItem(
            id: id, name: "Item \(id)", category: category, colour: colour, price: 9.5, currency: "EUR",
            attributes: attributes.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) },
            contentHash: content, imagePath: "images/\(id).jpg")
    }

    @Test("gives back items and vectors as they were stored, also after it was opened again")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let stamp = try stamp(folder)
        let shirt = item("b", category: "Shirts", colour: "Red", content: "h1", ["season": "Summer", "fit": "slim"])
        let dress = item("a", category: "Dresses", content: "h2")
        try CatalogDatabase(directory: folder.path + "/data").store(
            items: [StoredItem(item: shirt, stamp: stamp), StoredItem(item: dress, stamp: stamp)],
            embeddings: [(contentHash: "h1", vector: [1, 0]), (contentHash: "h2", vector: [0.6, -0.8])], modelHash: "m")

        let database = try CatalogDatabase(directory: folder.path + "/data")
        #expect(try database.item(id: "b") == shirt)
        #expect(try database.items(ids: ["a", "none", "b"]) == [dress, shirt])
        let (ids, vectors) = try database.vectors(modelHash: "m", dimension: 2)
        #expect(ids == ["a", "b"] && vectors == [0.6, -0.8, 1, 0])
        #expect(try database.vectors(modelHash: "other", dimension: 2).ids.isEmpty)
        #expect(try database.vectors(modelHash: "m", dimension: 3).ids.isEmpty)
        #expect(try database.storedItems()["b"] == StoredItem(item: shirt, stamp: stamp))
    }

    @Test("hands over every item with its own attributes, in the order of identifiers, and counts values without case")
    func scanning() throws {
        let folder = try TemporaryFolder()
        let database = try CatalogDatabase(directory: folder.path)
        let stamp = try stamp(folder)
        let items = [
            item("3", category: "Dresses", colour: "Red", content: "c", ["season": "Summer", "fit": "slim"]),
            item("10", category: "Shirts", content: "b", ["season": "Winter"]),
            item("1", category: "shirts", colour: "Red", content: "a"),
            item("x", category: "Shirts", colour: "Blue", content: "d", ["season": "summer"]),
        ]
        try database.store(items: items.map { StoredItem(item: $0, stamp: stamp) })
        var seen: [CatalogItem] = []
        try database.forEachItem { seen.append($0) }
        #expect(seen == [items[2], items[1], items[0], items[3]])
        #expect(try database.values(of: "category").map(\.count) == [3, 1])
        #expect(try database.values(of: "season").map(\.count) == [2, 1])
        #expect(try database.values(of: "x' OR 1=1 --").isEmpty)
    }

    @Test("replaces an item with all its attributes, and drops embeddings that nothing needs any more")
    func replacing() throws {
        let folder = try TemporaryFolder()
        let database = try CatalogDatabase(directory: folder.path)
        let stamp = try stamp(folder)
        try database.store(
            items: [StoredItem(item: item("1", content: "old", ["fit": "slim", "neck": "v"]), stamp: stamp)],
            embeddings: [(contentHash: "old", vector: [1])], modelHash: "m")
        let changed = item("1", content: "new", ["fit": "wide"])
        try database.store(
            items: [StoredItem(item: changed, stamp: stamp)], embeddings: [(contentHash: "new", vector: [2])],
            modelHash: "m")
        #expect(try database.item(id: "1") == changed)
        try database.remove(ids: [])
        #expect(try database.soundContent(modelHash: "m", dimension: 1).hashes == ["new"])
        try database.remove(ids: ["1", "unknown"])
        #expect(try database.itemCount() == 0)
        #expect(try database.soundContent(modelHash: "m", dimension: 1).hashes.isEmpty)
        #expect(try database.values(of: "fit").isEmpty)
    }

    @Test("refuses a file that is no database, and says what to do")
    func damaged() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "no database ", count: 400), to: "catalog.sqlite")
        #expect {
            try CatalogDatabase(directory: folder.path)
        } throws: { error in
            guard case CatalogError.damagedDatabase = error else { return false }
            return "\(error)".contains("index again") && "\(error)".contains("backup")
        }
    }

    @Test("only one process at a time may index into a data directory")
    func locking() throws {
        let folder = try TemporaryFolder()
        var lock: IndexLock? = try IndexLock(directory: folder.path)
        #expect(throws: CatalogError.busy(path: folder.path)) { try IndexLock(directory: folder.path) }
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try IndexLock(directory: folder.path)
    }
}
