import CatalogStore
import Evaluation
import Foundation
import Testing

@Suite("label maps, queries and held-out items")
struct LabelMapTests {
    private func map(_ text: String) throws -> LabelMap { try LabelMap(Array(text.utf8), file: "map") }

    @Test("CSV and JSON say the same; case does not matter; an empty category leaves a label out")
    func formats() throws {
        let csv = try map("label,category\nShoes,Heels\nShoes,Flats\nPolo,Tshirts\nSkip,\n")
        let json = try map(#" {"Shoes": ["Heels", "Flats"], "Polo": ["Tshirts"], "Skip": []}"#)
        for map in [csv, json] {
            #expect(map.categories(of: "shoes") == ["Heels", "Flats"])
            #expect(map.categories(of: "Skip") == [])
            #expect(map.categories(of: "Hat") == nil)
            #expect(map.label(of: "flats") == "Shoes" && map.label(of: "Ties") == nil)
        }
    }

    @Test(
        "a bad label map is refused with its line",
        arguments: [
            ("", 1), ("a,b\nc,d\n", 1), ("label,category\n", 0), ("label,category\nShoes,Heels\nShoes\n", 3),
            ("label,category\n,Heels\n", 2), ("label,category\nShoes,Heels\nshoes,heels\n", 3),
            ("label,category\nShoes,Heels\nShoes,\n", 3), ("label,category\n\"Shoes,Heels\n", 2), ("{\"a\": 1}", 0),
            ("[1]", 0), ("{}", 0),
        ])
    func refused(text: String, line: Int) throws {
        let error = #expect(throws: EvaluationError.self) { _ = try map(text) }
        guard case .badLabelMap("map", line, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("the shipped map covers the labels of the photos taken at home")
    func shipped() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let map = try LabelMap(path: root + "/Benchmarks/label-maps/street-to-kaggle.csv")
        #expect(map.entries.count == 20)
        #expect(map.entries.filter(\.categories.isEmpty).map(\.label) == ["Not sure", "Other", "Skip"])
    }

    @Test("queries are read with or without suffix and sub-folder, and bad rows are reported")
    func queries() throws {
        let path = NSTemporaryDirectory() + "vitrine-queries-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(atPath: path + "/images", withIntermediateDirectories: true)
        for name in ["images/a.jpg", "b.png"] { try Data([1]).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
        let table = "image,label,color\na,Shoes,Red\nb.png,Hat,\n../a,Hat,\ngone,Hat,\na,Hat,\n,Hat,\nb,,\nb,Skip,\n"
        try Data(table.utf8).write(to: URL(fileURLWithPath: path + "/photos.csv"))
        var set = try QuerySet(path: path)
        #expect(set.queries.map(\.id) == ["a", "b.png"] && set.queries.map(\.colour) == ["Red", nil])
        #expect(set.queries.map(\.label) == ["Shoes", "Hat"])
        #expect(set.skipped.map(\.id) == ["../a", "gone", "a", "line 7", "b", "b"])
        set.keep(fitting: try map("label,category\nShoes,Heels\nHat,\n"))
        #expect(set.queries.map(\.id) == ["a"])
        #expect(try QuerySet(path: path + "/photos.csv").queries.count == 2)
        try Data("image,colour\n".utf8).write(to: URL(fileURLWithPath: path + "/photos.csv"))
        #expect(throws: EvaluationError.self) { _ = try QuerySet(path: path) }
    }

    @Test("the held-out share depends on photo and seed alone, and is about as large as asked for")
    func holdout() {
        let items = (0..<2000).map { CatalogItem(id: "\($0)", contentHash: "photo \($0 / 2)") }
        let one = Holdout.share(0.1, seed: 1)
        let chosen = items.map(one.contains)
        #expect((140...260).contains(chosen.count { $0 }))
        #expect(stride(from: 0, to: items.count, by: 2).allSatisfy { chosen[$0] == chosen[$0 + 1] })
        #expect(items.map(Holdout.share(0.1, seed: 2).contains) != chosen)
        #expect(items.filter(Holdout.items(["3", "5"]).contains).map(\.id) == ["3", "5"])
    }
}
