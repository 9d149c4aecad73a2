import ArgumentParser
import CatalogStore
import Embeddings
import Foundation
import PostgresStore
import Recommender

struct Index: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Embed what is new or changed in a catalog, and drop what is gone.",
        discussion: """
            Rows and photos that cannot be used are reported with their reason and left out. A run that is stopped or
            killed loses at most the photos in work; the next one goes on from there. What `vitrine catalog verify` finds
            damaged of this model's embeddings and index is made anew.

            Photos are opened below the catalog's folder only: a link that leads out of it is skipped (the folder itself may
            be a link). Prices, encodings and bounds are those of `vitrine import`. If more than half of what is indexed
            would be dropped, nothing is: probably it is the wrong catalog, or one that is not mounted. --prune drops it.

            With --database, items and photos go into PostgreSQL, and photos without a vector into its queue. Photos are then
            embedded from there, by this command and by any number of `vitrine embed --queue` on other machines; with
            --enqueue by those alone.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var databases: DatabaseOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var index: IndexOptions

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Flag(help: "Drop items that are gone even if they are more than half of what is indexed.")
    var prune = false

    @Flag(help: "Forget what came by the API of `serve`: the catalog's folder alone counts again.")
    var dropEdits = false

    @Flag(help: "With --database: store items and photos, and leave embedding to `vitrine embed --queue`.")
    var enqueue = false

    func run() throws {
        let interruption = Interruption()
        let folder = try catalog.folder()
        if let shards = try databases.readyShards() {
            try report(try index(folder, into: shards, interruption))
            return
        }
        if enqueue { throw ValidationError("--enqueue needs a --database.") }
        let database = try catalog.database()
        let model = try model.load()
        if dropEdits { try database.forgetEdits() }
        let report = try Self.index(
            folder: folder, database: database, model: model, prune: prune, interruption: interruption)
        for problem in try IndexVerifier(database).removeDamaged() {
            printError("vitrine: \(problem.subject): \(problem.detail). It is made anew.")
        }
        // So that a server starts at once.
        let recommender = try Recommender(
            model: model, database: database, catalogPath: folder.path, kind: index.kind)
        try recommender.maintain { interruption.hasCome }
        try self.report(report)
    }

    private func report(_ report: IndexReport) throws {
        if json {
            try printJSON(ReportJSON(report))
        } else if enqueue {
            try printLine(
                "\(counted(report.stored, "item")) stored and queued for the vectors that are missing. "
                    + "Now run: vitrine embed --queue")
            for row in report.skipped { try printLine(line(row)) }
            for note in lines(report.notes, most: 20, rest: "(--json)") { try printLine(note) }
        } else {
            try printLine(Self.text(report, all: true))
            if report.unknownPhotos > 0 {
                try printLine(Catalog.Verify.text(unknownPhotos: report.unknownPhotos, data: catalog.data))
            }
        }
        if report.stopped { throw ExitCode(Failure.interrupted) }
    }

    /// One run into databases.
    private func index(
        _ folder: CatalogFolder, into shards: ShardSet, _ interruption: Interruption
    ) throws -> IndexReport {
        let worker = enqueue ? nil : QueueWorker(shards, model: try model.load(for: shards), kind: index.kind)
        if dropEdits { for catalog in shards.catalogs { try catalog.forgetEdits() } }
        let bar = ProgressBar()
        defer { bar.finish() }
        let report = try PostgresIndexer(folder: folder, shards: shards, worker: worker).run(
            prune: prune, shouldStop: { interruption.hasCome }, progress: bar.update)
        guard let report else {
            throw Failure("Another vitrine process is indexing into this database. Wait for it to end.")
        }
        return report
    }

    /// One run with its progress on standard error.
    static func index(
        folder: CatalogFolder, database: CatalogDatabase, model: EmbeddingModel, prune: Bool, interruption: Interruption
    ) throws -> IndexReport {
        let bar = ProgressBar()
        defer { bar.finish() }
        return try CatalogIndexer(folder: folder, database: database, model: model).run(
            prune: prune, shouldStop: { interruption.hasCome }, progress: bar.update)
    }

    /// The report for people: totals, then the skipped rows (the first ten unless `all`).
    static func text(_ report: IndexReport, all: Bool) -> String {
        let rate = report.seconds > 0 ? Double(report.embedded) / report.seconds : 0
        var lines = [
            (report.stopped ? "Stopped; run again to go on. " : "")
                + "\(counted(report.items, "item")) indexed: \(counted(report.embedded, "photo")) embedded, "
                + "\(counted(report.dropped, "item")) dropped, \(report.skipped.count) of "
                + "\(counted(report.rows, "row")) skipped, in "
                + String(format: "%.1f s", report.seconds)
                + (report.embedded > 0 ? String(format: " (%.0f photos/s).", rate) : ".")
        ]
        if report.damaged > 0 {
            lines.append("  \(report.damaged) embeddings were not as they were stored, and were thrown away first.")
        }
        let shown = all ? report.skipped[...] : report.skipped.prefix(10)
        lines += shown.map(line)
        if shown.count < report.skipped.count {
            lines.append("  and \(report.skipped.count - shown.count) more: see `vitrine index`.")
        }
        lines += vitrine.lines(
            report.notes, most: all ? 20 : 5, rest: all ? "(--json)" : "(see `vitrine index --json`)")
        return lines.joined(separator: "\n")
    }
}

/// An ``IndexReport`` as JSON.
private struct ReportJSON: Encodable {
    let rows: Int
    let items: Int
    let embedded: Int
    let stored: Int
    let dropped: Int
    let damaged: Int
    let unknownPhotos: Int
    let stopped: Bool
    let seconds: Double
    let skipped: [SkippedRowJSON]
    let notes: [TableNoteJSON]
    let noteCount: Int

    init(_ report: IndexReport) {
        rows = report.rows
        items = report.items
        embedded = report.embedded
        stored = report.stored
        dropped = report.dropped
        damaged = report.damaged
        unknownPhotos = report.unknownPhotos
        stopped = report.stopped
        seconds = (report.seconds * 1000).rounded() / 1000
        skipped = report.skipped.map(SkippedRowJSON.init)
        notes = report.notes.listed.map(TableNoteJSON.init)
        noteCount = report.notes.count
    }
}

/// A row that was left out, as JSON.
struct SkippedRowJSON: Encodable {
    private let line: Int
    private let id: String?
    private let code: String
    private let reason: String

    init(_ row: SkippedRow) {
        line = row.line
        id = row.id
        code = row.reason.code
        reason = row.reason.description
    }
}
