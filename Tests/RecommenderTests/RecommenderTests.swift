import CatalogStore
import Embeddings
import ChildProcesses
import Foundation
import ImageCodecs
import Recommender
import Testing
import VectorSearch

/// A catalog of drawn patches in a folder that is removed at the end, indexed with the shipped model.
final class PatchCatalog {
    let path = NSTemporaryDirectory() + "vitrine-test-" + UUID().uuidString
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let model = Result { try EmbeddingModel(path: root + "/Weights/fashion-resnet18.safetensors") }

    /// Identifier, category and colour of each item; the picture depends on the identifier alone.
    var rows: [(id: String, category: String, colour: String)]

    init(_ rows: [(id: String, category: String, colour: String)]) throws {
        self.rows = rows
        try FileManager.default.createDirectory(atPath: path + "/images", withIntermediateDirectories: true)
        for row in rows { try write(PatchCatalog.photo(row.id), to: "images/\(row.id).jpg") }
        try writeTable()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func writeTable() throws {
        let lines = rows.map { "\($0.id),\($0.id).jpg,\($0.category),\($0.colour)" }
        try write(Array((["id,image,category,colour"] + lines).joined(separator: "\n").utf8), to: "items.csv")
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    /// Coloured blocks that depend on the name.
    static func photo(_ name: String) throws -> [UInt8] {
        let seed = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let size = 600
        var pixels = [UInt8](repeating: 255, count: 3 * size * size)
        for y in 0..<size {
            for x in 0..<size where (100..<500).contains(x) && (80..<520).contains(y) {
                let block = UInt32(x / 80 * 7 + y / 110 * 13)
                for channel in 0..<3 {
                    pixels[3 * (y * size + x) + channel] = UInt8(
                        truncatingIfNeeded: seed >> (8 * UInt32(channel)) &+ block * 9)
                }
            }
        }
        return try JPEGEncoder.encode(RGBImage(width: size, height: size, pixels: pixels), quality: 92)
    }

    func database() throws -> CatalogDatabase { try CatalogDatabase(directory: path + "/data") }

    @discardableResult
    func index(prune: Bool = false, shouldStop: @Sendable () -> Bool = { false }) throws -> IndexReport {
        try CatalogIndexer(folder: CatalogFolder(path: path), database: database(), model: Self.model.get())
            .run(prune: prune, shouldStop: shouldStop)
    }

    /// Does something to the database that Vitrine never would.
    func sql(_ text: String) throws {
        let program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.close()"
        try #require(
            ChildProcess("/usr/bin/python3", ["-c", program, path + "/data/catalog.sqlite", text]).wait() == 0)
    }

    func recommender() throws -> Recommender {
        try Recommender(model: Self.model.get(), database: database(), catalogPath: path)
    }
}

@Suite("Recommender")
struct RecommenderTests {
    private func catalog() throws -> PatchCatalog {
        let catalog = try PatchCatalog(
            (0..<24).map { ("p\($0)", $0 % 3 == 0 ? "Shirts" : "Shoes", $0 % 2 == 0 ? "Red" : "Blue") })
        try catalog.index()
        return catalog
    }

    @Test("finds a catalog photo itself first, with similarity above 0.999, by either metric")
    func itselfFirst() throws {
        let catalog = try catalog()
        let recommender = try catalog.recommender()
        #expect(recommender.itemCount == 24)
        for id in ["p0", "p7", "p23"] {
            let query = try recommender.query(photo: PatchCatalog.photo(id))
            for metric in [.cosine, .euclidean] as [Metric] {
                let matches = try recommender.nearest(to: query.vector, count: 5, metric: metric)
                #expect(matches.count == 5 && matches.first?.item.id == id)
                #expect((matches.first?.score ?? 0) > 0.999 && matches.first?.closeness == .veryClose)
                #expect(matches.map(\.score) == matches.map(\.score).sorted(by: >))
            }
        }
    }

    @Test("leaves the item itself out of what is similar to it, and knows no unknown item")
    func similarToItem() throws {
        let recommender = try catalog().recommender()
        let matches = try #require(try recommender.nearest(toItem: "p3", count: 23))
        #expect(matches.count == 23 && !matches.contains { $0.item.id == "p3" })
        #expect(try recommender.nearest(toItem: "none", count: 5) == nil)
    }

    @Test("a filtered search is exact, and a filter by an unknown attribute is refused")
    func filters() throws {
        let recommender = try catalog().recommender()
        let query = try recommender.query(photo: PatchCatalog.photo("p1"))
        let filter = ItemFilter(["category": ["shirts"], "colour": ["Blue"]])
        let matches = try recommender.nearest(to: query.vector, count: 50, filter: filter)
        #expect(Set(matches.map(\.item.id)) == ["p3", "p9", "p15", "p21"])
        #expect(throws: RecommenderError.unknownAttribute("size", known: ["category", "colour"])) {
            try recommender.nearest(to: query.vector, count: 5, filter: ItemFilter(["size": ["XL"]]))
        }
    }

    @Test("makes a thumbnail again when it was deleted")
    func thumbnails() throws {
        let catalog = try catalog()
        let recommender = try catalog.recommender()
        let file = try #require(try recommender.thumbnailFile(id: "p2"))
        #expect(file.hasPrefix(catalog.path + "/data/thumbnails/"))
        let before = try Data(contentsOf: URL(fileURLWithPath: file))
        try FileManager.default.removeItem(atPath: file)
        #expect(try recommender.thumbnailFile(id: "p2") == file)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count > before.count / 2)
        let info = try ImageDecoder.inspect([UInt8](before))
        #expect(max(info.width, info.height) == 480)
        #expect(try recommender.thumbnailFile(id: "none") == nil)
    }
}

