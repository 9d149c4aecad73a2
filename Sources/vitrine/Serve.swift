import ArgumentParser
import CatalogStore
import Embeddings
import Foundation
import HTTPCore
import Logging
import PhotoFetch
import PostgresStore
import Recommender
import Site

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the search in the browser and over the JSON API.",
        discussion: """
            Indexes first what is missing, unless told not to; with more than 50,000 items it does so while it serves.
            Changes are shown at once, whether they come by `vitrine index` or by the API. SIGTERM or Ctrl-C finishes the
            requests that run, at most ten seconds, and ends with status 0. Logs go to standard error, without addresses
            of visitors. A data directory that cannot be written to is served as it is, without indexing and changes.

            With --database the catalog is in PostgreSQL: any number of servers show it beside each other, and `vitrine index`
            and `vitrine embed --queue` fill it. --data then holds copies of photos, which may go at any time, and --catalog
            does not matter. While the database is away, searches are answered with 503; of several, the others go on and
            say that their answers are partial.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var databases: DatabaseOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var index: IndexOptions
    @OptionGroup var use: SiteUse

    @Option(help: "Address to listen on; 0.0.0.0 for all of this machine.")
    var host = "127.0.0.1"

    @Option(help: "Port; 0 takes any free one.")
    var port = 8080

    @Flag(
        inversion: .prefixedNo,
        help: "Show each product once, the nearest of its colours, where the address has no collapse=.")
    var collapse = true

    @Flag(
        inversion: .prefixedNo,
        help: "Fetch photos from addresses that visitors give: public http and https addresses only, 20 MB at the most."
    )
    var photoAddresses = true

    @Flag(help: "Drop items that are gone even if they are most of what is indexed.")
    var prune = false

    @Flag(inversion: .prefixedNo, help: "Index first what is missing, or serve what is indexed.")
    var indexing = true

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535.") }
    }

    func run() throws {
        let name = ProcessInfo.processInfo.environment["VITRINE_LOG_LEVEL"] ?? "info"
        let level = Logger.Level(rawValue: name) ?? .info
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "vitrine")

        let interruption = Interruption()
        let installation = try Installation.find()
        let metrics = PrometheusMetrics()
        let backend =
            if let shards = try databases.shards() {
                try ServedCatalog(
                    shards, model: model, data: catalog.data, kind: index.kind, logger: logger, metrics: metrics)
            } else {
                try localCatalog(logger, interruption)
            }
        defer { backend.finish() }
        let search = backend.search
        let site = try Site(
            recommender: search, templates: installation.templates, languages: installation.languages,
            publicFiles: installation.publicFiles,
            token: ProcessInfo.processInfo.environment["VITRINE_TOKEN"].flatMap { $0.isEmpty ? nil : $0 },
            collapses: collapse, options: try use.options(), fetcher: photoAddresses ? PhotoFetcher() : nil)
        var configuration = HTTPServerConfiguration()
        configuration.host = host
        configuration.port = port
        // More than cores, so that photos wait decoded while others are embedded: see EmbeddingQueue.
        configuration.computeThreads *= 8
        var router = Router()
        site.register(on: &router)
        HealthRoutes.register(on: &router, lifecycle: configuration.lifecycle, readiness: backend.readiness)
        router.on(.get, "/metrics", handler: metrics.handler)

        let server = HTTPServer(
            configuration: configuration, router: router, logger: logger, metrics: metrics,
            errorPage: site.errorPage)
        let boundPort = try server.start()
        // An address that a browser on this machine can open.
        let shown = ["127.0.0.1", "0.0.0.0", "::", "::1"].contains(host) ? "localhost" : host
        try printLine(
            "Vitrine serves \(counted(search.itemCount, "item")) at http://\(shown):\(boundPort)")
        if use.kiosk {
            try printLine("The kiosk is at http://\(shown):\(boundPort)/kiosk")
            if use.publicURL == nil {
                logger.notice("without --public-url, the kiosk's QR codes lead to the address that its browser uses")
            }
        }
        let indexer = backend.isToBeIndexed ? try startIndexing() : nil
        interruption.wait()
        indexer?.terminate()
        logger.info("finishing what runs")
        if !server.shutdown(grace: .seconds(10)) { logger.warning("some requests were cut off") }
    }

    /// The catalog of a data directory, brought up to date first if it is not large.
    private func localCatalog(_ logger: Logger, _ interruption: Interruption) throws -> ServedCatalog {
        let folder = try catalog.folder()
        let database = try catalog.database()
        let embedding = try model.load()
        logger.info(
            "model loaded",
            metadata: ["model": "\(embedding.name)", "precision": "\(embedding.precision.rawValue)"])
        // A large catalog takes a while to look through: it is served as it is indexed, and looked through beside.
        let isLarge = try database.hasEmbeddings(modelHash: embedding.hash, atLeast: Self.largeCatalog)
        let isWritable = database.access == .writable
        if !isWritable {
            let others =
                database.access == .readable
                ? "changes by others are shown" : "changes by others are not shown until it is started anew"
            logger.warning(
                "the data directory cannot be written to: this server changes nothing, and \(others)",
                metadata: ["data": "\(catalog.data)"])
        } else if indexing, !isLarge {
            try bringUpToDate(folder, database, embedding, interruption)
        }
        let recommender = try Recommender(
            model: embedding, database: database, catalogPath: folder.path, kind: index.kind,
            report: { logger.warning("\($0)") })
        return ServedCatalog(recommender, isToBeIndexed: indexing && isLarge && isWritable, logger: logger)
    }

    /// From how many items on a catalog is indexed beside serving it.
    private static let largeCatalog = 50_000

    /// `vitrine index` as a process of its own: its memory is given back at the end.
    private func startIndexing() throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [
                "index", "--catalog", catalog.catalog, "--data", catalog.data, "--model", model.model, "--precision",
                model.precision.rawValue, "--index", index.kind.rawValue,
            ] + (prune ? ["--prune"] : [])
        // Standard output is the server's own.
        process.standardOutput = FileHandle.standardError
        try process.run()
        return process
    }

    private func bringUpToDate(
        _ folder: CatalogFolder, _ database: CatalogDatabase, _ model: EmbeddingModel, _ interruption: Interruption
    ) throws {
        do {
            let report = try Index.index(
                folder: folder, database: database, model: model, prune: prune, interruption: interruption)
            printError(Index.text(report, all: false))
            if report.stopped { throw ExitCode(Failure.interrupted) }
        } catch let error as CatalogError where error.leavesIndexUsable {
            printError("vitrine: serving what is indexed. \(error)")
        }
    }
}
