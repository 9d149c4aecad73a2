import ArgumentParser
import CatalogStore
import Foundation
import PostgresStore
import Recommender
import Site
import VectorSearch

struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the nearest items to a photo.",
        discussion: "Searches what `vitrine index` or `vitrine serve` has indexed.")

    @Argument(help: "The photo: JPEG, PNG or WebP; - reads standard input.", completion: .file())
    var image: String

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var databases: DatabaseOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var index: IndexOptions

    @Option(name: .short, help: ArgumentHelp("How many items, 1 to 50.", valueName: "count"))
    var k = 5

    @Option(help: "cosine or euclidean.")
    var metric = Metric.cosine

    @Option(help: ArgumentHelp("Only items with this, as category=Dresses; may be repeated.", valueName: "name=value"))
    var filter: [String] = []

    @Option(help: ArgumentHelp("Only items that cost at least this.", valueName: "amount"))
    var priceMin: Double?

    @Option(help: ArgumentHelp("Only items that cost at most this.", valueName: "amount"))
    var priceMax: Double?

    @Flag(inversion: .prefixedNo, help: "Of each product, find the nearest item only.")
    var collapse = true

    @Flag(help: "Print the answer as JSON, in the shape of the API's.")
    var json = false

    func validate() throws {
        guard (1...50).contains(k) else { throw ValidationError("-k takes a number from 1 to 50.") }
        _ = try itemFilter()
    }

    func run() throws {
        let bytes = try readPhoto(image)
        let recommender = try indexed()
        let query = try recommender.query(photo: bytes, region: nil, detail: .vector)
        let start = ContinuousClock.now
        let matches = try recommender.nearest(
            to: query.vector, count: k, metric: metric, filter: try itemFilter(), collapses: collapse
        ).judged(query)
        if json {
            let timings = APISearchAnswer.Timings(
                decode: query.decodeMilliseconds, embed: query.embedMilliseconds, since: start)
            try printJSON(APISearchAnswer(model: recommender.modelName, timings: timings, matches: matches))
        } else {
            for match in matches { try printLine(Self.line(match)) }
        }
    }

    /// What is indexed, which has to be something.
    private func indexed() throws -> any ItemSearch {
        let found: any ItemSearch
        if let (shards, away) = try databases.reachedShards() {
            if let away { printError("vitrine: \(away)") }
            found = PostgresRecommender(
                model: try model.load(for: shards), shards: shards, cacheDirectory: catalog.data, kind: index.kind)
        } else {
            let recommender = try Recommender(
                model: try model.load(), database: try catalog.database(mayCreate: false),
                catalogPath: try catalog.folder().path, kind: index.kind)
            if collapse { try recommender.recognizeProducts() }
            found = recommender
        }
        guard found.itemCount > 0 else {
            let place = databases.database.isEmpty ? catalog.data : "the database"
            throw Failure("Nothing is indexed in \(place) for the model \(found.modelName). Run: vitrine index")
        }
        return found
    }

    private func itemFilter() throws -> ItemFilter {
        var filter = ItemFilter()
        for pair in self.filter {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw ValidationError("--filter takes name=value, such as category=Dresses, not \(pair).")
            }
            filter.accepted[String(pair[..<equals]), default: []].append(String(pair[pair.index(after: equals)...]))
        }
        guard priceMin != nil || priceMax != nil else { return filter }
        guard let price = PriceRange(minimum: priceMin, maximum: priceMax) else {
            throw ValidationError(
                "--price-min and --price-max take amounts of at least 0, the first not above the second.")
        }
        filter.price = price
        return filter
    }

    private static func line(_ match: Match) -> String {
        let item = match.item
        let details = [item.category, item.colour, item.gender].compactMap { $0 }.joined(separator: ", ")
        return String(format: "%.4f", match.score) + "  \(item.id)  \(oneLine(item.name ?? ""))"
            + (details.isEmpty ? "" : "  (\(oneLine(details)))") + "  \(match.closeness.rawValue)"
            + (match.variants.map { "  " + text($0) } ?? "")
    }

    private static func text(_ variants: ProductVariants) -> String {
        variants.colours > 1 ? "in \(variants.colours) colours" : "in \(variants.others.count + 1) versions"
    }
}

extension Metric: ExpressibleByArgument {}
