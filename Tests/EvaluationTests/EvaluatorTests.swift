import CatalogStore
import Evaluation
import Foundation
import Testing

@Suite("evaluator and reports")
struct EvaluatorTests {
    /// Items on the unit circle; a query at angle 0 finds them in this order.
    private func gallery() throws -> Gallery {
        let labels: [(category: String?, colour: String?, gender: String?)] = [
            ("Shirts", "Red", "Men"), ("Shirts", "Blue", "Men"), ("Jeans", "Red", nil), (nil, nil, nil),
            ("shirts", "Red", "Women"), ("Heels", "Red", "Women"),
        ]
        let items = labels.enumerated().map { index, label in
            CatalogItem(
                id: "i\(index)", category: label.category, colour: label.colour, gender: label.gender,
                contentHash: "c\(index)")
        }
        let vectors = items.indices.flatMap { index -> [Float] in
            let angle = Float(index) * 0.2
            return [cosf(angle), sinf(angle)]
        }
        return try Gallery(items: items, vectors: vectors, dimension: 2)
    }

    private let shirt = EvaluationQuery(id: "q", photo: "q.jpg", label: "Shirts", colour: "Red", gender: "Men")

    @Test("every measure of one query is as computed by hand")
    func measures() throws {
        let result = try Evaluator(gallery: gallery(), cutoffs: [3]).evaluate(shirt, vector: [1, 0], contentHash: "")
        #expect(result.hits.map(\.id) == ["i0", "i1", "i2"] && result.hits.map(\.fits) == [true, true, false])
        #expect(result.votes == ["category": "Shirts", "colour": "Red", "gender": "Men"])
        let second: Double = 3 / log2(3.0)
        let colour: Double = 44.0 / 15 / 4
        let graded: Double = (4 + second) / (5.5 + second)
        let expected: [String: Double] = [
            "precision@3/category": 2.0 / 3, "precision@3/colour": 2.0 / 3, "precision@3/gender": 2.0 / 3,
            "precision@3/category and colour": 1.0 / 3, "recall@3/category": 2.0 / 3, "recall@3/colour": 2.0 / 3,
            "recall@3/gender": 1, "recall@3/category and colour": 0.5,
            // Shirts at places 1, 2, 5; red at 1, 3, 5, 6; for men at 1, 2; red shirts at 1, 5.
            "map/category": 2.6 / 3, "map/colour": colour, "map/gender": 1,
            "map/category and colour": 0.7,
            // Gains 4, 3, 0 of 4, 3, 3.
            "ndcg@3": graded,
            "vote/category": 1, "vote/colour": 1, "vote/gender": 1,
        ]
        #expect(Set(result.measures.keys) == Set(expected.keys))
        for (name, value) in expected {
            #expect(abs((result.measures[name] ?? -1) - value) < 1e-12, "\(name)")
        }
    }

    @Test("each of several colours is right")
    func severalColours() throws {
        let either = EvaluationQuery(id: "q", photo: "q.jpg", label: "Shirts", colour: "Maroon | red|", gender: "Men")
        #expect(either.colours == ["Maroon", "red"] && either.colour == "Maroon")
        let evaluator = try Evaluator(gallery: gallery(), cutoffs: [3])
        let result = try evaluator.evaluate(either, vector: [1, 0], contentHash: "")
        let plain = try evaluator.evaluate(shirt, vector: [1, 0], contentHash: "")
        #expect(result.measures == plain.measures)
        #expect(result.votes["colour"] == "Maroon", "a right vote is called what the query calls it")
        #expect(EvaluationQuery(id: "q", photo: "q.jpg", label: "Shirts", colour: "|").colour == nil)
    }

    @Test("an item with the query's own photo is no answer")
    func ownPhoto() throws {
        let result = try Evaluator(gallery: gallery()).evaluate(shirt, vector: [1, 0], contentHash: "c0")
        #expect(result.hits.map(\.id) == ["i1", "i2", "i3", "i4", "i5"])
        #expect(result.measures["precision@5/category"] == 0.4)
    }

    @Test("a kind that the gallery lacks has precision 0 and no recall, and more places than items are misses")
    func degenerate() throws {
        let query = EvaluationQuery(id: "q", photo: "q.jpg", label: "Ties")
        let result = try Evaluator(gallery: gallery(), cutoffs: [10]).evaluate(query, vector: [1, 0], contentHash: "")
        #expect(result.measures == ["precision@10/category": 0, "vote/category": 0] && result.hits.count == 6)
        let shirts = try Evaluator(gallery: gallery(), cutoffs: [10]).evaluate(shirt, vector: [1, 0], contentHash: "")
        #expect(shirts.measures["precision@10/category"] == 0.3 && shirts.measures["recall@10/category"] == 1)
        #expect(throws: EvaluationError.emptyGallery) { _ = try Gallery(items: [], vectors: [], dimension: 2) }
    }

