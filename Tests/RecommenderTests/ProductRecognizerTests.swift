import CatalogStore
import Foundation
import Recommender
import Testing

/// Items whose vectors are made of a shape and a colour, as a model that tells both apart makes them.
private struct DrawnCatalog {
    static let dimension = 48
    static let colours = ["Red", "Blue", "Black", "White", "Green"]
    var items: [CatalogItem] = []
    var vectors: [[Float]] = []
    private var random = SplitMix64(state: 9)
    private let tints: [String: [Float]]

    /// A catalog with items of every colour that are nobody's colourways, each under a name of its own.
    init() {
        var random = SplitMix64(state: 3)
        tints = Dictionary(uniqueKeysWithValues: Self.colours.map { ($0, Self.direction(&random)) })
        for index in 0..<200 {
            add(
                "other\(index)", "Maker piece\(index) shirt", Self.colours[index % Self.colours.count],
                shape: direction())
        }
    }

    mutating func direction() -> [Float] { Self.direction(&random) }

    private static func direction(_ random: inout SplitMix64) -> [Float] {
        unit((0..<dimension).map { _ in Float.random(in: -1...1, using: &random) })
    }

    static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }

    /// More of the vector is colour than shape, so that colourways are far apart.
    mutating func add(
        _ id: String, _ name: String?, _ colour: String?, shape: [Float], category: String = "Shirts",
        gender: String = "Men", photo: String? = nil, attributes: [(name: String, value: String)] = []
    ) {
        let tint = tints[colour ?? ""] ?? [Float](repeating: 0, count: Self.dimension)
        items.append(
            CatalogItem(
                id: id, name: name, category: category, colour: colour, gender: gender, attributes: attributes,
                contentHash: photo ?? "photo of \(id)"))
        vectors.append(Self.unit(zip(shape, tint).map { 0.55 * $0 + 0.8 * $1 }))
    }

    /// The groups' identifiers.
    func products() -> [[String]] {
        var recognizer = ProductRecognizer()
        for item in items { recognizer.add(item) }
        let vectors = Dictionary(uniqueKeysWithValues: zip(items.map(\.id), vectors))
        return recognizer.groups(dimension: Self.dimension) { vectors[$0] }.groups.map(\.ids)
    }
}

@Suite("Products")
struct ProductRecognizerTests {
    @Test("colourways are one product: the same telling name but for colour, the same shape in another colour")
    func colourways() {
        var catalog = DrawnCatalog()
        let shape = catalog.direction()
        catalog.add("a", "Maker Men Quasar Navy Red Shirt", "Red", shape: shape)
        catalog.add("b", "Maker Mens Quasar Shirts Blue", "Blue", shape: shape)
        catalog.add("c", "maker QUASAR T-shirt", "Black", shape: shape, category: "Tshirts")
        catalog.add("d", "Maker Quasar Black", "Black", shape: shape)
        #expect(catalog.products() == [["a", "b", "d"]])
    }

    @Test("the same name with another shape, gender or category is another product")
    func differences() {
        var catalog = DrawnCatalog()
        let shape = catalog.direction()
        catalog.add("a", "Maker Quasar", "Red", shape: shape)
        catalog.add("b", "Maker Quasar", "Blue", shape: catalog.direction())
        catalog.add("c", "Maker Quasar", "Blue", shape: shape, gender: "Women")
        catalog.add("d", "Maker Quasar", "Blue", shape: shape, category: "Jackets")
        catalog.add("e", "Maker Pulsar", "Blue", shape: shape)
        catalog.add("f", nil, "Blue", shape: shape)
        #expect(catalog.products().isEmpty)
    }

    @Test("a name of words that many names have tells no product, however alike two colours look")
    func genericNames() {
        var catalog = DrawnCatalog()
        let shape = catalog.direction()
        for index in 0..<20 {
            catalog.add("s\(index)", "Maker striped number\(index)", "Red", shape: catalog.direction())
        }
        catalog.add("a", "Maker striped", "Red", shape: shape)
        catalog.add("b", "Maker striped", "Blue", shape: shape)
        catalog.add("c", "Maker", "Black", shape: shape)
        catalog.add("d", "Maker", "White", shape: shape)
        #expect(catalog.products().isEmpty)
    }

