import CatalogStore
import Foundation
import ImageCodecs
import PostgresTesting
import Recommender
import Site
import Synchronization
import Testing
import VectorSearch

@Suite("Wherever a catalog is kept", .serialized)
struct ContractTests {
    private func indexed(_ backend: Backend) throws -> (ContractCatalog, any ItemSearch & ItemEditing) {
        let catalog = try ContractCatalog(backend)
        let report = try catalog.index()
        #expect(report.items == 12 && report.embedded == 12 && report.skipped.isEmpty)
        return (catalog, try catalog.open())
    }

    private func ids(
        _ search: any ItemSearch, like photo: String, _ count: Int = 12, _ filter: [String: [String]] = [:],
        price: PriceRange? = nil, metric: Metric = .cosine, collapses: Bool = false
    ) throws -> [String] {
        let vector = try search.query(photo: ContractCatalog.photo(photo)).vector
        return try search.nearest(
            to: vector, count: count, metric: metric, filter: ItemFilter(filter, price: price), collapses: collapses
        ).map(\.item.id)
    }

    /// Whether something that depends on counts comes to be so in ten minutes: where counting takes long, as on a busy
    /// machine, counts may be twenty times that old, and attributes that came since are not known yet.
    private func becomes(_ isSo: () throws -> Bool) throws -> Bool {
        let end = ContinuousClock.now + .seconds(600)
        while true {
            do {
                if try isSo() { return true }
            } catch RecommenderError.unknownAttribute where ContinuousClock.now < end {}
            if ContinuousClock.now > end { return false }
            Thread.sleep(forTimeInterval: 0.1)
        }
    }

    private func refuses(_ search: () throws -> [String]) throws -> Bool {
        do { _ = try search() } catch is RecommenderError { return true }
        return false
    }

    @Test(
        "PostgreSQL 16 and 18 are there to be tested",
        .enabled(if: PostgresServer.isAvailable, "make test fetches them"))
    func available() { #expect(Backend.available.count == 4) }

    @Test("an item's own photo finds it first, all of it as the catalog has it", arguments: Backend.available)
    func items(_ backend: Backend) throws {
        let (_, search) = try indexed(backend)
        #expect(search.itemCount == 12)
        for row in ContractCatalog.rows {
            let vector = try search.query(photo: ContractCatalog.photo(row[0])).vector
            for metric in [Metric.cosine, .euclidean] {
                let matches = try search.nearest(
                    to: vector, count: 3, metric: metric, filter: ItemFilter(), collapses: false)
                #expect(matches.count == 3 && (matches.first?.score ?? 0) > 0.999)
                #expect(matches.map(\.score) == matches.map(\.score).sorted(by: >))
                #expect(matches.first?.closeness == .veryClose)
                let item = try #require(matches.first?.item)
                #expect(item.id == row[0] && item.name == row[1] && item.category == row[2] && item.colour == row[3])
                #expect(item.gender == row[4] && item.price == Double(row[5]) && (item.currency ?? "") == row[6])
                #expect((item.url ?? "") == row[7] && (item.description ?? "") == row[8])
                #expect(item == (try search.item(id: row[0])))
                let attributes = item.attributes.map { "\($0.name)=\($0.value)" }.filter { !$0.hasSuffix("=") }
                let expected = ["season=\(row[9])", "style_id=\(row[10])", "sku=SKU-\(row[0])"]
                #expect(attributes == expected.filter { !$0.hasSuffix("=") })
            }
        }
        #expect(throws: VectorSearchError.self) {
            try search.nearest(to: [1, 0, 0], count: 5, metric: .cosine, filter: ItemFilter(), collapses: false)
        }
    }

    @Test("what is similar to an item leaves it out, and knows no unknown item", arguments: Backend.available)
    func similar(_ backend: Backend) throws {
        let (_, search) = try indexed(backend)
        func similar(_ id: String, collapses: Bool = false) throws -> [String]? {
            try search.nearest(toItem: id, count: 20, metric: .cosine, filter: ItemFilter(), collapses: collapses)?
                .map(\.item.id)
        }
        #expect(try similar("a1")?.count == 11 && similar("a1")?.contains("a1") == false)
        #expect(try similar("none") == nil && similar("a\u{0}1") == nil)
        // All of its product is left out.
        let others = try #require(try similar("a4", collapses: true))
        #expect(others.count == 9 && Set(others).isDisjoint(with: ["a3", "a4", "a5"]))
    }