    @Test("a label map says what fits, and votes come back as labels")
    func mapped() throws {
        let map = try LabelMap(
            Array("label,category\nTop,Shirts\nTop,Heels\nBlouse,Shirts\nPants,Jeans\n".utf8), file: "map")
        let evaluator = Evaluator(gallery: try gallery(), map: map)
        func evaluate(_ label: String) throws -> QueryResult {
            try evaluator.evaluate(
                EvaluationQuery(id: label, photo: "", label: label), vector: [1, 0], contentHash: "")
        }
        #expect(try evaluate("Top").measures["precision@5/category"] == 0.6)
        #expect(try evaluate("Top").votes["category"] == "Top" && evaluate("Blouse").votes["category"] == "Blouse")
        #expect(try evaluate("Pants").votes["category"] == "Top")
        #expect(try evaluate("Pants").measures["vote/category"] == 0)
    }

    private func report(_ names: [String], model: String, vector: [Float]) throws -> EvaluationReport {
        let evaluator = Evaluator(gallery: try gallery(), cutoffs: [2])
        let results = try names.map { name in
            try evaluator.evaluate(
                EvaluationQuery(id: name, photo: "", label: name.hasPrefix("s") ? "Shirts" : "<Heels>", colour: "Red"),
                vector: vector, contentHash: "")
        }
        return EvaluationReport(
            setup: .init(
                model: model, source: "test", mapped: false, cutoffs: [2], gallery: 6, resamples: 200, seed: 1),
            results: results, skipped: [SkippedQuery(id: "x", reason: "gone")])
    }

    @Test("a report sums up over queries and over labels, survives JSON, and is the same every time")
    func report() throws {
        let report = try report(["s1", "s2", "s3", "h1"], model: "m", vector: [1, 0])
        let row = try #require(report.rows.first { $0.name == "precision@2/category" })
        #expect(row.count == 4 && row.micro.value == 0.75 && row.macro.value == 0.5)
        #expect(report.headlines.map(\.title) == ["P@2 category", "P@2 colour", "P@2 category and colour"])
        #expect(report.classes.map(\.label) == ["Shirts", "<Heels>"] && report.classes.map(\.count) == [3, 1])
        let vote = try #require(report.votes.first { $0.facet == .category })
        #expect(vote.accuracy.value == 0.75 && abs(vote.macroF1.value - 3.0 / 7) < 1e-12)
        #expect(vote.confusion.macroF1 == vote.macroF1.value)

        let path = NSTemporaryDirectory() + "vitrine-report-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try report.json().write(to: URL(fileURLWithPath: path))
        #expect(try EvaluationReport(path: path).json() == report.json())
        #expect(try self.report(["s1", "s2", "s3", "h1"], model: "m", vector: [1, 0]).json() == report.json())
        #expect(TextReport(report).text.contains("P@2 category                      0.750 ["))
        let page = HTMLReport(report, queryPhotos: [:], itemPhotos: [:]).text
        #expect(page.contains("&lt;Heels&gt;") && !page.contains("<Heels>") && !page.contains("http"))

        try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: EvaluationError.badResult(path: path, reason: "it has no setup")) {
            _ = try EvaluationReport(path: path)
        }
    }

    @Test("models are compared on the queries that both have")
    func comparison() throws {
        let better = try report(["s1", "s2", "s3", "s4"], model: "better", vector: [1, 0])
        let worse = try report(["s2", "s3", "s4", "s5"], model: "worse", vector: [0, 1])
        let comparison = try Comparison(better, with: worse, path: "worse.json")
        #expect(comparison.shared == 3 && comparison.unshared == 2 && comparison.other == "worse")
        let row = try #require(comparison.rows.first { $0.name == "precision@2/category" })
        // Both nearest are shirts; from the other side one of heels and shirt.
        #expect(row.micro == Estimate(value: 0.5, low: 0.5, high: 0.5) && row.microP > 0.1)
        let other = try report(["h1"], model: "other", vector: [1, 0])
        #expect(throws: EvaluationError.nothingInCommon(path: "p")) {
            _ = try Comparison(better, with: other, path: "p")
        }
    }
}