    @Test("items of one name and colour are one product only if they look nearly the same")
    func nearDuplicates() {
        var catalog = DrawnCatalog()
        let shape = catalog.direction()
        let noise = catalog.direction()
        catalog.add("a", "Maker Quasar", "Red", shape: shape)
        catalog.add("b", "Maker Quasar", "Red", shape: zip(shape, noise).map { $0 + 0.02 * $1 })
        catalog.add("c", "Maker Quasar", "Red", shape: zip(shape, noise).map { $0 + 0.6 * $1 })
        #expect(catalog.products() == [["a", "b"]])
    }

    @Test("each two items of a product are alike: a chain of small differences does not make one")
    func chains() {
        var catalog = DrawnCatalog()
        // 40 and 80 degrees away.
        let (first, other) = (catalog.direction(), catalog.direction())
        let along = zip(first, other).reduce(0) { $0 + $1.0 * $1.1 }
        let across = DrawnCatalog.unit(zip(first, other).map { $1 - along * $0 })
        let middle = zip(first, across).map { 0.766 * $0 + 0.643 * $1 }
        let last = zip(first, across).map { 0.174 * $0 + 0.985 * $1 }
        catalog.add("a", "Maker Quasar", "Red", shape: first)
        catalog.add("b", "Maker Quasar", "Blue", shape: middle)
        catalog.add("c", "Maker Quasar", "Black", shape: last)
        let products = catalog.products()
        #expect(products.count == 1 && products[0].count == 2, "\(products)")
    }

    @Test("the same photo in the same category is one product, whatever the names; a photo of very many items is none")
    func photos() {
        var catalog = DrawnCatalog()
        for (id, photo) in [("a", "x"), ("b", "x"), ("c", ""), ("d", "")] {
            catalog.add(id, "Name \(id)", "Red", shape: catalog.direction(), photo: photo)
        }
        catalog.add("e", "Name e", "Red", shape: catalog.direction(), category: "Bags", photo: "x")
        for index in 0..<65 {
            catalog.add("p\(index)", "Name p\(index)", "Red", shape: catalog.direction(), photo: "placeholder")
        }
        #expect(catalog.products() == [["a", "b"]])
    }

    @Test(
        "a column of the catalog that names products is believed, for and against",
        arguments: ["style_id", "Product ID"])
    func columns(name: String) {
        var catalog = DrawnCatalog()
        let shape = catalog.direction()
        func style(_ value: String) -> [(name: String, value: String)] { [(name: name, value: value)] }
        catalog.add("a", "One name", "Red", shape: catalog.direction(), attributes: style("7"))
        catalog.add("b", "Another", "Red", shape: catalog.direction(), category: "Bags", attributes: style("7"))
        catalog.add("c", "Maker Quasar", "Red", shape: shape, photo: "x", attributes: style("8"))
        catalog.add("d", "Maker Quasar", "Blue", shape: shape, photo: "x", attributes: style("9"))
        catalog.add("e", "Maker Pulsar", "Red", shape: shape)
        catalog.add("f", "Maker Pulsar", "Blue", shape: shape)
        #expect(catalog.products() == [["a", "b"], ["e", "f"]])
    }

    @Test("a column with a value for each item numbers items, not products")
    func uniqueColumn() {
        var catalog = DrawnCatalog()
        let shape = catalog.direction()
        for (id, colour) in [("a", "Red"), ("b", "Blue")] {
            catalog.add(id, "Maker Quasar", colour, shape: shape, attributes: [(name: "product_id", value: id)])
        }
        #expect(catalog.products() == [["a", "b"]])
    }

    @Test("counts the colours of a product; an item that was not recognised is on its own")
    func groups() {
        let products = ProductGroups([ProductGroups.Group(ids: ["a", "c", "d"], colours: 2)])
        #expect(products.ids(with: "c") == ["a", "c", "d"] && products.ids(with: "b") == ["b"])
        #expect(products.group(of: "a")?.colours == 2 && products.group(of: "b") == nil)
    }
}

