import CatalogStore
import Foundation
import Recommender
import Synchronization
import Testing
import VectorSearch

@Suite("Damage in a data directory")
struct DamageTests {
    private func catalog(_ count: Int = 8) throws -> PatchCatalog {
        let catalog = try PatchCatalog((0..<count).map { ("p\($0)", "Shirts", "Red") })
        try catalog.index()
        return catalog
    }

    private func file(_ catalog: PatchCatalog, _ suffix: String) throws -> String {
        let folder = catalog.path + "/data/index"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return folder + "/" + (try #require(names.first { $0.hasSuffix(suffix) }))
    }

    private func flip(_ path: String, at place: Int) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[place] ^= 1
        // A new file: the old one may be mapped.
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func problems(_ catalog: PatchCatalog) throws -> [CatalogProblem.Kind] {
        try CatalogVerifier(catalogPath: catalog.path, dataDirectory: catalog.path + "/data").run().problems.map(\.kind)
            + IndexVerifier(catalog.database()).run().map(\.kind)
    }

    @Test(
        "embeddings that are another photo's, not finite or zero are made anew by indexing, also for who is searching")
    func embeddings() throws {
        let catalog = try catalog()
        // Two items with one photo: both are found by the new vector.
        catalog.rows.append(("twin", "Shirts", "Red"))
        try catalog.write(PatchCatalog.photo("p0"), to: "images/twin.jpg")
        try catalog.writeTable()
        try catalog.index()
        let searching = try catalog.recommender()
        let hash = { (id: String) in "(SELECT content_hash FROM item WHERE id = '\(id)')" }
        try catalog.sql(
            """
            CREATE TEMP TABLE swapped AS SELECT content_hash, vector FROM embedding
                WHERE content_hash IN (\(hash("p0")), \(hash("p1")));
            UPDATE embedding SET vector = (
                SELECT vector FROM swapped WHERE swapped.content_hash <> embedding.content_hash)
                WHERE content_hash IN (\(hash("p0")), \(hash("p1")));
            UPDATE embedding SET vector = zeroblob(length(vector)) WHERE content_hash = \(hash("p2"));
            UPDATE embedding SET vector = CAST(x'0000c07f' || substr(vector, 5) AS BLOB)
                WHERE content_hash = \(hash("p3"));
            """)
        #expect(try problems(catalog).count { $0 == .badEmbedding } == 4)
        let report = try catalog.index()
        #expect(report.damaged == 4 && report.embedded == 4 && report.items == 9)
        #expect(try problems(catalog).isEmpty)
        #expect(try catalog.index().embedded == 0)
        for recommender in [searching, try catalog.recommender()] {
            for id in ["p0", "p1", "p2", "p3"] {
                let query = try recommender.query(photo: PatchCatalog.photo(id))
                let found = try recommender.nearest(to: query.vector, count: 2)
                #expect(found.first?.item.id == id && (found.first?.score ?? 0) > 0.999)
                #expect(id != "p0" || found.last?.item.id == "twin")
            }
        }
    }

    @Test("a damaged embedding of a photo that is gone is thrown away, and its item found no more")
    func lostPhoto() throws {
        let catalog = try catalog()
        let searching = try catalog.recommender()
        try FileManager.default.removeItem(atPath: catalog.path + "/images/p2.jpg")
        try FileManager.default.createDirectory(
            atPath: catalog.path + "/images/p2.jpg", withIntermediateDirectories: true)
        try catalog.sql("UPDATE embedding SET vector = zeroblob(length(vector))")
        let report = try catalog.index()
        #expect(report.damaged == 8 && report.embedded == 7)
        #expect(try problems(catalog).filter { $0 == .badEmbedding || $0 == .badIndex }.isEmpty)
        #expect(try searching.nearest(to: searching.query(photo: PatchCatalog.photo("p1")).vector, count: 9).count == 7)
    }

    @Test("a flipped or cut snapshot or graph is found, told of when it is replaced, and made anew")
    func files() throws {
        let catalog = try catalog()
        let reports = Reports()
        func open() throws -> Recommender {
            try Recommender(
                model: PatchCatalog.model.get(), database: catalog.database(), catalogPath: catalog.path, kind: .hnsw,
                report: { reports.add($0) })
        }
        do { try open().maintain() }
        let verifier = IndexVerifier(try catalog.database())
        #expect(try verifier.run().isEmpty && reports.all.isEmpty)
        for suffix in [".vectors", ".graph"] {
            for place in [0, 5000] {
                let path = try file(catalog, suffix)
                try flip(path, at: place)
                let found = try verifier.run()
                #expect(found.map(\.kind) == [.badIndex] && found.first?.subject.hasSuffix(suffix) == true, "\(found)")
                let count = reports.all.count
                do { try open().maintain() }
                #expect(reports.all.dropFirst(count).first?.contains(path) == true, "\(reports.all)")
                #expect(try verifier.run().isEmpty)
            }
        }
        let path = try file(catalog, ".vectors")
        try Data(contentsOf: URL(fileURLWithPath: path)).prefix(9000).write(to: URL(fileURLWithPath: path))
        #expect(try verifier.removeDamaged().map(\.kind) == [.badIndex])
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try open().itemCount == 8)
        #expect(try verifier.run().isEmpty)
    }

    @Test(
        "a snapshot that is whole and says something else than the database is found; one that is merely older is not")
    func difference() throws {
        let catalog = try catalog()
        do { _ = try catalog.recommender() }
        let verifier = IndexVerifier(try catalog.database())
        try catalog.database().remove(ids: ["p7"])
        #expect(try verifier.run().isEmpty)
        try catalog.sql("UPDATE embedding SET vector = zeroblob(length(vector)) WHERE rowid = 1")
        #expect(
            try verifier.run().map(\.detail) == ["it differs from the database in the vectors of 1 items, such as p0"])
        try catalog.sql("DELETE FROM embedding WHERE rowid = 1")
        #expect(try verifier.run().map(\.detail) == ["it has 1 items that the database has no vector of"])
    }
}

/// What was told.
private final class Reports: Sendable {
    private let told = Mutex<[String]>([])
    var all: [String] { told.withLock(\.self) }
    func add(_ text: String) { told.withLock { $0.append(text) } }
}
