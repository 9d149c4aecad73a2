import HTTPCore
import CatalogStore
import Recommender
import VectorSearch

/// What the query of an address asks for.
package struct SearchParameters: Sendable {
    /// How many items, 1 to 50.
    package var count: Int
    /// How nearness is measured.
    package var metric: Metric
    /// The filters in the order of the query, with names as they were given; empty values are left out, since an
    /// untouched `<select>` sends one.
    package var filters: [(name: String, value: String)]

    /// Reads a query. Every parameter that is neither `k`, `metric` nor in `reserved` is a filter; one that is
    /// repeated accepts any of its values.
    ///
    /// - Throws: `HTTPError` 400 `invalid_parameter`.
    package init(_ request: HTTPRequest, reserved: Set<String> = []) throws(HTTPError) {
        count = try Self.number("k", in: request, from: 1, through: 50) ?? 5
        metric = .cosine
        if let name = request.query("metric") {
            guard let known = Metric(rawValue: name) else {
                throw HTTPError(
                    400, code: "invalid_parameter",
                    message: "metric is \"\(name)\"; it can be cosine or euclidean.")
            }
            metric = known
        }
        filters = request.query.filter {
            $0.name != "k" && $0.name != "metric" && !reserved.contains($0.name) && !$0.value.isEmpty
                // Campaign tags that newsletters and advertisements append to links.
                && !$0.name.hasPrefix("utm_")
        }
    }

    /// The filters, gathered by attribute.
    package var filter: ItemFilter {
        ItemFilter(Dictionary(grouping: filters, by: \.name).mapValues { $0.map(\.value) })
    }

    /// Runs a page's search. Filters by what is no attribute are dropped, and it runs again: links to pages get tags
    /// of newsletters and advertisements appended, which must not break them.
    package mutating func leavingOutUnknown<Found>(_ search: (SearchParameters) throws -> Found) throws -> Found {
        do {
            return try search(self)
        } catch RecommenderError.unknownAttribute(_, let known) {
            let names = Set(known.map { $0.lowercased() })
            filters.removeAll { !names.contains($0.name.lowercased()) }
            return try search(self)
        }
    }

    /// A whole number of the query within bounds; `nil` if it is not there.
    ///
    /// - Throws: `HTTPError` 400 `invalid_parameter`.
    package static func number(
        _ name: String, in request: HTTPRequest, from lower: Int, through upper: Int
    ) throws(HTTPError) -> Int? {
        guard let text = request.query(name) else { return nil }
        guard let value = Int(text), value >= lower, value <= upper else {
            throw HTTPError(
                400, code: "invalid_parameter",
                message: "\(name) is \"\(text)\"; it must be a whole number from \(lower) to \(upper).")
        }
        return value
    }
}
