import ArgumentParser
import CatalogStore
import Foundation
import Recommender

struct Catalog: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What a catalog and its index hold: count it, check it, export it.",
        discussion: """
            Each command looks at a data directory (--data) or, with --database or VITRINE_DATABASE, at the databases that
            hold the catalog in its place. None of them changes what is indexed.
            """,
        subcommands: [Stats.self, Products.self, Verify.self, Export.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every photo, thumbnail and embedding of a data directory, and its database.",
            discussion: """
                Photos are compared by SHA-256 with what was indexed, embeddings with checksums that bind each to its photo
                and model, and the files of the index, of all models, with their checksums and with the database. If
                anything is wrong, it is listed and the status is 1. Run `vitrine index` to mend what can be: it reads changed
                photos again, embeds anew what is damaged of its model, and makes damaged files of the index anew. A
                thumbnail that is listed may be deleted: one that is missing is made when it is asked for. With --database,
                the photos and vectors in the databases are checked; `vitrine index` makes wrong and missing vectors anew, and
                leaves photos as they are. If a shard is away, the others are checked, and the status is 69.
                """)

        @OptionGroup var catalog: CatalogOptions
        @OptionGroup var databases: DatabaseOptions

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() throws {
            if let (shards, away) = try databases.reachedShards() { return try run(shards, away: away) }
            let bar = ProgressBar()
            var result: CatalogVerifier.Result
            do {
                defer { bar.finish() }
                result = try CatalogVerifier(
                    catalogPath: try catalog.folder().path, dataDirectory: catalog.data
                ).run(progress: bar.update)
            }
            // What a damaged database says is no measure for others.
            if !result.problems.contains(where: { $0.kind == .database }) {
                result.problems += try IndexVerifier(catalog.database(mayCreate: false)).run()
            }
            if json {
                try printJSON(VerifyJSON(result))
            } else {
                for problem in result.problems { try printLine("\(problem.subject): \(problem.detail)") }
                try printLine(
                    "\(counted(result.items, "item")), \(counted(result.thumbnails, "thumbnail")), "
                        + "\(counted(result.embeddings, "embedding")): "
                        + (result.problems.isEmpty
                            ? "all as they should be." : counted(result.problems.count, "problem") + "."))
                if result.unknownPhotos > 0 {
                    try printLine(Self.text(unknownPhotos: result.unknownPhotos, data: catalog.data))
                }
            }
            if !result.problems.isEmpty { throw ExitCode(1) }
        }

        /// Of photos that may be all that is left of some items.
        static func text(unknownPhotos count: Int, data: String) -> String {
            count == 1
                ? "1 photo in \(data)/photos came by the API into another database than this one, and is left alone. If an "
                    + "item is missing, restore that database from a backup."
                : "\(count) photos in \(data)/photos came by the API into another database than this one, and are left "
                    + "alone. If items are missing, restore that database from a backup."
        }
    }
}

/// What was found by checking a data directory.
private struct VerifyJSON: Encodable {
    struct Problem: Encodable {
        let kind: String
        let subject: String
        let detail: String
    }

    let items: Int
    let thumbnails: Int
    let embeddings: Int
    let unknownPhotos: Int
    let problems: [Problem]

    init(_ result: CatalogVerifier.Result) {
        items = result.items
        thumbnails = result.thumbnails
        embeddings = result.embeddings
        unknownPhotos = result.unknownPhotos
        problems = result.problems.map {
            Problem(kind: $0.kind.rawValue, subject: $0.subject, detail: $0.detail)
        }
    }
}
