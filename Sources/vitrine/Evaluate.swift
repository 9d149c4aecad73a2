import ArgumentParser
import CatalogStore
import Embeddings
import Evaluation
import Foundation

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how good the answers of a model are.",
        discussion: """
            Asks an indexed catalog for the nearest items to photos whose labels are known. The queries are the photos
            of a folder (--queries), or items of the catalog itself that are taken out of it (--holdout,
            --holdout-ids). An item with the same photo as the query never counts.

            A label map is a CSV with the columns label and category: which categories of the catalog fit a label of
            the queries. --compare takes what --json wrote for another model on the same queries, or for the same
            photos unchanged: --fit, --jpeg-quality and --scale change them on their way to the model.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var model: ModelOptions

    @Option(
        help: ArgumentHelp(
            """
            Folder, zip or tar with photos and a CSV (columns image, label; colour, as Red or Red|Maroon, and gender if \
            known), or the CSV itself.
            """,
            valueName: "dir|archive|file.csv"))
    var queries: String?

    @OptionGroup(title: "Changed queries") var change: PhotoChange

    @Option(help: ArgumentHelp("Which categories fit a label: CSV or JSON.", valueName: "file"))
    var labelMap: String?

    @Option(help: ArgumentHelp("Without --queries: the share of the catalog that is held out.", valueName: "share"))
    var holdout = 0.05

    @Option(help: ArgumentHelp("Without --queries: hold out the items of this CSV's column id.", valueName: "file.csv"))
    var holdoutIds: String?

    @Option(help: ArgumentHelp("Seed of the held-out share and of the intervals.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        name: .short, help: ArgumentHelp("Places looked at; may be repeated, the first counts.", valueName: "count"))
    var k: [Int] = [5]

    @Option(help: ArgumentHelp("Samples for intervals and tests.", valueName: "count"))
    var resamples = 1000

    @Option(help: ArgumentHelp("JSON result of another model on the same queries.", valueName: "file.json"))
    var compare: String?

    @Option(help: ArgumentHelp("Write all figures as JSON.", valueName: "file.json"))
    var json: String?

    @Option(help: ArgumentHelp("Write a report with charts and pictures.", valueName: "file.html"))
    var html: String?

    func validate() throws {
        guard k.allSatisfy({ (1...1000).contains($0) }), Set(k).count == k.count, !k.isEmpty else {
            throw ValidationError("-k takes numbers from 1 to 1000, each once.")
        }
        guard holdout > 0, holdout < 1 else { throw ValidationError("--holdout takes a share between 0 and 1.") }
        guard (1...100_000).contains(resamples) else {
            throw ValidationError("--resamples takes a number from 1 to 100000.")
        }
        guard queries != nil || labelMap == nil else { throw ValidationError("--label-map needs --queries.") }
        guard queries != nil || change.isNone else {
            throw ValidationError("--fit, --jpeg-quality and --scale need --queries.")
        }
        guard queries == nil || holdoutIds == nil else {
            throw ValidationError("--queries and --holdout-ids exclude each other.")
        }
    }

    func run() throws {
        let map = try labelMap.map(LabelMap.init(path:))
        let other = try compare.map(EvaluationReport.init(path:))
        let folder = try catalog.folder()
        let model = try model.load()
        let indexed = try IndexedCatalog(database: try catalog.database(), model: model)
        let asked: AskedQueries
        if let queries {
            asked = try AskedQueries(path: queries, map: map, model: model, change: change)
        } else {
            asked = try AskedQueries(
                indexed, folder: folder,
                holdout: try holdoutIds.map(Holdout.init(idsIn:)) ?? .share(holdout, seed: seed),
                source: holdoutIds ?? "share \(holdout) of the catalog, seed \(seed)")
        }
        let gallery = try indexed.gallery(without: asked.heldOut, dimension: model.dimension)
        let results = try asked.evaluate(Evaluator(gallery: gallery, map: map, cutoffs: k))
        var report = EvaluationReport(
            setup: .init(
                model: model.name, source: asked.source, mapped: map != nil, cutoffs: k, gallery: gallery.items.count,
                resamples: resamples, seed: seed),
            results: results, skipped: asked.skipped)
        if let other, let compare { report.comparison = try Comparison(report, with: other, path: compare) }
        print(TextReport(report).text)
        if let json { try Self.write(try report.json(), to: json) }
        if let html {
            let photos = Dictionary(
                gallery.items.map { ($0.id, folder.absolutePath($0.imagePath)) },
                uniquingKeysWith: { first, _ in first })
            let page = HTMLReport(
                report, queryPhotos: Dictionary(uniqueKeysWithValues: asked.queries.map { ($0.id, $0.photo) }),
                itemPhotos: photos)
            try Self.write(Data(page.text.utf8), to: html)
        }
    }

    private static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
