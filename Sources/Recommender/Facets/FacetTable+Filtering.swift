import CatalogStore
import VectorSearch

extension FacetTable {
    /// The rows whose items pass a filter. O(rows · filtered attributes).
    ///
    /// - Throws: ``RecommenderError`` if the filter names an attribute that no item has, or a price without one of several
    ///   currencies.
    public func rows(matching filter: ItemFilter) throws(RecommenderError) -> RowSet {
        let outcome = try FilterOutcome(of: filter, on: self)
        var rows = RowSet(capacity: isPresent.count)
        for row in outcome.passing { rows.insert(Int(row)) }
        return rows
    }

    /// Refuses a filter that cannot be answered.
    func check(_ filter: ItemFilter) throws(RecommenderError) {
        for name in filter.accepted.keys.sorted() where column(name) == nil {
            throw .unknownAttribute(name, known: attributeNames)
        }
        guard filter.price != nil else { return }
        let known = currencyNames
        let named = Set(filter.values(of: currencies.name).map(\.foldingASCII))
        // Amounts of different currencies cannot be compared.
        if known.count > 1, named.count != 1 { throw .currencyNeeded(known: known) }
    }
}

/// What a filter makes of each row of a table: whether its item passes, or fails by one attribute alone. The latter are
/// those that would be there if something else were chosen of that attribute.
struct FilterOutcome {
    /// The rows that pass everything, ascending.
    let passing: [UInt32]
    /// For each filtered column, by the folded name of its attribute, the rows that fail there and nowhere else.
    let failingOnly: [String: [UInt32]]

    /// The key in ``failingOnly`` of the price and its currency.
    static let price = "currency"

    /// - Complexity: O(rows · filtered attributes).
    init(of filter: ItemFilter, on table: FacetTable) throws(RecommenderError) {
        try table.check(filter)
        // For each row 0 while it passes, else one more than the number of the condition at which it fails, or `several`.
        let several = UInt16.max
        var state = table.isPresent.map { $0 ? 0 : several }
        func note(_ condition: Int, _ fails: (Int) -> Bool) {
            for row in state.indices where fails(row) { state[row] = state[row] == 0 ? UInt16(condition + 1) : several }
        }
        let names = Set(filter.accepted.keys.map(\.foldingASCII)).subtracting([Self.price]).sorted()
        for (condition, name) in names.enumerated() {
            guard let column = table.column(name) else { continue }
            let accepts = column.acceptance(of: filter.values(of: name))
            note(condition) { row in
                !accepts[Int(column.numbers[row])] && column.further[row]?.contains { accepts[Int($0)] } != true
            }
        }
        let currencies = filter.values(of: Self.price)
        if filter.price != nil || !currencies.isEmpty {
            let accepts = table.currencies.acceptance(of: currencies)
            note(names.count) { row in
                (!currencies.isEmpty && !accepts[Int(table.currencies.numbers[row])])
                    || filter.price.map { !$0.contains(table.prices[row]) } ?? false
            }
        }
        var rows = [[UInt32]](repeating: [], count: names.count + 2)
        for (row, failed) in state.enumerated() where failed != several { rows[Int(failed)].append(UInt32(row)) }
        passing = rows[0]
        failingOnly = Dictionary(uniqueKeysWithValues: zip(names + [Self.price], rows.dropFirst()))
    }
}

extension FacetColumn {
    /// For each value's number whether it is among these; "none" is not.
    fileprivate func acceptance(of texts: [String]) -> [Bool] {
        var accepts = [Bool](repeating: false, count: values.count)
        for text in texts { number(of: text).map { accepts[Int($0)] = true } }
        accepts[0] = false
        return accepts
    }
}

extension ItemFilter {
    /// The accepted values of an attribute in any spelling of its name.
    func values(of attribute: String) -> [String] {
        let folded = attribute.foldingASCII
        return accepted.filter { $0.key.foldingASCII == folded }.sorted { $0.key < $1.key }.flatMap(\.value)
    }
}
