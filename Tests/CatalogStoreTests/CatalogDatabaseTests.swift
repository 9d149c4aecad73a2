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

    @Test("filters by fixed columns and attributes, without regard to case; names and values cannot be SQL")
    func filters() throws {
        let folder = try TemporaryFolder()
        let database = try CatalogDatabase(directory: folder.path)
        let stamp = try stamp(folder)
        let items = [
            item("1", category: "Shirts", colour: "Red", content: "a", ["season": "Summer"]),
            item("2", category: "Shirts", colour: "Blue", content: "b", ["season": "Winter"]),
            item("3", category: "Dresses", colour: "Red", content: "c", ["season": "Summer"]),
        ]
        try database.store(items: items.map { StoredItem(item: $0, stamp: stamp) })
        func ids(_ accepted: [String: [String]]) throws -> [String] {
            try database.ids(matching: ItemFilter(accepted)).sorted()
        }
        #expect(try ids([:]) == ["1", "2", "3"])
        #expect(try ids(["category": ["shirts"]]) == ["1", "2"])
        #expect(try ids(["Category": ["Shirts"], "colour": ["red", "green"]]) == ["1"])
        #expect(try ids(["SEASON": ["summer"], "colour": ["Red"]]) == ["1", "3"])
        #expect(try ids(["x' OR 1=1 --": ["y"]]).isEmpty)
        #expect(try ids(["category": ["' OR 1=1 --"]]).isEmpty)
        #expect(try database.values(of: "category").map(\.value) == ["Shirts", "Dresses"])
        #expect(try database.values(of: "season").map(\.count) == [2, 1])
        #expect(try database.attributeNames() == ["category", "colour", "season"])
        let page = try database.page(offset: 1, limit: 1, filter: ItemFilter(["colour": ["Red"]]))
        #expect(page.total == 2 && page.items.map(\.id) == ["3"])
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
        #expect(try database.embeddedContent(modelHash: "m", dimension: 1) == ["new"])
        try database.remove(ids: ["1", "unknown"])
        #expect(try database.itemCount() == 0)
        #expect(try database.embeddedContent(modelHash: "m", dimension: 1).isEmpty)
        #expect(try database.attributeNames().isEmpty)
    }

    @Test("refuses a file that is no database, and says what to do")
    func damaged() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "no database ", count: 400), to: "catalog.sqlite")
        #expect {
            try CatalogDatabase(directory: folder.path)
        } throws: { error in
            guard case CatalogError.damagedDatabase = error else { return false }
            return "\(error)".contains("index again")
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
