import CatalogStore
import Embeddings
import ImageCodecs
import Recommender
import Site
import VectorSearch

/// Eight items in memory, searched by mean colour: enough for every page.
struct FixedItems: ItemSearch {
    var items = FixedItems.wardrobe
    /// Identifiers of items that are one product.
    var products: [[String]] = []
    var embedding: [Float]?
    var recognises = true
    var spatial: SpatialEmbedding?
    var imagePath = TestSite.publicFiles + "/screenshot.jpg"
    var thumbnail: @Sendable () throws -> String = { TestSite.publicFiles + "/screenshot.jpg" }

    var modelName: String { "mean-colour" }
    var itemCount: Int { items.count }
    var comparesParts: Bool { true }

    static let wardrobe: [CatalogItem] = [
        item("1", "Linen shirt", "Shirts", "White", "Men", 39.9, "EUR"),
        item("2", "Oxford shirt", "Shirts", "Blue", "Men", 1299, "INR"),
        item("3", "Wrap dress", "Dresses", "Red", "Women", 89.5, "USD"),
        item("4", "Slip dress", "Dresses", "Black", "Women", nil, nil),
        item("5", "Canvas sneakers", "Sneakers", "White", "Unisex", 59, "CHF"),
        item("6", "Court sneakers", "Sneakers", "Green", "Unisex", 75, "GBP"),
        item("a/b c?&#%ü", "Odd number", "Caps", "Red", "Unisex", 12, "EUR"),
        CatalogItem(
            id: "8", name: "<script>alert('x')</script>\" onload=\"alert(1)", category: "<b>Bags</b>", colour: "&amp;",
            price: 5, currency: "<i>", url: "javascript:alert(1)", description: "</p><script>alert(2)</script>",
            attributes: [(name: "<u>usage</u>", value: "{{layout}} <img src=x onerror=alert(3)>")]),
    ]

    private static func item(
        _ id: String, _ name: String, _ category: String, _ colour: String, _ gender: String, _ price: Double?,
        _ currency: String?
    ) -> CatalogItem {
        CatalogItem(
            id: id, name: name, category: category, colour: colour, gender: gender, price: price, currency: currency,
            url: "https://shop.example/\(id)", description: "Made to be worn often.",
            attributes: [(name: "season", value: "Summer"), (name: "sleeve_length", value: "Long")],
            contentHash: "hash\(id)", imagePath: "images/\(id).jpg")
    }

    private static let colours: [String: [Float]] = [
        "White": [1, 1, 1], "Blue": [0.1, 0.2, 1], "Red": [1, 0.1, 0.1], "Black": [0.4, 0.4, 0.41],
        "Green": [0.1, 1, 0.2],
    ]

    private func vector(_ item: CatalogItem) -> [Float] {
        Self.unit(Self.colours[item.colour ?? ""] ?? [0.5, 0.2, 0.9])
    }

    private static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : [1, 0, 0]
    }

    func query(photo bytes: [UInt8], region: ImageRegion?, detail: PhotoDetail) throws -> PhotoQuery {
        let whole = try bytes.withUnsafeBytes { bytes throws(ImageError) in try ImageDecoder.decode(bytes) }
        let image = region.map { whole.cut(to: $0) } ?? whole
        var sums: [Float] = [0, 0, 0]
        for (index, value) in image.pixels.enumerated() { sums[index % 3] += Float(value) }
        return PhotoQuery(
            vector: embedding ?? Self.unit(sums), isRecognised: recognises,
            spatial: detail == .vector ? nil : spatial ?? Self.halves(of: image), image: image,
            decodeMilliseconds: 1.04, embedMilliseconds: 9.12)
    }

    /// The left and the right half by their mean colours.
    private static func halves(of image: RGBImage) -> SpatialEmbedding {
        var sums = [Float](repeating: 0, count: 6)
        for (index, value) in image.pixels.enumerated() {
            let isRight = (index / 3) % image.width >= image.width / 2
            sums[index % 3 + (isRight ? 3 : 0)] += Float(value) / Float(image.pixels.count)
        }
        return SpatialEmbedding(
            rows: 1, columns: 2, dimension: 3, values: sums,
            regions: [0, 0.5].map { ImageRegion(x: $0, y: 0, width: 0.5, height: 1) })
    }

    func nearest(
        to vector: [Float], count: Int, metric: Metric, filter: ItemFilter, collapses: Bool
    ) throws -> [Match] {
        let scored = try matching(filter).map { item in
            (item, zip(self.vector(item), vector).reduce(Float(0)) { $0 + $1.0 * $1.1 })
        }
        var found: Set<String> = []
        return scored.sorted { ($1.1, $0.0.id) < ($0.1, $1.0.id) }.filter { item, _ in
            collapses ? found.insert(products.first { $0.contains(item.id) }?[0] ?? item.id).inserted : true
        }.prefix(count).map {
            Match(
                item: $0.0, score: $0.1, closeness: ClosenessScale.standard.closeness($0.1),
                variants: variants(ofItem: $0.0.id))
        }
    }

    func nearest(
        toItem id: String, count: Int, metric: Metric, filter: ItemFilter, collapses: Bool
    ) throws -> [Match]? {
        guard let item = try item(id: id) else { return nil }
        let left = collapses ? products.first { $0.contains(id) } ?? [id] : [id]
        let others = FixedItems(items: items.filter { !left.contains($0.id) }, products: products)
        return try others.nearest(
            to: vector(item), count: count, metric: metric, filter: filter, collapses: collapses)
    }

    func variants(ofItem id: String) -> ProductVariants? {
        products.first { $0.contains(id) }.map { product in
            let colours = items.filter { product.contains($0.id) }.compactMap(\.colour)
            return ProductVariants(others: product.filter { $0 != id }, colours: Set(colours).count)
        }
    }

    func item(id: String) throws -> CatalogItem? { items.first { $0.id == id } }

    func items(ids: [String]) throws -> [CatalogItem] { ids.compactMap { id in items.first { $0.id == id } } }

    func vectors(ofItems ids: [String]) throws -> [String: [Float]] {
        Dictionary(try items(ids: ids).map { ($0.id, vector($0)) }, uniquingKeysWith: { first, _ in first })
    }

    func meanVector(_ filter: ItemFilter) throws -> MeanVector? {
        let vectors = try matching(filter).map(vector)
        return VectorArithmetic.mean(vectors).map { MeanVector(vector: $0, count: vectors.count) }
    }

    func items(offset: Int, limit: Int, filter: ItemFilter) throws -> ItemPage {
        let found = try matching(filter)
        return ItemPage(items: Array(found.dropFirst(offset).prefix(limit)), total: found.count)
    }

    func facets(_ filter: ItemFilter, limit: Int) throws -> Facets {
        try FacetTable(items).facets(filter, limit: limit)
    }

    func values(of attribute: String) -> [(value: String, count: Int)] { FacetTable(items).values(of: attribute) }

    func imageFile(id: String) throws -> String? { try item(id: id).map { _ in imagePath } }

    func thumbnailFile(id: String) throws -> String? { try item(id: id).map { _ in try thumbnail() } }

    private func matching(_ filter: ItemFilter) throws -> [CatalogItem] {
        try FacetTable(items).rows(matching: filter).map { items[$0] }
    }
}
