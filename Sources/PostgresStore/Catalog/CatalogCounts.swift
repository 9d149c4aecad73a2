import CatalogStore
import Recommender

/// How many items there are of each value, among those that pass a filter and among those that fail by one condition
/// alone. Counts of several shards are added up.
struct CatalogCounts: Sendable {
    /// One value of an attribute.
    struct Value: Sendable {
        var text: String
        /// Among the items that pass everything.
        var passing = 0
        /// Among those that fail the condition of this attribute and no other.
        var failing = 0
    }

    /// An attribute and its values by what they are compared by.
    struct Attribute: Sendable {
        /// As the first item spells it.
        var name: String
        var values: [String: Value] = [:]
    }

    /// Items that pass everything.
    var matching = 0
    /// By folded name.
    var attributes: [String: Attribute] = [:]
    /// The folded names in the order of their first appearance.
    var order: [String] = []
    /// Prices in each currency, by its folded name; of items that pass all but the price's condition.
    var prices: [String: PriceSpan] = [:]

    /// Adds those of another shard.
    mutating func add(_ other: CatalogCounts) {
        matching += other.matching
        for name in other.order {
            guard let attribute = other.attributes[name] else { continue }
            for (key, value) in attribute.values {
                add(value, key: key, attribute: name, spelled: attribute.name)
            }
        }
        for span in other.prices.values { add(span) }
    }

    mutating func add(_ value: Value, key: String, attribute folded: String, spelled name: String) {
        if attributes[folded] == nil {
            attributes[folded] = Attribute(name: name)
            order.append(folded)
        }
        let known = attributes[folded]?.values[key]
        attributes[folded]?.values[key] = Value(
            text: known?.text ?? value.text, passing: (known?.passing ?? 0) + value.passing,
            failing: (known?.failing ?? 0) + value.failing)
    }

    mutating func add(_ span: PriceSpan) {
        let key = span.currency?.foldedForComparing ?? ""
        guard let known = prices[key] else {
            prices[key] = span
            return
        }
        prices[key] = PriceSpan(
            currency: known.currency, count: known.count + span.count, minimum: min(known.minimum, span.minimum),
            maximum: max(known.maximum, span.maximum))
    }
}

/// What the whole catalog has, of all shards: what can be filtered by.
extension CatalogCounts {
    private static let fixed = ["category", "colour", "gender"]

    /// The folded names of the attributes that make facets: those that listings begin with, then the others.
    private var facetOrder: [String] {
        Self.fixed.filter { attributes[$0] != nil }
            + order.filter { !Self.fixed.contains($0) && $0 != FilterClause.price }
    }

    /// The names that a filter may use, as `FacetTable.attributeNames`.
    var attributeNames: [String] {
        let fixed = (Self.fixed + [FilterClause.price]).filter { attributes[$0] != nil }
        return (fixed + order.filter { !fixed.contains($0) }).compactMap { attributes[$0]?.name }
    }

    /// The values of an attribute with their counts, the most frequent first.
    func values(of attribute: String) -> [(value: String, count: Int)] {
        (attributes[attribute.foldedForComparing]?.values.values).map { values in
            values.filter { $0.passing > 0 }.map { (value: $0.text, count: $0.passing) }
                .sorted { ($1.count, $0.value) < ($0.count, $1.value) }
        } ?? []
    }

    /// Refuses a filter that cannot be answered, as `FacetTable` does.
    func check(_ filter: ItemFilter) throws(RecommenderError) {
        for name in filter.accepted.keys.sorted() where attributes[name.foldedForComparing] == nil {
            throw .unknownAttribute(name, known: attributeNames)
        }
        guard filter.price != nil else { return }
        let known = values(of: FilterClause.price).map(\.value)
        let named = Set(filter.values(of: FilterClause.price).map(\.foldedForComparing))
        if known.count > 1, named.count != 1 { throw .currencyNeeded(known: known) }
    }

    /// Nearly as many values as items say nothing that one would choose from.
    private func isIdentifying(_ attribute: Attribute) -> Bool {
        let filled = attribute.values.values.reduce(0) { $0 + $1.passing }
        return attribute.values.count > max(20, filled / 2)
    }

    /// The facets of a filter.
    ///
    /// - Parameters:
    ///   - counts: those of the filter; these here are of the whole catalog.
    ///   - filter: what is chosen.
    ///   - limit: how many values of an attribute, the accepted ones not counted in.
    /// - Returns: the facets.
    func facets(_ counts: CatalogCounts, _ filter: ItemFilter, limit: Int) -> Facets {
        func precedes(_ a: Facet.Value, _ b: Facet.Value) -> Bool { (b.count, a.text) < (a.count, b.text) }
        let attributes = facetOrder.compactMap { folded -> Facet? in
            guard let known = self.attributes[folded], !isIdentifying(known) else { return nil }
            let counted = counts.attributes[folded]?.values ?? [:]
            func count(_ key: String) -> Int { counted[key].map { $0.passing + $0.failing } ?? 0 }
            let accepted = Set(filter.values(of: folded).map(\.foldedForComparing)).filter { known.values[$0] != nil }
            let chosen = accepted.map { key in
                Facet.Value(text: known.values[key]?.text ?? key, count: count(key), isAccepted: true)
            }
            let others = known.values.filter { !accepted.contains($0.key) && count($0.key) > 0 }.map { key, value in
                Facet.Value(text: value.text, count: count(key), isAccepted: false)
            }.sorted(by: precedes)
            return Facet(
                name: known.name, values: (chosen + others.prefix(limit)).sorted(by: precedes),
                further: max(0, others.count - limit))
        }
        return Facets(
            matching: counts.matching, attributes: attributes,
            prices: counts.prices.values.sorted { ($1.count, $0.currency ?? "") < ($0.count, $1.currency ?? "") })
    }
}