@Suite("Each product once")
struct CollapsingTests {
    /// Twenty-four items of eleven products, as a column says.
    private func catalog() throws -> PatchCatalog {
        let catalog = try PatchCatalog((0..<24).map { ("p\($0)", "Shirts", ["Red", "Blue", "Green"][$0 % 3]) })
        let rows = catalog.rows.enumerated().map { index, row in
            "\(row.id),\(row.id).jpg,\(row.category),\(row.colour),\(Self.style(index))"
        }
        let table = (["id,image,category,colour,style_id"] + rows).joined(separator: "\n")
        try catalog.write(Array(table.utf8), to: "items.csv")
        try catalog.index()
        return catalog
    }

    private static func style(_ index: Int) -> Int { index < 14 ? index % 4 : index % 7 + 10 }

    private func style(_ id: String) -> Int { Self.style(Int(id.dropFirst()) ?? -1) }

    @Test(
        "finds the nearest item of each product among those that pass the filter, as many as there are products",
        arguments: [ItemFilter(), ItemFilter(["colour": ["Red"]]), ItemFilter(["colour": ["Blue", "Green"]])])
    func exact(filter: ItemFilter) throws {
        let recommender = try catalog().recommender()
        for photo in ["p0", "p5", "x", "y"] {
            let vector = try recommender.query(photo: PatchCatalog.photo(photo)).vector
            let all = try recommender.nearest(to: vector, count: 24, filter: filter).map(\.item.id)
            var seen: Set<Int> = []
            let expected = all.filter { seen.insert(style($0)).inserted }
            for count in [1, 3, 5, 24] {
                let found = try recommender.nearest(to: vector, count: count, filter: filter, collapses: true)
                #expect(found.map(\.item.id) == Array(expected.prefix(count)))
            }
        }
    }

    @Test("leaves the whole product of an item out of what is similar to it, and tells what else there is of each")
    func similar() throws {
        let recommender = try catalog().recommender()
        let found = try #require(try recommender.nearest(toItem: "p0", count: 24, collapses: true))
        #expect(found.count == 10 && Set(found.map { style($0.item.id) }).count == 10)
        #expect(!found.contains { style($0.item.id) == 0 })
        #expect(try recommender.variants(ofItem: "p0") == ProductVariants(others: ["p12", "p4", "p8"], colours: 3))
        #expect(try recommender.nearest(toItem: "p0", count: 24)?.count == 23)
        let match = try #require(found.first { style($0.item.id) == 1 })
        #expect(match.variants?.others.count == 3)
    }

    @Test("goes on past items that were dropped after the products were recognised")
    func dropped() throws {
        let catalog = try catalog()
        let recommender = try catalog.recommender()
        let vector = try recommender.query(photo: PatchCatalog.photo("p0")).vector
        let first = try recommender.nearest(to: vector, count: 3, collapses: true).map(\.item.id)
        try catalog.database().remove(ids: first)
        let after = try recommender.nearest(to: vector, count: 24, collapses: true).map(\.item.id)
        #expect(
            after.count == 11 && Set(after).isDisjoint(with: first), "another item of each product comes in its place")
    }

    @Test("an item that was removed is gone from its product at once, one that was added joins it in the background")
    func changes() throws {
        let recommender = try catalog().recommender()
        #expect(try recommender.variants(ofItem: "p0")?.others == ["p12", "p4", "p8"])
        #expect(try recommender.remove(id: "p4"))
        let new = CatalogItem(
            id: "new", category: "Shirts", colour: "Black", attributes: [(name: "style_id", value: "0")])
        _ = try recommender.store(new, photo: PatchCatalog.photo("new"), isNew: true)
        #expect(try recommender.variants(ofItem: "p0")?.others == ["p12", "p8"])
        #expect(try recommender.variants(ofItem: "new") == nil)
        // Twenty times as long as the last time took is waited between two times.
        let deadline = ContinuousClock.now + .seconds(600)
        while try recommender.variants(ofItem: "new") == nil, ContinuousClock.now < deadline {
            try recommender.maintain()
            Thread.sleep(forTimeInterval: 0.02)
        }
        #expect(try recommender.variants(ofItem: "new") == ProductVariants(others: ["p0", "p12", "p8"], colours: 3))
    }
}
