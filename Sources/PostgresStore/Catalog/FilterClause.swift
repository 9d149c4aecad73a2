import CatalogStore
import Recommender

/// A filter as conditions on `item`, called `i`, with their parameters apart.
struct FilterClause: Sendable {
    /// One condition for each filtered attribute, in the order of their folded names, and one for price and currency.
    struct Condition: Sendable {
        /// The attribute's folded name; ``price`` for price and currency.
        let name: String
        let sql: String
    }

    /// The name of the condition for price and currency, which is the attribute's as well.
    static let price = "currency"

    private(set) var conditions: [Condition] = []
    private(set) var parameters: [PostgresParameter] = []

    /// Whether nothing is asked for.
    var isEmpty: Bool { conditions.isEmpty }

    /// All conditions together.
    var sql: String { conditions.isEmpty ? "true" : conditions.map(\.sql).joined(separator: " AND ") }

    /// A clause whose parameters come after `count` others.
    ///
    /// - Throws: ``PostgresError`` if the values' numbers cannot be looked up.
    init(
        _ filter: ItemFilter, after count: Int, _ dictionary: ValueDictionary, _ connection: PostgresConnection
    ) throws(PostgresError) {
        guard !filter.isEmpty else { return }
        let names = Set(filter.accepted.keys.map(\.foldedForComparing)).subtracting([Self.price]).sorted()
        for name in names {
            let numbers = try dictionary.numbers(name: name, values: filter.values(of: name), connection)
            parameters.append(.integers(numbers))
            conditions.append(Condition(name: name, sql: "i.facets && $\(count + parameters.count)::integer[]"))
        }
        let currencies = filter.values(of: Self.price)
        var parts: [String] = []
        if let price = filter.price {
            // NaN is above everything here.
            parameters += [.double(price.minimum ?? 0), .double(price.maximum ?? .infinity)]
            let last = count + parameters.count
            parts.append("i.price BETWEEN $\(last - 1)::float8 AND $\(last)::float8")
        }
        if !currencies.isEmpty {
            parameters.append(.integers(try dictionary.numbers(name: Self.price, values: currencies, connection)))
            parts.append("i.facets && $\(count + parameters.count)::integer[]")
        }
        if !parts.isEmpty {
            conditions.append(Condition(name: Self.price, sql: "(\(parts.joined(separator: " AND ")))"))
        }
    }
}