    @Test(
        "filters ignore case, take any of several values, hold together, and know what they cannot answer",
        arguments: Backend.available)
    func filters(_ backend: Backend) throws {
        let (_, search) = try indexed(backend)
        func found(_ filter: [String: [String]], _ price: PriceRange? = nil) throws -> Set<String> {
            Set(try ids(search, like: "a1", 20, filter, price: price))
        }
        #expect(try found(["category": ["SHIRTS"]]) == ["a1", "a2", "a8"])
        #expect(try found(["Category": ["shirts", "caps"], "colour": ["white", "RED"]]) == ["a1", "a8", "b 9%"])
        #expect(try found(["season": ["Winter"], "gender": ["women"]]) == ["a4", "a5"])
        // Letters beyond ASCII are not folded.
        #expect(try found(["season": ["Été"]]) == ["a7"] && found(["season": ["E\u{301}te\u{301}"]]) == ["a7"])
        #expect(try found(["colour": ["नीला"]]) == ["a7"] && found(["sku": ["sku-CAF\u{E9}"]]) == ["caf\u{E9}"])
        for nothing in ["", "Shirts\u{0}", "' OR 1=1 --", "{}", "\\", "%", "Sh_rts"] {
            #expect(try found(["category": [nothing]]).isEmpty, "\(nothing)")
        }
        #expect(try found(["currency": ["eur"]], PriceRange(minimum: 45, maximum: 79)) == ["a2", "a5", "z10"])
        #expect(try found(["currency": ["usd"]], PriceRange(minimum: 100)) == ["a7", "z11"])
        #expect(try found(["currency": ["EUR"], "colour": ["red"]], PriceRange(maximum: 12)) == ["b 9%", "caf\u{E9}"])
        let known = ["category", "colour", "gender", "currency", "season", "style_id", "sku"]
        #expect(throws: RecommenderError.unknownAttribute("sleeve", known: known)) { try found(["sleeve": ["Long"]]) }
        #expect(throws: RecommenderError.currencyNeeded(known: ["EUR", "USD"])) {
            try found([:], PriceRange(maximum: 50))
        }
        #expect(throws: RecommenderError.self) {
            try search.items(offset: 0, limit: 5, filter: ItemFilter(["sleeve": ["Long"]]))
        }
    }

    @Test("a product is found once, with what else there is of it", arguments: Backend.available)
    func products(_ backend: Backend) throws {
        let (_, search) = try indexed(backend)
        let once = try ids(search, like: "a5", 12, collapses: true)
        #expect(once.count == 10 && once.first == "a5" && Set(once).isDisjoint(with: ["a3", "a4"]))
        #expect(try ids(search, like: "a5", 12).count == 12)
        // Of those that pass, the nearest.
        #expect(
            try ids(search, like: "a5", 5, ["colour": ["red", "black"], "category": ["dresses"]], collapses: true).count
                == 1)
        #expect(try search.variants(ofItem: "a4") == ProductVariants(others: ["a3", "a5"], colours: 3))
        #expect(try search.variants(ofItem: "a1") == nil && search.variants(ofItem: "none") == nil)
        let vector = try search.query(photo: ContractCatalog.photo("a3")).vector
        let match = try search.nearest(
            to: vector, count: 1, metric: .cosine, filter: ItemFilter(), collapses: true)
        #expect(match.first?.variants == ProductVariants(others: ["a4", "a5"], colours: 3))
    }

    @Test(
        "items and vectors come by identifier, and the mean of those that pass a filter", arguments: Backend.available)
    func vectors(_ backend: Backend) throws {
        let (_, search) = try indexed(backend)
        #expect(try search.items(ids: ["z10", "none", "a1", "cafe\u{301}"]).map(\.id) == ["z10", "a1", "caf\u{E9}"])
        let vectors = try search.vectors(ofItems: ["a4", "none", "a5"])
        #expect(Set(vectors.keys) == ["a4", "a5"])
        for (id, vector) in vectors {
            let photo = try search.query(photo: ContractCatalog.photo(id)).vector
            #expect(zip(vector, photo).allSatisfy { abs($0 - $1) < 1e-4 })
        }
        let mean = try #require(try search.meanVector(ItemFilter(["category": ["dresses"], "season": ["winter"]])))
        #expect(mean.count == 2)
        let expected = zip(try #require(vectors["a4"]), try #require(vectors["a5"])).map { ($0 + $1) / 2 }
        #expect(zip(mean.vector, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(try search.meanVector(ItemFilter())?.count == 12)
        #expect(try search.meanVector(ItemFilter(["category": ["none"]])) == nil)
        #expect(throws: RecommenderError.self) { try search.meanVector(ItemFilter(["sleeve": ["Long"]])) }
    }

    @Test("listings come in the order of identifiers, page by page", arguments: Backend.available)
    func listings(_ backend: Backend) throws {
        let (_, search) = try indexed(backend)
        let order = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "b 9%", "caf\u{E9}", "z10", "z11"]
        var listed: [String] = []
        for offset in stride(from: 0, through: 15, by: 5) {
            let page = try search.items(offset: offset, limit: 5, filter: ItemFilter())
            #expect(page.total == 12)
            listed += page.items.map(\.id)
        }
        #expect(listed == order)
        let page = try search.items(offset: 2, limit: 2, filter: ItemFilter(["gender": ["women"]]))
        #expect(page.total == 5 && page.items.map(\.id) == ["a5", "a7"])
        #expect(try search.items(offset: 0, limit: 5, filter: ItemFilter(["colour": ["Mauve"]])).total == 0)
    }

    @Test("counts for each choice are those of what the other choices leave", arguments: Backend.available)
    func facets(_ backend: Backend) throws {
        let (_, search) = try indexed(backend)
        func counts(_ facets: Facets, _ name: String) -> [String] {
            (facets.attributes.first { $0.name == name }?.values ?? []).map {
                "\($0.text) \($0.count)\($0.isAccepted ? " *" : "")"
            }
        }
        let all = try search.facets(ItemFilter(), limit: 3)
        #expect(all.matching == 12)
        #expect(all.attributes.map(\.name) == ["category", "colour", "gender", "season", "style_id", "sku"])
        #expect(counts(all, "category") == ["Dresses 4", "Shirts 3", "Aprons 1"])
        #expect(all.attributes.first?.further == 4)
        #expect(
            all.prices.map { "\($0.currency ?? "none") \($0.count) \($0.minimum) \($0.maximum)" }
                == ["EUR 8 0.0 89.5", "USD 3 59.0 1299.0"])
        let filter = ItemFilter(
            ["colour": ["red", "blue"], "currency": ["EUR"]], price: PriceRange(minimum: 12, maximum: 70))
        let some = try search.facets(filter, limit: 2)
        #expect(some.matching == 3)
        #expect(counts(some, "category") == ["Aprons 1", "Dresses 1"])
        #expect(counts(some, "colour") == ["Blue 2 *", "Red 1 *", "White 1"])
        #expect(
            some.prices.map { "\($0.currency ?? "none") \($0.count) \($0.minimum) \($0.maximum)" }
                == ["EUR 5 0.0 89.5"])
        #expect(search.values(of: "gender").map { "\($0.value) \($0.count)" } == ["Women 5", "Men 4", "Unisex 3"])
        #expect(search.values(of: "none").isEmpty)
    }

    @Test("pictures are the catalog's own bytes, thumbnails are made of large ones", arguments: Backend.available)
    func pictures(_ backend: Backend) throws {
        let (catalog, search) = try indexed(backend)
        let large = try ContractCatalog.photo("large", size: 700)
        _ = try search.store(CatalogItem(id: "large"), photo: large, isNew: true)
        // Another server has its own copies.
        for search in [search, try catalog.open()] {
            for (id, bytes) in [("a7", try ContractCatalog.photo("a7")), ("large", large)] {
                let file = try #require(try search.imageFile(id: id))
                #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data(bytes))
            }
            let small = try #require(try search.thumbnailFile(id: "a7"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: small)) == Data(ContractCatalog.photo("a7")))
            let thumbnail = try #require(try search.thumbnailFile(id: "large"))
            let info = try ImageDecoder.inspect([UInt8](Data(contentsOf: URL(fileURLWithPath: thumbnail))))
            #expect(max(info.width, info.height) == 480)
            #expect(try search.imageFile(id: "none") == nil && search.thumbnailFile(id: "none") == nil)
        }
    }

    @Test(
        "items are added, changed and removed, and every server shows it with the next search",
        arguments: Backend.available)
    func editing(_ backend: Backend) throws {
        let (catalog, one) = try indexed(backend)
        let other = try catalog.open()
        let photo = try ContractCatalog.photo("new")
        let item = CatalogItem(
            id: "e\u{301}\"{1}'", name: "N\u{0}ew", colour: "Green\\", price: 7.25, currency: "EUR",
            attributes: [("season", "Spr\"ing"), ("lining", "Wool")])
        #expect(try one.store(item, photo: photo, isNew: true).isNew)
        let id = "\u{E9}\"{1}'"
        for search in [one, other] {
            #expect(try ids(search, like: "new", 1) == [id])
            let found = try #require(try search.item(id: "e\u{301}\"{1}'"))
            #expect(found.id.unicodeScalars.elementsEqual(id.unicodeScalars))
            #expect(found.name == "N" && found.colour == "Green\\" && found.price == 7.25)
            #expect(found.attributes.map(\.value) == ["Spr\"ing", "Wool"])
            #expect(try becomes { try ids(search, like: "new", 5, ["lining": ["wool"]]) == [id] })
            #expect(try ids(search, like: "new", 5, ["season": ["spr\"ing"], "colour": ["green\\"]]) == [id])
            #expect(try becomes { search.itemCount == 13 })
        }
        #expect(throws: RecommenderError.itemExists(id)) { try one.store(item, photo: photo, isNew: true) }
        #expect(throws: RecommenderError.noPhoto("none")) {
            try other.store(CatalogItem(id: "none"), photo: nil, isNew: false)
        }
        #expect(throws: ImageError.self) {
            try one.store(CatalogItem(id: "text"), photo: Array("no photo".utf8), isNew: false)
        }
        // All but the photo.
        #expect(try !other.store(CatalogItem(id: id, name: "Renamed"), photo: nil, isNew: false).isNew)
        #expect(try one.item(id: id)?.name == "Renamed" && one.item(id: id)?.attributes.isEmpty == true)
        #expect(try ids(one, like: "new", 1) == [id])
        #expect(try becomes { try refuses { try ids(one, like: "new", 5, ["lining": ["wool"]]) } })
        // The photo.
        _ = try other.store(CatalogItem(id: "a1", name: "Other"), photo: ContractCatalog.photo("other"), isNew: false)
        #expect(try ids(one, like: "other", 1) == ["a1"] && ids(one, like: "a1", 1) != ["a1"])
        #expect(try one.remove(id: id) && !one.remove(id: id) && other.item(id: id) == nil)
        #expect(try ids(other, like: "new", 20).count == 12)
        #expect(try becomes { other.itemCount == 12 })
    }

    @Test(
        "indexing brings what is new or changed, drops what is gone, and leaves alone what came by the API",
        arguments: Backend.available)
    func indexing(_ backend: Backend) throws {
        let (catalog, search) = try indexed(backend)
        #expect(try catalog.index().embedded == 0 && catalog.index().stored == 0)
        _ = try search.store(CatalogItem(id: "new", name: "New"), photo: ContractCatalog.photo("new"), isNew: true)
        _ = try search.store(CatalogItem(id: "a1", name: "Changed"), photo: nil, isNew: false)
        #expect(try search.remove(id: "a2"))
        try catalog.set("name", of: "a1", to: "By the folder")
        try catalog.set("name", of: "a6", to: "By the folder")
        try catalog.set("season", of: "a6", to: "Monsoon")
        try catalog.drop("z11")
        try catalog.write(ContractCatalog.photo("a3 anew"), to: "images/p6133.jpg")
        try catalog.write(Array("no photo".utf8), to: "images/p6134.jpg")
        let report = try catalog.index()
        #expect(report.embedded == 1 && report.dropped == 2 && report.skipped.map(\.id) == ["a4"])
        #expect(try search.item(id: "a1")?.name == "Changed" && search.item(id: "a6")?.name == "By the folder")
        #expect(try search.item(id: "a2") == nil && search.item(id: "z11") == nil && search.item(id: "a4") == nil)
        #expect(try ids(search, like: "new", 1) == ["new"] && ids(search, like: "a3 anew", 1) == ["a3"])
        #expect(try ids(search, like: "a1", 5, ["season": ["monsoon"]]) == ["a6"])
        #expect(try becomes { search.itemCount == 10 })
        let anew = try catalog.index(dropEdits: true)
        #expect(anew.items == 10)
        #expect(try search.item(id: "a1")?.name == "By the folder" && search.item(id: "a2") != nil)
        #expect(try search.item(id: "new") == nil)
    }

    @Test("a search sees an item before or after a change, never between", arguments: Backend.available)
    func changing(_ backend: Backend) throws {
        let (_, search) = try indexed(backend)
        let photos = try (0..<3).map { try ContractCatalog.photo("moving\($0)") }
        let vectors = try photos.map { try search.query(photo: $0).vector }
        let isDone = Atomic(false)
        let looks = Atomic(0)
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            do {
                let end = ContinuousClock.now + .seconds(60)
                var round = 0
                // Until there has been enough to see.
                while round < 24 || looks.load(ordering: .acquiring) < 12 && ContinuousClock.now < end {
                    // Name and photo go together.
                    let item = CatalogItem(id: "moving", name: "\(round % 3)")
                    _ = try search.store(item, photo: photos[round % 3], isNew: false)
                    if round % 8 == 7 { _ = try search.remove(id: "moving") }
                    round += 1
                }
            } catch {
                Issue.record(error)
            }
            isDone.store(true, ordering: .releasing)
        }
        while !isDone.load(ordering: .acquiring) {
            for (which, vector) in vectors.enumerated() {
                let matches = try search.nearest(
                    to: vector, count: 13, metric: .cosine, filter: ItemFilter(), collapses: false)
                #expect([12, 13].contains(matches.count))
                for match in matches where match.item.id == "moving" {
                    #expect((match.score > 0.999) == (match.item.name == "\(which)"))
                }
                looks.add(1, ordering: .releasing)
            }
        }
        group.wait()
        #expect(looks.load(ordering: .acquiring) >= 12)
    }
}
