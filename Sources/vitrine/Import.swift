import ArgumentParser
import CatalogStore
import Foundation

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a folder, zip or tar of photos and a CSV into a catalog.",
        discussion: """
            SOURCE is read once as a stream (- is standard input) and holds a CSV and photos: JPEG, PNG or WebP. The
            archive of Kaggle's fashion product photos is read as it is downloaded. A CSV with other column names is
            read with --map, such as --map sku=id --map photo=image; every other column becomes an attribute that can be
            filtered on (200 at the most), and --map column= leaves one out. A column that would be lost, or that has
            the name of a parameter of addresses (k, page, more ...), is an error that says what to map.

            Prices may be written 39.90, 1.234,50, 1,299, 1 299, £12.50 or 10 EUR: of two kinds of separators the last
            is the decimal one. Where three digits follow a single one (1.234), the other prices of the column decide;
            if none of them can, they are thousands. A sign or code is the currency where the row names none. An item
            whose price cannot be used is kept without one, and reported. A field has 10,000 bytes at the most.

            A CSV that is not UTF-8 is read as Windows-1252, which is reported; --encoding says otherwise.

            The catalog gets items.csv and images/, where each photo is called by its content and kept once. Items that
            it has already are brought up to date, new ones are added, others stay unless --replace is given. A photo
            that nothing names any more is removed by the next import. A run that is stopped or killed leaves the
            catalog as it was.

            Rows and photos that cannot be used are reported with their reason and left out; each new photo is decoded.
            Links are not followed; a hard link to a file before it in a tar is that file.
            """)

    @Argument(help: "Folder, zip or tar (also .tar.gz and the like); - reads standard input.", completion: .file())
    var source: String

    @Option(help: ArgumentHelp("Catalog folder; made if it is not there.", valueName: "dir"))
    var into: String

    @Option(help: ArgumentHelp("Take a column for a field; may be repeated.", valueName: "column=field"))
    var map: [String] = []

    @Option(help: ArgumentHelp("The CSV in the source, where it is not found by itself.", valueName: "name"))
    var table: String?

    @Option(help: "What the CSV is written in: utf-8, windows-1252 or utf-16. Found out if not given.")
    var encoding: TableEncoding?

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
        if let report { try checkWritable(report) }
        let interruption = Interruption()
        var options = CatalogImporter.Options()
        options.map = try columnMap()
        options.table = table
        options.encoding = encoding
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
