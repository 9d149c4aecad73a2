import ArgumentParser
import CatalogStore
import Foundation

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a folder, zip or tar of photos and a CSV into a catalog.",
        discussion: """
            SOURCE is read once as a stream (- is standard input) and holds a CSV and photos: JPEG, PNG or WebP. The
            archive of Kaggle's fashion product photos is read as it is downloaded. A CSV with other column names is
            read with --map, such as --map sku=id --map photo=image; every other column becomes an attribute, and
            --map column= leaves one out.

            The catalog gets items.csv and images/, where each photo is called by its content and kept once. Items that
            it has already are brought up to date, new ones are added, others stay unless --replace is given. A photo
            that nothing names any more is removed by the next import. A run that is stopped or killed leaves the
            catalog as it was.

            Rows and photos that cannot be used are reported with their reason and left out. Links are not followed.
            """)

    @Argument(help: "Folder, zip or tar (also .tar.gz and the like); - reads standard input.", completion: .file())
    var source: String

    @Option(help: ArgumentHelp("Catalog folder; made if it is not there.", valueName: "dir"))
    var into: String

    @Option(help: ArgumentHelp("Take a column for a field; may be repeated.", valueName: "column=field"))
    var map: [String] = []

    @Option(help: ArgumentHelp("The CSV in the source, where it is not found by itself.", valueName: "name"))
    var table: String?

    @Flag(help: "Drop the items that the source does not have.")
    var replace = false

    @Flag(help: "Say what would happen, and write nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Largest size of all files together, in GB.", valueName: "number"))
    var limit = 256

    @Option(help: ArgumentHelp("Write the report as JSON.", valueName: "file.json"))
    var report: String?

    @Flag(help: "Print the report as JSON.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to 1000000.")
        }
        _ = try columnMap()
    }

    func run() throws {
        let interruption = Interruption()
        var options = CatalogImporter.Options()
        options.map = try columnMap()
        options.table = table
        options.replaces = replace
        options.isDryRun = dryRun
        options.limits.totalBytes = limit * 1_000_000_000
        let bar = ProgressBar()
        let result: ImportReport
        do {
            defer { bar.finish() }
            result = try CatalogImporter(source: source, catalog: into, options: options).run(
                shouldStop: { interruption.hasCome }, progress: bar.update)
        } catch {
            guard case .missingColumn(let column, _, _) = error else { throw error }
            throw Failure("\(error) Say which one it is with --map COLUMN=\(column).", status: Failure.badInput)
        }
        let answer = ImportReportJSON(result)
        if let report { try writeJSON(answer, to: report) }
        if json { try printJSON(answer) } else { try printLine(ImportText.text(result)) }
        if result.stopped { throw ExitCode(Failure.interrupted) }
        if result.items == 0 { throw CatalogError.nothingToImport(path: source, rows: result.rows) }
    }

    private func columnMap() throws -> ColumnMap {
        ColumnMap(
            try map.map { pair in
                guard let equals = pair.lastIndex(of: "="), equals != pair.startIndex else {
                    throw ValidationError("--map takes column=field, such as sku=id, not \(pair).")
                }
                return ColumnMap.Entry(
                    column: String(pair[..<equals]), field: String(pair[pair.index(after: equals)...]))
            })
    }
}

/// An ``ImportReport`` for people.
enum ImportText {
    static func text(_ report: ImportReport) -> String {
        if report.stopped { return "Stopped; the catalog is as it was." }
        let rate = report.seconds > 0 ? Double(report.photos) / report.seconds : 0
        var lines = [
            (report.isDryRun ? "Nothing was written. Importing this would give " : "Imported ")
                + "\(report.items) items of \(report.rows) rows of \(report.table): \(report.added) added, "
                + "\(report.updated) updated, \(report.unchanged) unchanged, \(report.skipped.count) rows skipped.",
            report.dropped > 0
                ? "\(report.dropped) other items of the catalog dropped."
                : report.kept > 0 ? "\(report.kept) other items of the catalog kept." : "",
            "\(report.photos) photos read, \(report.storedPhotos) new; \(report.unmentioned) named by no row"
                + (report.unmentionedCopies > 0 ? " (\(report.unmentionedCopies) copies of others)" : "") + ". "
                + (report.otherFiles > 0 ? "\(report.otherFiles) other files. " : "")
                + String(format: "%.1f s (%.0f photos/s).", report.seconds, rate),
        ].filter { !$0.isEmpty }
        if !report.otherTables.isEmpty {
            lines.append("Not read: \(shortened(report.otherTables)).")
        }
        for row in report.skipped {
            lines.append("  line \(row.line)\(row.id.map { ", id \($0)" } ?? ""): \(row.reason)")
        }
        if report.refusedCount > 0 {
            lines.append("\(report.refusedCount) entries refused:")
            for entry in report.refused.prefix(20) { lines.append("  \(visible(entry.name)): \(entry.reason)") }
            if report.refusedCount > 20 { lines.append("  and \(report.refusedCount - 20) more.") }
        }
        if !report.duplicates.isEmpty {
            let items = report.duplicates.reduce(0) { $0 + $1.ids.count }
            lines.append("\(report.duplicates.count) photos are shared by \(items) items, and kept once:")
            for photo in report.duplicates.prefix(20) { lines.append("  " + shortened(photo.ids)) }
            if report.duplicates.count > 20 { lines.append("  and \(report.duplicates.count - 20) more (--json).") }
        }
        return lines.joined(separator: "\n")
    }

    private static func shortened(_ names: [String]) -> String {
        names.prefix(5).map(visible).joined(separator: ", ")
            + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }

    /// A name without what would steer a terminal.
    private static func visible(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }
}

/// An ``ImportReport`` as JSON.
private struct ImportReportJSON: Encodable {
    struct Refused: Encodable {
        let name: String
        let code: String
        let reason: String
    }

    struct Duplicate: Encodable {
        let sha256: String
        let ids: [String]
    }

    let table: String
    let otherTables: [String]
    let dryRun: Bool
    let stopped: Bool
    let rows: Int
    let items: Int
    let added: Int
    let updated: Int
    let unchanged: Int
    let kept: Int
    let dropped: Int
    let skipped: [SkippedRowJSON]
    let photos: Int
    let photoBytes: Int
    let storedPhotos: Int
    let unmentioned: Int
    let unmentionedCopies: Int
    let otherFiles: Int
    let refusedCount: Int
    let refused: [Refused]
    let duplicates: [Duplicate]
    let seconds: Double

    init(_ report: ImportReport) {
        table = report.table
        otherTables = report.otherTables
        dryRun = report.isDryRun
        stopped = report.stopped
        rows = report.rows
        items = report.items
        added = report.added
        updated = report.updated
        unchanged = report.unchanged
        kept = report.kept
        dropped = report.dropped
        skipped = report.skipped.map(SkippedRowJSON.init)
        photos = report.photos
        photoBytes = report.photoBytes
        storedPhotos = report.storedPhotos
        unmentioned = report.unmentioned
        unmentionedCopies = report.unmentionedCopies
        otherFiles = report.otherFiles
        refusedCount = report.refusedCount
        refused = report.refused.map {
            Refused(name: $0.name, code: $0.reason.rawValue, reason: $0.reason.description)
        }
        duplicates = report.duplicates.map { Duplicate(sha256: $0.contentHash, ids: $0.ids) }
        seconds = (report.seconds * 1000).rounded() / 1000
    }
}
