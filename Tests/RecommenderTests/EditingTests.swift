import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import Recommender
import Synchronization
import Testing

@Suite("Items that come by the API")
struct EditingTests {
    private func catalog(_ count: Int = 6) throws -> PatchCatalog {
        let catalog = try PatchCatalog((0..<count).map { ("p\($0)", "Shirts", $0 % 2 == 0 ? "Red" : "Blue") })
        try catalog.index()
        return catalog
    }

    private func first(_ recommender: Recommender, like photo: String) throws -> Match? {
        let query = try recommender.query(photo: PatchCatalog.photo(photo))
        return try recommender.nearest(to: query.vector, count: 1).first
    }

    @Test("an added item is found at once, by another recommender too, with its photo and thumbnail")
    func adding() throws {
        let catalog = try catalog()
        let (recommender, other) = (try catalog.recommender(), try catalog.recommender())
        let photo = try PatchCatalog.photo("new")
        let item = CatalogItem(id: "new", name: "New", colour: "Green", attributes: [("season", "Winter")])
        #expect(try recommender.store(item, photo: photo, isNew: true).isNew)
        for recommender in [recommender, other] {
            let found = try #require(try first(recommender, like: "new"))
            #expect(found.item.id == "new" && found.score > 0.999 && found.item.attributes.first?.value == "Winter")
            #expect(try recommender.items(offset: 0, limit: 9, filter: ItemFilter(["season": ["winter"]])).total == 1)
            let file = try #require(try recommender.imageFile(id: "new"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data(photo))
            #expect(try recommender.thumbnailFile(id: "new")?.hasSuffix(".jpg") == true)
        }
        #expect(throws: RecommenderError.itemExists("new")) {
            try recommender.store(item, photo: photo, isNew: true)
        }
        #expect(throws: RecommenderError.noPhoto("none")) { try recommender.store(CatalogItem(id: "none"), photo: nil) }
        #expect(throws: ImageError.self) {
            try recommender.store(CatalogItem(id: "text"), photo: Array("no photo".utf8))
        }
        #expect(recommender.itemCount == 7)
    }

    @Test("a changed item keeps its photo, or has the new one alone")
    func changing() throws {
        let catalog = try catalog()
        let recommender = try catalog.recommender()
        let changed = try recommender.store(CatalogItem(id: "p1", name: "Changed", colour: "Black"), photo: nil)
        #expect(!changed.isNew)
        #expect(try first(recommender, like: "p1")?.item.name == "Changed")
        #expect(try recommender.item(id: "p1")?.category == nil)
        _ = try recommender.store(CatalogItem(id: "p1", name: "Again"), photo: PatchCatalog.photo("other"))
        #expect(try first(recommender, like: "other")?.item.id == "p1")
        #expect(try first(recommender, like: "p1")?.item.id != "p1")
        _ = try recommender.store(CatalogItem(id: "p1", name: "Third"), photo: nil)
        #expect(try first(recommender, like: "other")?.item.name == "Third")
    }

    @Test("indexing the folder neither loses, nor doubles, nor changes back what came by the API")
    func indexing() throws {
        let catalog = try catalog()
        let recommender = try catalog.recommender()
        _ = try recommender.store(CatalogItem(id: "new", name: "New"), photo: PatchCatalog.photo("new"))
        _ = try recommender.store(CatalogItem(id: "p1", name: "Changed"), photo: nil)
        _ = try recommender.store(CatalogItem(id: "p2", name: "Other photo"), photo: PatchCatalog.photo("other"))
        #expect(try recommender.remove(id: "p3"))
        #expect(try !recommender.remove(id: "p3"))
        // The folder changes as well: what the API has not touched follows it.
        catalog.rows[0].colour = "Violet"
        catalog.rows.removeAll { $0.id == "p4" }
        try FileManager.default.removeItem(atPath: catalog.path + "/images/p1.jpg")
        try catalog.writeTable()
        for _ in 0..<2 {
            let report = try catalog.index()
            #expect(report.items == 5 && report.skipped.isEmpty)
            for recommender in [recommender, try catalog.recommender()] {
                let ids = try recommender.items(offset: 0, limit: 9).items.map(\.id)
                #expect(ids == ["new", "p0", "p1", "p2", "p5"])
                #expect(try recommender.item(id: "p0")?.colour == "Violet")
                #expect(try first(recommender, like: "p1")?.item.name == "Changed")
                #expect(try first(recommender, like: "other")?.item.id == "p2")
                #expect(try first(recommender, like: "new")?.item.id == "new")
            }
        }
        let result = try CatalogVerifier(catalogPath: catalog.path, dataDirectory: catalog.path + "/data").run()
        #expect(result.problems.isEmpty && result.items == 5)
        // An item that was removed can come again.
        _ = try recommender.store(CatalogItem(id: "p3"), photo: PatchCatalog.photo("p3"), isNew: true)
        #expect(try catalog.index().items == 6)
        // When what came by the API is forgotten, the folder alone counts.
        try catalog.database().forgetEdits()
        try catalog.index()
        #expect(try recommender.items(offset: 0, limit: 9).items.map(\.id) == ["p0", "p2", "p3", "p5"])
        #expect(try first(recommender, like: "p2")?.item.id == "p2")
    }

    @Test("an indexer under way does not overwrite what comes by the API meanwhile")
    func editWhileIndexing() throws {
        let catalog = try PatchCatalog((0..<100).map { ("q\($0)", "Shirts", "Red") })
        let recommender = try catalog.recommender()
        let asked = Counter()
        try catalog.index(shouldStop: {
            // After the first batch: items of the second are added, changed and removed before their rows come.
            if asked.increment() == 2 {
                do {
                    _ = try recommender.store(CatalogItem(id: "q90", name: "API"), photo: PatchCatalog.photo("api"))
                    _ = try recommender.store(CatalogItem(id: "q10", name: "API"), photo: nil)
                    #expect(try recommender.remove(id: "q11"))
                } catch {
                    Issue.record(error)
                }
            }
            return false
        })
        #expect(try recommender.item(id: "q90")?.name == "API" && recommender.item(id: "q10")?.name == "API")
        #expect(try recommender.item(id: "q11") == nil)
        #expect(try first(recommender, like: "api")?.item.id == "q90")
        #expect(recommender.itemCount == 99)
    }

    @Test("items that came by the API are found with another model too, once the catalog is indexed with it")
    func otherModel() throws {
        let catalog = try catalog(3)
        _ = try catalog.recommender().store(CatalogItem(id: "new"), photo: PatchCatalog.photo("new"))
        // To the database the float32 and int8 forms of a model are two.
        let other = try EmbeddingModel(
            path: PatchCatalog.root + "/Weights/fashion-resnet18.safetensors", precision: .int8)
        let recommender = try Recommender(model: other, database: catalog.database(), catalogPath: catalog.path)
        try #require(recommender.itemCount == 0)
        let indexer = CatalogIndexer(
            folder: try CatalogFolder(path: catalog.path), database: try catalog.database(), model: other)
        #expect(try indexer.run().embedded == 4)
        let query = try recommender.query(photo: PatchCatalog.photo("new"))
        #expect(try recommender.nearest(to: query.vector, count: 9).map(\.item.id).first == "new")
        #expect(recommender.itemCount == 4)
    }

    @Test(
        "many threads change items while others search: every answer is of one moment, and the end is what was last said"
    )
    func concurrently() throws {
        let catalog = try catalog(8)
        let recommender = try catalog.recommender()
        let photos = try (0..<4).map { try PatchCatalog.photo("photo\($0)") }
        let vectors = try photos.map { try recommender.query(photo: $0).vector }
        let isDone = Atomic(false)
        let (writers, readers) = (DispatchGroup(), DispatchGroup())
        func run(_ group: DispatchGroup, _ work: @escaping @Sendable () throws -> Void) {
            DispatchQueue.global().async(group: group) {
                do { try work() } catch { Issue.record(error) }
            }
        }
        for number in 0..<2 {
            run(writers) {
                for round in 0..<40 {
                    // Name and photo go together.
                    let which = (round + number) % 4
                    let item = CatalogItem(id: "moving\(number)", name: "\(which)")
                    _ = try recommender.store(item, photo: photos[which])
                    if round % 10 == 9 { _ = try recommender.remove(id: "moving\(number)") }
                }
                _ = try recommender.store(CatalogItem(id: "moving\(number)", name: "1"), photo: photos[1])
            }
        }
        for which in 0..<2 {
            run(readers) {
                while !isDone.load(ordering: .acquiring) {
                    for match in try recommender.nearest(to: vectors[which], count: 8)
                    where match.item.id.hasPrefix("moving") {
                        #expect((match.score > 0.999) == (match.item.name == "\(which)"))
                    }
                }
            }
        }
        writers.wait()
        isDone.store(true, ordering: .releasing)
        readers.wait()
        #expect(try Set(recommender.nearest(to: vectors[1], count: 2).map(\.item.id)) == ["moving0", "moving1"])
    }

    @Test("photos of removed items go by themselves; those of a lost database stay, and are counted")
    func photos() throws {
        let catalog = try catalog(3)
        let recommender = try catalog.recommender()
        let folder = catalog.path + "/data/photos"
        func count() -> Int {
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return names.count { $0.contains("/") }
        }
        for id in ["n0", "n1", "n2"] {
            _ = try recommender.store(CatalogItem(id: id), photo: PatchCatalog.photo(id))
        }
        #expect(try recommender.remove(id: "n0") && recommender.remove(id: "n1"))
        try recommender.maintain()
        // Somebody may just be looking at one.
        #expect(count() == 3)
        try catalog.sql("UPDATE photo SET unused_since = unused_since - 3600")
        try recommender.maintain()
        #expect(count() == 1)
        #expect(try recommender.remove(id: "n2"))
        try catalog.sql("UPDATE photo SET unused_since = unused_since - 3600")
        #expect(try catalog.index().unknownPhotos == 0 && count() == 0)

        _ = try recommender.store(CatalogItem(id: "n3"), photo: PatchCatalog.photo("n3"))
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.removeItem(atPath: catalog.path + "/data/catalog.sqlite" + suffix)
        }
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for name in names {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -86400)], ofItemAtPath: folder + "/" + name)
        }
        for _ in 0..<2 { #expect(try catalog.index(prune: true).unknownPhotos == 1 && count() == 1) }
    }

    @Test("where nothing can be written, everything is found, and changes are refused without a trace")
    func readOnly() throws {
        let catalog = try catalog()
        do { try catalog.recommender().maintain() }
        let data = catalog.path + "/data"
        func files() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: data).sorted() }
        let before = try files()
        let frozen = try CatalogDatabase(directory: data, mayCreate: false, access: .frozen)
        let recommender = try Recommender(
            model: PatchCatalog.model.get(), database: frozen, catalogPath: catalog.path)
        #expect(try first(recommender, like: "p1")?.item.id == "p1" && recommender.itemCount == 6)
        #expect(try recommender.items(offset: 0, limit: 9, filter: ItemFilter(["colour": ["Blue"]])).total == 3)
        #expect(throws: RecommenderError.readOnly) {
            try recommender.store(CatalogItem(id: "new"), photo: PatchCatalog.photo("new"))
        }
        #expect(throws: RecommenderError.readOnly) { try recommender.remove(id: "p1") }
        try recommender.maintain()
        #expect(throws: CatalogError.readOnly(path: data)) {
            try CatalogIndexer(
                folder: CatalogFolder(path: catalog.path), database: frozen, model: PatchCatalog.model.get()
            ).run()
        }
        #expect(try files() == before)
        _ = try catalog.recommender().remove(id: "p1")
        #expect(throws: CatalogError.self) { try recommender.refresh() }
    }
}
