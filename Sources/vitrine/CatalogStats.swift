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
    let rows: Int
    let skipped: [SkippedRowJSON]
    let items: Int
    let category: [ValueCount]
    let colour: [ValueCount]
    let gender: [ValueCount]
    let brokenImages: [BrokenImageJSON]
    let changedImages: [String]
    let notIndexed: [String]
    let model: String
    let withoutEmbedding: [String]
    let embeddings: [String: Int]
    let duplicates: [DuplicateJSON]
    private let modelHash: String

    init(_ statistics: CatalogStatistics, model: String, modelHash: String) {
        rows = statistics.rows
        skipped = statistics.skipped.map(SkippedRowJSON.init)
        items = statistics.items
        category = statistics.categories.map(ValueCount.init)
        colour = statistics.colours.map(ValueCount.init)
        gender = statistics.genders.map(ValueCount.init)
        brokenImages = statistics.brokenImages.map(BrokenImageJSON.init)
        changedImages = statistics.changedImages
        notIndexed = statistics.notIndexed
        self.model = model
        self.modelHash = modelHash
        withoutEmbedding = statistics.withoutEmbedding
        embeddings = statistics.embeddings
        duplicates = statistics.duplicates.map(DuplicateJSON.init)
    }

    var text: String {
        let others = embeddings.filter { $0.key != modelHash }.values.reduce(0, +)
        var lines = [
            "\(counted(items, "item")) of \(counted(rows, "row"))",
            "category: " + ValueCount.summary(category), "colour: " + ValueCount.summary(colour),
            "gender: " + ValueCount.summary(gender),
            "embeddings of \(model): \(counted(embeddings[modelHash] ?? 0, "photo")); "
                + "\(counted(withoutEmbedding.count, "item")) without"
                + (others > 0 ? "; \(counted(others, "embedding")) of other models" : ""),
            "not indexed yet: \(counted(notIndexed.count, "row")); "
                + "changed since: \(counted(changedImages.count, "photo"))",
            DuplicateJSON.summary(duplicates),
            "unusable rows: \(skipped.count); broken photos: \(brokenImages.count)",
        ]
        lines += BrokenImageJSON.lines(brokenImages)
        return lines.joined(separator: "\n")
    }

    private enum CodingKeys: String, CodingKey {
        case rows, skipped, items, category, colour, gender, brokenImages, changedImages, notIndexed, model
        case withoutEmbedding, embeddings, duplicates
    }
}