@Suite("Catalog indexer")
struct CatalogIndexerTests {
    private func rows(_ range: Range<Int>) -> [(id: String, category: String, colour: String)] {
        range.map { ("q\($0)", "Shirts", "Red") }
    }

    @Test("stops between batches when asked to, and the next run does the rest")
    func stopping() throws {
        let catalog = try PatchCatalog(rows(0..<80))
        let asked = Counter()
        let first = try catalog.index(shouldStop: { asked.increment() > 1 })
        #expect(first.stopped && first.embedded == 64 && first.items == 64)
        let second = try catalog.index()
        #expect(!second.stopped && second.embedded == 16 && second.items == 80)
        #expect(try catalog.index().embedded == 0)
    }

    @Test("stores a changed row without embedding its photo again")
    func changedRow() throws {
        let catalog = try PatchCatalog(rows(0..<3))
        try catalog.index()
        catalog.rows[1].colour = "Green"
        try catalog.writeTable()
        let report = try catalog.index()
        #expect(report.embedded == 0 && report.stored == 1)
        #expect(try catalog.recommender().item(id: "q1")?.colour == "Green")
    }

    @Test("embeds a photo that stands under two identifiers once, and both are found")
    func sharedPhoto() throws {
        let catalog = try PatchCatalog(rows(0..<3))
        try catalog.write(PatchCatalog.photo("q0"), to: "images/q2.jpg")
        let report = try catalog.index()
        #expect(report.embedded == 2 && report.items == 3)
        let recommender = try catalog.recommender()
        let query = try recommender.query(photo: PatchCatalog.photo("q0"))
        #expect(try recommender.nearest(to: query.vector, count: 2).map(\.item.id) == ["q0", "q2"])
    }

    @Test("drops an item whose photo has become unusable, and says why")
    func brokenLater() throws {
        let catalog = try PatchCatalog(rows(0..<3))
        try catalog.index()
        try catalog.write(Array("no photo".utf8), to: "images/q1.jpg")
        let report = try catalog.index()
        #expect(report.items == 2 && report.dropped == 1 && report.skipped.map(\.id) == ["q1"])
    }

    @Test("drops nothing when the table ends inside quotes, because the rest of it was not read")
    func openQuote() throws {
        let catalog = try PatchCatalog(rows(0..<4))
        try catalog.index()
        try catalog.write(Array("id,image\nq0,q0.jpg\nq1,\"q1.jpg\nq2,q2.jpg\nq3,q3.jpg\n".utf8), to: "items.csv")
        let report = try catalog.index()
        #expect(report.dropped == 0 && report.items == 4 && report.skipped.map(\.reason) == [.unterminatedQuote])
    }

    @Test("keeps an item whose photo cannot be read for the moment, and says so")
    func unreadable() throws {
        let catalog = try PatchCatalog(rows(0..<3))
        try catalog.index()
        let photo = catalog.path + "/images/q1.jpg"
        try FileManager.default.removeItem(atPath: photo)
        // Even root cannot read a picture out of a pipe.
        try #require(mkfifo(photo, 0o600) == 0)
        let report = try catalog.index()
        #expect(report.items == 3 && report.dropped == 0)
        #expect(report.skipped.map(\.id) == ["q1"] && report.skipped.map(\.reason.code) == ["unreadable_image"])
    }

    @Test("takes the composed and the decomposed form of an identifier for the same")
    func unicodeForms() throws {
        let catalog = try PatchCatalog([("caf\u{E9}", "Shirts", "Red")])
        try catalog.index()
        let table = "id,image,colour\ncafe\u{301},caf\u{E9}.jpg,Blue\n"
        try catalog.write(Array(table.utf8), to: "items.csv")
        let report = try catalog.index()
        #expect(report.items == 1 && report.dropped == 0 && report.stored == 1)
        let recommender = try catalog.recommender()
        #expect(recommender.itemCount == 1)
        #expect(try recommender.item(id: "cafe\u{301}")?.colour == "Blue")
    }

    @Test("a search goes on past items that were dropped after the vectors were loaded")
    func droppedWhileServing() throws {
        let catalog = try PatchCatalog(rows(0..<30))
        try catalog.index()
        let recommender = try catalog.recommender()
        let query = try recommender.query(photo: PatchCatalog.photo("q0"))
        let nearest = try recommender.nearest(to: query.vector, count: 10).map(\.item.id)
        try catalog.database().remove(ids: nearest)
        let after = try recommender.nearest(to: query.vector, count: 10).map(\.item.id)
        #expect(after.count == 10 && Set(after).isDisjoint(with: nearest))
        #expect(try recommender.nearest(to: query.vector, count: 50).count == 20)
    }

    @Test("refuses to drop most of what is indexed unless told to")
    func massDeletion() throws {
        let catalog = try PatchCatalog(rows(0..<100))
        try catalog.index()
        catalog.rows = rows(0..<2)
        try catalog.writeTable()
        #expect(throws: CatalogError.wouldDropMost(dropped: 98, indexed: 100)) { try catalog.index() }
        #expect(try catalog.index(prune: true).items == 2)
        // However few there are; half of them may go.
        catalog.rows = rows(0..<1)
        try catalog.writeTable()
        #expect(try catalog.index().items == 1)
        catalog.rows = []
        try catalog.writeTable()
        #expect(throws: CatalogError.wouldDropMost(dropped: 1, indexed: 1)) { try catalog.index() }
    }
}

/// Counts calls from any thread.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func increment() -> Int {
        lock.withLock {
            count += 1
            return count
        }
    }
}
