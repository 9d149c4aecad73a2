import ArgumentParser
import CatalogStore
import Foundation

extension Catalog {
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Count items, broken photos, rows without embeddings, and duplicates.",
            discussion: """
                With --database, it is what each database holds: items, photos and their embeddings, the queue, products, and
                whether there is an index of the vectors.
                """)

        @OptionGroup var catalog: CatalogOptions
        @OptionGroup var databases: DatabaseOptions
        @OptionGroup var model: ModelOptions

        @Flag(help: "Print everything as JSON.")
        var json = false

        func run() throws {
            if let (shards, away) = try databases.reachedShards() { return try run(shards, away: away) }
            let folder = try catalog.folder()
            let database = try catalog.database(mayCreate: false)
            let model = try model.load()
            let statistics = try CatalogStatistics(
                folder: folder, database: database, modelHash: model.hash, dimension: model.dimension)
            let answer = StatsJSON(statistics, model: model.name, modelHash: model.hash)
            if json { try printJSON(answer) } else { try printLine(answer.text) }
        }
    }
}

/// ``CatalogStatistics`` as JSON and as text.
private struct StatsJSON: Encodable {
    struct Count: Encodable {
        let value: String
        let count: Int
    }

    struct Broken: Encodable {
        let id: String
        let path: String
        let reason: String
    }

    struct Duplicate: Encodable {
        let sha256: String
        let ids: [String]
    }

    let rows: Int
    let skipped: [SkippedRowJSON]
    let items: Int
    let category: [Count]
    let colour: [Count]
    let gender: [Count]
    let brokenImages: [Broken]
    let changedImages: [String]
    let notIndexed: [String]
    let model: String
    let withoutEmbedding: [String]
    let embeddings: [String: Int]
    let duplicates: [Duplicate]
    private let modelHash: String

    init(_ statistics: CatalogStatistics, model: String, modelHash: String) {
        func counts(_ counts: CatalogStatistics.Counts) -> [Count] {
            counts.map { Count(value: $0.value, count: $0.count) }
        }
        rows = statistics.rows
        skipped = statistics.skipped.map(SkippedRowJSON.init)
        items = statistics.items
        category = counts(statistics.categories)
        colour = counts(statistics.colours)
        gender = counts(statistics.genders)
        brokenImages = statistics.brokenImages.map { Broken(id: $0.id, path: $0.path, reason: $0.reason) }
        changedImages = statistics.changedImages
        notIndexed = statistics.notIndexed
        self.model = model
        self.modelHash = modelHash
        withoutEmbedding = statistics.withoutEmbedding
        embeddings = statistics.embeddings
        duplicates = statistics.duplicates.map { Duplicate(sha256: $0.contentHash, ids: $0.ids) }
    }

    var text: String {
        let shared = duplicates.reduce(0) { $0 + $1.ids.count }
        let others = embeddings.filter { $0.key != modelHash }.values.reduce(0, +)
        var lines = [
            "\(counted(items, "item")) of \(counted(rows, "row"))",
            "category: " + Self.summary(category), "colour: " + Self.summary(colour),
            "gender: " + Self.summary(gender),
            "embeddings of \(model): \(counted(embeddings[modelHash] ?? 0, "photo")); "
                + "\(counted(withoutEmbedding.count, "item")) without"
                + (others > 0 ? "; \(counted(others, "embedding")) of other models" : ""),
            "not indexed yet: \(counted(notIndexed.count, "row")); "
                + "changed since: \(counted(changedImages.count, "photo"))",
            "duplicates: \(counted(duplicates.count, "photo")) of \(counted(shared, "item"))",
            "unusable rows: \(skipped.count); broken photos: \(brokenImages.count)",
        ]
        lines += brokenImages.prefix(20).map { "  id \(oneLine($0.id)), \(oneLine($0.path)): \($0.reason)" }
        if brokenImages.count > 20 { lines.append("  and \(brokenImages.count - 20) more (--json).") }
        return lines.joined(separator: "\n")
    }

    /// The eight most frequent values.
    private static func summary(_ counts: [Count]) -> String {
        counts.isEmpty
            ? "none"
            : counts.prefix(8).map { "\(oneLine($0.value)) \($0.count)" }.joined(separator: ", ")
                + (counts.count > 8 ? " and \(counts.count - 8) more" : "")
    }

    private enum CodingKeys: String, CodingKey {
        case rows, skipped, items, category, colour, gender, brokenImages, changedImages, notIndexed, model
        case withoutEmbedding, embeddings, duplicates
    }
}
