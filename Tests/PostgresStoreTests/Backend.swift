import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import PostgresStore
import PostgresTesting
import Recommender
import Site
import Testing

/// Where a catalog can be kept. What is promised of one holds for all.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
    case sqlite = "SQLite"
    case postgres16 = "PostgreSQL 16"
    case postgres18 = "PostgreSQL 18"
    case shards = "three shards in PostgreSQL 18"

    var testDescription: String { rawValue }

    /// Those that can be tested on this machine.
    static var available: [Backend] { PostgresServer.isAvailable ? Array(allCases) : [.sqlite] }

    /// New databases; none for SQLite.
    func databases() throws -> [String] {
        switch self {
        case .sqlite: []
        case .postgres16: [try PostgresServer.shared(.v16).makeDatabase()]
        case .postgres18: [try PostgresServer.shared(.v18).makeDatabase()]
        case .shards: try (0..<3).map { _ in try PostgresServer.shared(.v18).makeDatabase() }
        }
    }
}

/// A catalog's folder with drawn photos, indexed into a backend; removed at the end.
final class ContractCatalog {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let model = Result { try EmbeddingModel(path: root + "/Weights/fashion-resnet18.safetensors") }

    let path = NSTemporaryDirectory() + "vitrine-contract-" + UUID().uuidString
    let databases: [String]
    private var table: [[String]]

    static let columns = [
        "id", "image", "name", "category", "colour", "gender", "price", "currency", "url", "description", "season",
        "style_id", "sku",
    ]

    /// Twelve items: quotes, several alphabets, two currencies, no price, one product in three colours.
    static let rows = [
        [
            "a1", "Linen shirt", "Shirts", "White", "Men", "39.9", "EUR", "https://shop.example/a1", "Light.", "Summer",
            "1",
        ],
        [
            "a2", "O'Neill \"Oxford\"", "Shirts", "Blue", "Men", "45", "EUR", "", "It's; DROP TABLE item; --", "Summer",
            "2",
        ],
        ["a3", "Wrap dress", "Dresses", "Red", "Women", "89.5", "EUR", "", "", "Summer", "W1"],
        ["a4", "Wrap dress", "Dresses", "Black", "Women", "89.5", "EUR", "", "", "Winter", "W1"],
        ["a5", "Wrap dress", "Dresses", "Green", "Women", "79", "EUR", "", "", "Winter", "W1"],
        ["a6", "Sneaker {1,\"x\"}", "Shoes", "White", "Unisex", "59", "USD", "", "a\\b", "All", "6"],
        ["a7", "कुर्ता", "Kurtas", "नीला", "Women", "1299", "USD", "", "हाथ से बना", "Été", "7"],
        ["a8", "قميص", "shirts", "white", "men", "", "", "", "", "été", "8"],
        ["b 9%", "Odd number", "Caps", "Red", "Unisex", "0", "EUR", "", "", "Winter", "9"],
        ["caf\u{E9}", "Café apron", "Aprons", "Red", "Unisex", "12", "EUR", "", "", "Winter", "10"],
        ["z10", "Shirt dress", "Dresses", "Blue", "Women", "65", "EUR", "", "", "Summer", "11"],
        ["z11", "Parka", "Jackets", "Navy Blue", "Men", "150", "USD", "", "", "Winter", "12"],
    ]

    init(_ backend: Backend, rows: [[String]] = ContractCatalog.rows) throws {
        databases = try backend.databases()
        table = rows.map { row in [row[0], Self.file(row[0])] + row.dropFirst() + ["SKU-" + row[0]] }
        try FileManager.default.createDirectory(atPath: path + "/images", withIntermediateDirectories: true)
        for row in rows { try write(Self.photo(row[0]), to: "images/" + Self.file(row[0])) }
        try writeTable()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Changes a column of an item's row.
    func set(_ column: String, of id: String, to value: String) throws {
        guard let row = table.firstIndex(where: { $0[0] == id }), let place = Self.columns.firstIndex(of: column) else {
            throw CocoaError(.featureUnsupported)
        }
        table[row][place] = value
        try writeTable()
    }

    func drop(_ id: String) throws {
        table.removeAll { $0[0] == id }
        try writeTable()
    }

    private func writeTable() throws {
        let lines = ([Self.columns] + table).map { row in
            row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
        }
        try write(Array(lines.joined(separator: "\n").utf8), to: "items.csv")
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    private static func file(_ id: String) -> String { "p" + id.utf8.map { String($0, radix: 16) }.joined() + ".jpg" }

    /// Coloured blocks that depend on the name.
    static func photo(_ name: String, size: Int = 240) throws -> [UInt8] {
        let seed = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        var pixels = [UInt8](repeating: 255, count: 3 * size * size)
        for y in 0..<size {
            for x in 0..<size where (size / 6..<size * 5 / 6).contains(x) && (size / 8..<size * 7 / 8).contains(y) {
                let block = UInt32(x * 8 / size * 7 + y * 6 / size * 13)
                for channel in 0..<3 {
                    pixels[3 * (y * size + x) + channel] = UInt8(
                        truncatingIfNeeded: seed >> (8 * UInt32(channel)) &+ block * 9)
                }
            }
        }
        return try JPEGEncoder.encode(RGBImage(width: size, height: size, pixels: pixels), quality: 92)
    }

    private var data: String { path + "/data" }

    func shards() throws -> ShardSet {
        let shards = try ShardSet(databases)
        try shards.waitUntilReady(.seconds(60))
        return shards
    }

    @discardableResult
    func index(prune: Bool = false, dropEdits: Bool = false) throws -> IndexReport {
        let folder = try CatalogFolder(path: path)
        let model = try Self.model.get()
        guard !databases.isEmpty else {
            let database = try CatalogDatabase(directory: data)
            if dropEdits { try database.forgetEdits() }
            return try CatalogIndexer(folder: folder, database: database, model: model).run(prune: prune)
        }
        let shards = try shards()
        if dropEdits { for catalog in shards.catalogs { try catalog.forgetEdits() } }
        let worker = QueueWorker(shards, model: model)
        return try #require(
            try PostgresIndexer(folder: folder, shards: shards, worker: worker).run(prune: prune))
    }

    /// A server's view of the catalog, each time another one that shares nothing with those before.
    func open() throws -> any ItemSearch & ItemEditing {
        let model = try Self.model.get()
        guard !databases.isEmpty else {
            let recommender = try Recommender(
                model: model, database: CatalogDatabase(directory: data), catalogPath: path)
            try recommender.recognizeProducts()
            return recommender
        }
        let recommender = PostgresRecommender(
            model: model, shards: try shards(), cacheDirectory: path + "/cache-" + UUID().uuidString)
        try recommender.recognizeProducts()
        return recommender
    }
}
