import CatalogStore
import Recommender
import Synchronization

/// The counts of a whole catalog, kept until it changes.
final class SummaryCache: Sendable {
    private struct Known: Sendable {
        let counts: CatalogCounts
        let generation: Int
        let cost: Duration
        let made: ContinuousClock.Instant
    }

    private let known = Mutex<Known?>(nil)

    /// Counting takes at most one part in so many of the time, once it takes long.
    private static let share = 20
    /// Up to this it takes no time worth saving.
    private static let short = Duration.milliseconds(50)

    /// The counts as they were last known.
    var latest: CatalogCounts? { known.withLock { $0?.counts } }

    /// The counts of now; of a catalog that takes long to count, as of some seconds ago while it changes.
    func counts(
        generation: Int, _ count: () throws(PostgresError) -> CatalogCounts
    ) throws(PostgresError) -> CatalogCounts {
        let start = ContinuousClock.now
        if let known = known.withLock(\.self) {
            if known.generation == generation { return known.counts }
            if known.cost > Self.short, start < known.made + known.cost * Self.share { return known.counts }
        }
        // Of a change between the two the generation is that of before: it is counted again then.
        let counts = try count()
        let end = ContinuousClock.now
        let made = Known(counts: counts, generation: generation, cost: end - start, made: end)
        known.withLock { if $0.map({ $0.generation <= generation }) ?? true { $0 = made } }
        return counts
    }
}

extension PostgresCatalog {
    /// What the whole catalog has.
    func summary() throws(PostgresError) -> CatalogCounts {
        try pool.read { connection throws(PostgresError) in
            try summaries.counts(generation: try Self.generation(connection)) { () throws(PostgresError) in
                try counts(FilterClause(ItemFilter(), after: 0, dictionary, connection), connection)
            }
        }
    }

    /// How many items there are for each choice, given the filter.
    func counts(_ filter: ItemFilter) throws(PostgresError) -> CatalogCounts {
        try pool.read { connection throws(PostgresError) in
            try counts(FilterClause(filter, after: 0, dictionary, connection), connection)
        }
    }

    /// One look at the items: each passes, or fails by one condition alone, or does not count.
    ///
    /// - Complexity: O(items · attributes), in the database.
    private func counts(
        _ clause: FilterClause, _ connection: PostgresConnection
    ) throws(PostgresError) -> CatalogCounts {
        // A condition that is NULL fails.
        let failures = clause.conditions.map { "CASE WHEN \($0.sql) THEN 0 ELSE 1 END" }.joined(separator: " + ")
        let places = clause.conditions.enumerated().map { "CASE WHEN \($1.sql) THEN 0 ELSE \($0 + 1) END" }
            .joined(separator: " + ")
        let priceCondition = (clause.conditions.firstIndex { $0.name == FilterClause.price } ?? -2) + 1
        let judged =
            clause.isEmpty
            ? "SELECT 0 AS failed, facets, price, currency FROM item"
            : "SELECT \(places) AS failed, facets, price, currency FROM item i WHERE \(failures) <= 1"
        let rows = try connection.query(
            """
            WITH judged AS MATERIALIZED (\(judged))
            SELECT 0, failed, value, count(*), NULL::float8, NULL::float8, NULL::text
                FROM judged, unnest(facets) value GROUP BY failed, value
            UNION ALL
            SELECT 1, failed, 0, count(*), min(price), max(price), currency
                FROM judged WHERE price <> 'NaN' AND failed IN (0, \(priceCondition)) GROUP BY failed, currency
            UNION ALL
            SELECT 2, 0, 0, count(*), NULL, NULL, NULL FROM judged WHERE failed = 0
            """, clause.parameters)
        let numbers = Set((0..<rows.count).filter { rows.integer($0, 0) == 0 }.map { rows.integer($0, 2) })
        let entries = try dictionary.entries(numbers.sorted(), connection)
        var counts = CatalogCounts()
        // In the order in which values came to be known, and so attributes.
        let order = (0..<rows.count).sorted { (rows.integer($0, 2), $0) < (rows.integer($1, 2), $1) }
        for row in order {
            let (failed, count) = (rows.integer(row, 1), rows.integer(row, 3))
            switch rows.integer(row, 0) {
            case 0:
                guard let entry = entries[rows.integer(row, 2)] else { continue }
                let name = entry.name.foldedForComparing
                var value = CatalogCounts.Value(text: entry.text)
                if failed == 0 {
                    value.passing = count
                } else if clause.conditions[failed - 1].name == name {
                    value.failing = count
                } else {
                    continue
                }
                counts.add(value, key: entry.text.foldedForComparing, attribute: name, spelled: entry.name)
            case 1:
                let currency = rows.optionalText(row, 6).flatMap { $0.isEmpty ? nil : $0 }
                counts.add(
                    PriceSpan(
                        currency: currency, count: count, minimum: rows.optionalDouble(row, 4) ?? 0,
                        maximum: rows.optionalDouble(row, 5) ?? 0))
            default: counts.matching = count
            }
        }
        return counts
    }
}
