import CatalogStore
import Foundation
import Recommender
import Synchronization
import Testing
import VectorSearch

@Suite("Changing catalog")
struct ChangingCatalogTests {
    private func catalog(_ count: Int = 24) throws -> PatchCatalog {
        let catalog = try PatchCatalog(
            (0..<count).map { ("p\($0)", $0 % 3 == 0 ? "Shirts" : "Shoes", $0 % 2 == 0 ? "Red" : "Blue") })
        try catalog.index()
        return catalog
    }

    private func names(_ catalog: PatchCatalog) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: catalog.path + "/data/index").sorted()
    }

    private func snapshot(_ catalog: PatchCatalog) throws -> String {
        catalog.path + "/data/index/" + (try #require(try names(catalog).first { $0.hasSuffix(".vectors") }))
    }

    @Test("a recommender shows what was added, changed and removed since, with its filters and counts")
    func follows() throws {
        let catalog = try catalog()
        let recommender = try catalog.recommender()
        #expect(recommender.values(of: "colour").map(\.count) == [12, 12])
        let query = try recommender.query(photo: PatchCatalog.photo("new"))
        catalog.rows.removeAll { $0.id == "p3" }
        catalog.rows.append(("new", "Hats", "Green"))
        catalog.rows[0].colour = "Violet"
        try catalog.write(PatchCatalog.photo("new"), to: "images/new.jpg")
        try catalog.writeTable()
        try catalog.index()
        let found = try recommender.nearest(to: query.vector, count: 50)
        #expect(found.first?.item.id == "new" && found.count == 24 && !found.contains { $0.item.id == "p3" })
        #expect(found.first { $0.item.id == "p0" }?.item.colour == "Violet")
        #expect(try recommender.nearest(toItem: "p3", count: 5) == nil && recommender.item(id: "p3") == nil)
        #expect(try recommender.nearest(toItem: "new", count: 50)?.count == 23)
        #expect(recommender.itemCount == 24)
        #expect(
            recommender.values(of: "colour").map { "\($0.value) \($0.count)" } == [
                "Blue 11", "Red 11", "Green 1", "Violet 1",
            ])
        let violet = try recommender.nearest(to: query.vector, count: 5, filter: ItemFilter(["colour": ["violet"]]))
        #expect(violet.map(\.item.id) == ["p0"])
        let page = try recommender.items(offset: 0, limit: 3)
        #expect(page.items.map(\.id) == ["new", "p0", "p1"] && page.total == 24)
        #expect(try recommender.items(offset: 0, limit: 9, filter: ItemFilter(["category": ["Hats"]])).total == 1)
    }

    @Test("a photo that is replaced is found by the new one, and not by the old one")
    func replacedPhoto() throws {
        let catalog = try catalog()
        let recommender = try catalog.recommender()
        let old = try recommender.query(photo: PatchCatalog.photo("p5"))
        try catalog.write(PatchCatalog.photo("other"), to: "images/p5.jpg")
        try catalog.index()
        let new = try recommender.query(photo: PatchCatalog.photo("other"))
        #expect(try recommender.nearest(to: new.vector, count: 1).map(\.item.id) == ["p5"])
        #expect(try recommender.nearest(to: old.vector, count: 1).map(\.item.id) != ["p5"])
    }

    @Test("the snapshot is used again, and what has changed since is read beside it")
    func snapshotIsUsed() throws {
        let catalog = try catalog()
        _ = try catalog.recommender()
        let file = try snapshot(catalog)
        let stamp = FileStamp(path: file)
        try catalog.database().remove(ids: ["p7"])
        let recommender = try catalog.recommender()
        #expect(FileStamp(path: file) == stamp)
        let query = try recommender.query(photo: PatchCatalog.photo("p7"))
        #expect(try recommender.nearest(to: query.vector, count: 50).count == 23)
    }

    @Test(
        "a damaged, cut, stale or missing snapshot is made anew",
        arguments: ["damaged", "cut", "empty", "missing", "stale"])
    func badSnapshot(kind: String) throws {
        let catalog = try catalog()
        _ = try catalog.recommender()
        let file = try snapshot(catalog)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        switch kind {
        case "damaged":
            var bytes = whole
            bytes[bytes.startIndex + 5000] ^= 1
            try bytes.write(to: URL(fileURLWithPath: file))
        case "cut": try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file))
        case "empty": try Data().write(to: URL(fileURLWithPath: file))
        case "missing": try FileManager.default.removeItem(atPath: file)
        default:
            // The database is made anew: the same items and generations, and another identity.
            for name in ["catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"] {
                try? FileManager.default.removeItem(atPath: catalog.path + "/data/" + name)
            }
            catalog.rows.removeLast(4)
            try catalog.writeTable()
            try catalog.index()
        }
        let recommender = try catalog.recommender()
        let count = kind == "stale" ? 20 : 24
        let query = try recommender.query(photo: PatchCatalog.photo("p1"))
        let found = try recommender.nearest(to: query.vector, count: 50)
        #expect(found.first?.item.id == "p1" && found.count == count && recommender.itemCount == count)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count > 4096)
    }

    @Test("where no snapshot can be written, everything is found all the same")
    func noFolder() throws {
        let catalog = try catalog()
        try Data("in the way".utf8).write(to: URL(fileURLWithPath: catalog.path + "/data/index"))
        let recommender = try catalog.recommender()
        let query = try recommender.query(photo: PatchCatalog.photo("p1"))
        #expect(try recommender.nearest(to: query.vector, count: 50).count == 24)
        try catalog.database().remove(ids: ["p1"])
        #expect(try recommender.nearest(to: query.vector, count: 50).count == 23)
        try recommender.maintain()
    }

    @Test("with a graph finds the same, after changes too, and the graph is there at the next start")
    func graph() throws {
        let catalog = try catalog()
        func recommender() throws -> Recommender {
            try Recommender(
                model: PatchCatalog.model.get(), database: catalog.database(), catalogPath: catalog.path, kind: .hnsw)
        }
        let first = try recommender()
        #expect(try names(catalog).count == 1)
        try first.maintain()
        #expect(try names(catalog).map { $0.suffix(6) } == [".graph", "ectors"])
        let query = try first.query(photo: PatchCatalog.photo("p9"))
        let expected = try catalog.recommender().nearest(to: query.vector, count: 24).map(\.item.id)
        #expect(try first.nearest(to: query.vector, count: 24).map(\.item.id) == expected)
        try catalog.database().remove(ids: ["p9"])
        #expect(try first.nearest(to: query.vector, count: 24).map(\.item.id) == Array(expected.dropFirst()))
        let graph = FileStamp(path: catalog.path + "/data/index/" + (try names(catalog)[0]))
        let second = try recommender()
        try second.maintain()
        #expect(try second.nearest(to: query.vector, count: 24).map(\.item.id) == Array(expected.dropFirst()))
        #expect(FileStamp(path: catalog.path + "/data/index/" + (try names(catalog)[0])) == graph)
    }

    /// Stores items that all have vectors, without photos.
    private func store(_ range: Range<Int>, in database: CatalogDatabase, colour: String = "Red") throws {
        let model = try PatchCatalog.model.get()
        let stamp = try #require(FileStamp(path: #filePath))
        var random = Generator(state: UInt64(range.lowerBound))
        let items = range.map { number in
            StoredItem(
                item: CatalogItem(
                    id: "item-\(number)", category: "Shirts", colour: colour, contentHash: "hash-\(number)",
                    imagePath: "none.jpg"), stamp: stamp)
        }
        let embeddings = range.map { number in
            // Few of the numbers vary: as with photos, what is near can be told from what is not.
            var vector = (0..<model.dimension).map { $0 < 8 ? Float.random(in: -1...1, using: &random) : 0.01 }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            vector = vector.map { $0 / length }
            return (contentHash: "hash-\(number)", vector: vector)
        }
        try database.store(items: items, embeddings: embeddings, modelHash: model.hash)
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test("many changes become a new snapshot while searches go on, each of one moment of the catalog")
    func merging() throws {
        let catalog = try catalog(1)
        let database = try catalog.database()
        try store(0..<5000, in: database)
        let recommender = try Recommender(
            model: PatchCatalog.model.get(), database: catalog.database(), catalogPath: catalog.path, kind: .hnsw)
        try recommender.maintain()
        recommender.readFacets()
        let file = try snapshot(catalog)
        let before = FileStamp(path: file)
        let isDone = Atomic(false)
        let searched = Atomic(0)
        let group = DispatchGroup()
        for _ in 0..<2 {
            DispatchQueue.global().async(group: group) {
                do {
                    let query = try recommender.query(photo: PatchCatalog.photo("p0"))
                    while !isDone.load(ordering: .acquiring) {
                        // All items are of one colour at each moment.
                        let found = try recommender.nearest(to: query.vector, count: 40)
                        let colours = Set(found.dropFirst().map { $0.item.colour ?? "" })
                        #expect(found.count == 40 && colours.count == 1)
                        let colour = try #require(colours.first)
                        let all = recommender.values(of: "colour").filter { $0.value != "Red" || $0.count > 1 }
                        #expect(all.count <= 2)
                        let filtered = try recommender.nearest(
                            to: query.vector, count: 40, filter: ItemFilter(["category": ["shirts"]]))
                        #expect(Set(filtered.dropFirst().map { $0.item.colour ?? "" }).count == 1, "\(colour)")
                        searched.add(1, ordering: .relaxed)
                    }
                } catch {
                    Issue.record(error)
                }
            }
        }
        for round in 0..<6 {
            // Others of the first thousand are gone each time, and five thousand are new or other ones.
            try database.remove(ids: (round * 100..<(round + 1) * 100).map { "item-\($0)" })
            try store(round * 2000 + 5000..<round * 2000 + 7000, in: database)
            try recommender.maintain()
        }
        let end = ContinuousClock.now + .seconds(60)
        while searched.load(ordering: .relaxed) <= 10, ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.01) }
        isDone.store(true, ordering: .releasing)
        group.wait()
        #expect(searched.load(ordering: .relaxed) > 10)
        #expect(FileStamp(path: file) != before)
        #expect(recommender.itemCount == 1 + 5000 + 12_000 - 600)
        let exact = try catalog.recommender()
        for id in ["item-4000", "item-8000", "item-16999"] {
            let found = try #require(try recommender.nearest(toItem: id, count: 5))
            let expected = try #require(try exact.nearest(toItem: id, count: 5))
            #expect(found.map(\.item.id) == expected.map(\.item.id))
        }
        #expect(recommender.values(of: "category").map(\.count) == [16_401])
    }
}
