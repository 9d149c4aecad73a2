import HTTPCore
import CatalogStore
import Recommender
import VectorSearch

/// What the query of an address asks for.
package struct SearchParameters: Sendable {
    /// Who sent the query. Both are told what is wrong with it; a shopper's page stands without a price that is none, which
    /// its form asks for again, and without items that were marked and are gone.
    package enum Sender: Sendable {
        case program, page
    }

    /// How many items, 1 to 50.
    package var count: Int
    /// How nearness is measured.
    package var metric: Metric
    /// The filters in the order of the query, with names as they were given; empty values are left out, since an
    /// untouched field of a form sends one.
    package var filters: [(name: String, value: String)]
    /// The accepted prices.
    package var price: PriceRange?
    /// The ends of ``price`` as they were given.
    package var priceQuery: [(name: String, value: String)]
    /// What a page says about a part of the query that was left out.
    package var problem: PriceProblem?
    /// How many marked items a page left out since the catalog has them no more.
    package private(set) var goneMarks = 0
    /// Whether each product is found once; `nil` leaves it to the site.
    package var collapse: Bool?
    /// How many values of each attribute are to be counted; `nil` if facets are not asked for.
    package var facetLimit: Int?
    /// What the visitor said of what was found.
    package var refinement: Refinement
    /// Which photo of an upload is looked at.
    package var view = PhotoView()

    /// How many items are found where the query does not say.
    package static let defaultCount = 5
    private static let reserved: Set<String> = [
        "k", "metric", "price_min", "price_max", "facets", "facet_limit", "collapse",
    ]

    /// Reads a query. Every parameter that is neither one of the search's own nor in `reserved` is a filter; one that is
    /// repeated accepts any of its values.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - reserved: the names of parameters that are read elsewhere.
    ///   - sender: who sent it.
    ///   - numbers: how the page's language writes prices; they may be typed in that way too.
    /// - Throws: `HTTPError` 400 `invalid_parameter`.
    package init(
        _ request: HTTPRequest, reserved: Set<String> = [], from sender: Sender = .program,
        numbers: NumberFormat? = nil
    ) throws(HTTPError) {
        count = try Self.number("k", in: request, from: 1, through: 50) ?? Self.defaultCount
        metric = .cosine
        if let name = request.query("metric") {
            guard let known = Metric(rawValue: name) else {
                throw Self.invalid("metric", "metric is \"\(name)\"; it can be cosine or euclidean.", value: name)
            }
            metric = known
        }
        refinement = try Refinement(request, from: sender)
        filters = request.query.filter {
            !Self.reserved.contains($0.name) && !Refinement.names.contains($0.name) && !reserved.contains($0.name)
                && !$0.value.isEmpty
                // Campaign tags that newsletters and advertisements append to links.
                && !$0.name.hasPrefix("utm_")
        }
        priceQuery = request.query.filter { ["price_min", "price_max"].contains($0.name) && !$0.value.isEmpty }
        collapse = try Self.flag("collapse", in: request)
        let wantsFacets = try Self.flag("facets", in: request) ?? false
        let limit = try Self.number("facet_limit", in: request, from: 1, through: 1000) ?? 20
        facetLimit = wantsFacets ? limit : nil
        do {
            if let numbers {
                // Links carry the plain form, which is read in every language.
                priceQuery = priceQuery.map { (name: $0.name, value: numbers.plain($0.value) ?? $0.value) }
            }
            price = try Self.priceRange(of: priceQuery)
        } catch {
            guard sender == .page else { throw error.refusal }
            problem = error
            priceQuery = []
        }
    }

    /// The filters, gathered by attribute, with the colour that the same cut is wanted in.
    package var filter: ItemFilter {
        var filter = ItemFilter(Dictionary(grouping: filters, by: \.name).mapValues { $0.map(\.value) }, price: price)
        if let colour = refinement.colour {
            let chosen = chosen("colour")
            filter.accepted = filter.accepted.filter { $0.key.lowercased() != "colour" }
            // Both hold, as all filters do.
            let isAccepted = chosen.isEmpty || chosen.contains { $0.lowercased() == colour.lowercased() }
            filter.accepted["colour"] = isAccepted ? [colour] : []
        }
        return filter
    }

    /// The values of an attribute that are filtered by.
    package func chosen(_ attribute: String) -> [String] {
        filters.filter { $0.name.lowercased() == attribute }.map(\.value)
    }

    /// The first currency that is asked for.
    package var currency: String? { filters.first { $0.name.lowercased() == "currency" }?.value }

    /// The pairs of the query that make the filter.
    package var filterQuery: [(name: String, value: String)] { filters + priceQuery }

    /// The other pairs of the query, but for what is as it would be without them.
    package var otherQuery: [(name: String, value: String)] {
        view.query + (count == Self.defaultCount ? [] : [(name: "k", value: String(count))])
            + (metric == .cosine ? [] : [(name: "metric", value: metric.rawValue)])
            + (collapse.map { [(name: "collapse", value: $0 ? "1" : "0")] } ?? [])
    }

    /// The query of an address that asks for the same.
    package var addressQuery: [(name: String, value: String)] { filterQuery + refinement.query + otherQuery }

    /// ``addressQuery``, or `nil` where a part of the query was left out, so that the page keeps its address as it was.
    package var ownQuery: [(name: String, value: String)]? { problem == nil && goneMarks == 0 ? addressQuery : nil }

    /// What a page says of the parts of the query that were left out; `nil` for none.
    package func notice(in language: Language) -> String? {
        let texts = [
            problem?.text(in: language),
            goneMarks > 0 ? language.text("refine.gone", count: goneMarks) : nil,
        ].compactMap { $0 }
        return texts.isEmpty ? nil : texts.joined(separator: " ")
    }

    /// Leaves out the marked items that the catalog does not have: links outlive items.
    package mutating func leaveOutGone(from search: any ItemSearch) throws {
        guard !refinement.marked.isEmpty else { return }
        let known = Set(try search.items(ids: refinement.marked).map(\.id))
        // What a part of the catalog has that cannot be reached is not gone.
        guard AnswerCoverage.gap == nil else { return }
        for id in refinement.marked where !known.contains(id) {
            refinement = refinement.without(id)
            goneMarks += 1
        }
    }

    /// Refuses a colour for the same cut that no item has: there is nothing to go by.
    ///
    /// - Throws: `HTTPError` 400 `unknown_colour`.
    package func checkColour(in search: any ItemSearch) throws(HTTPError) {
        guard let colour = refinement.colour else { return }
        let known = search.values(of: "colour").map(\.value)
        guard !known.isEmpty, !known.contains(where: { $0.lowercased() == colour.lowercased() }) else { return }
        let shown = known.prefix(Self.mostNamed).joined(separator: ", ") + (known.count > Self.mostNamed ? ", …" : "")
        throw HTTPError(
            400, code: "unknown_colour",
            message: "No item has the colour \"\(colour.prefix(100))\". There are: \(shown).",
            details: ["name": "as_colour", "value": String(colour.prefix(100))])
    }

    /// The most values that a refusal names.
    private static let mostNamed = 60

    /// Runs a page's search. Filters by what is no attribute are dropped, and it runs again: links to pages get tags
    /// of newsletters and advertisements appended, which must not break them. A price without its currency is taken for
    /// one in the most frequent currency, which the page shows.
    package mutating func mended<Found>(_ search: (SearchParameters) throws -> Found) throws -> Found {
        do {
            return try search(self)
        } catch RecommenderError.unknownAttribute(_, let known) {
            let names = Set(known.map { $0.lowercased() })
            filters.removeAll { !names.contains($0.name.lowercased()) }
            if !names.contains("colour") { refinement.colour = nil }
        } catch RecommenderError.currencyNeeded(let known) {
            filters.removeAll { $0.name.lowercased() == "currency" }
            filters += known.prefix(1).map { (name: "currency", value: $0) }
        }
        return try mended(search)
    }

    /// A whole number of the query within bounds; `nil` if it is not there.
    ///
    /// - Throws: `HTTPError` 400 `invalid_parameter`.
    package static func number(
        _ name: String, in request: HTTPRequest, from lower: Int, through upper: Int
    ) throws(HTTPError) -> Int? {
        guard let text = request.query(name) else { return nil }
        guard let value = Int(text), value >= lower, value <= upper else {
            throw invalid(
                name, "\(name) is \"\(text)\"; it must be a whole number from \(lower) to \(upper).", value: text)
        }
        return value
    }

    /// A yes or no of the query; `nil` if it is not there.
    static func flag(_ name: String, in request: HTTPRequest) throws(HTTPError) -> Bool? {
        guard let text = request.query(name) else { return nil }
        switch text {
        case "1", "true": return true
        case "0", "false": return false
        default: throw invalid(name, "\(name) is \"\(text)\"; it must be 1 or 0.", value: text)
        }
    }

    private static func priceRange(of query: [(name: String, value: String)]) throws(PriceProblem) -> PriceRange? {
        func end(_ name: String) throws(PriceProblem) -> Double? {
            let given = query.filter { $0.name == name }
            guard let text = given.first?.value else { return nil }
            guard given.count == 1 else { throw .repeated(name) }
            // `Double` reads hexadecimal numbers and infinities as well, which nobody means here.
            guard text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(text),
                value.isFinite
            else { throw .noNumber(name, text) }
            return value
        }
        let (minimum, maximum) = (try end("price_min"), try end("price_max"))
        guard minimum != nil || maximum != nil else { return nil }
        guard let range = PriceRange(minimum: minimum, maximum: maximum) else {
            throw .reversed
        }
        return range
    }

    /// A refusal of a parameter; `value` is what was given, for those who say it in other words.
    static func invalid(_ name: String, _ message: String, value: String? = nil) -> HTTPError {
        var details = ["name": name]
        details["value"] = value.map { String($0.prefix(100)) }
        return HTTPError(400, code: "invalid_parameter", message: message, details: details)
    }
}
