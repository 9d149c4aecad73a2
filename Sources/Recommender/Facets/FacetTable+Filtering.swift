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
        for (row, failed) in outcome.failures.enumerated() where failed == 0 { rows.insert(row) }
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
    /// For each row 0 if it passes, one more than the number of the condition at which alone it fails, or ``several``.
    private(set) var failures: [UInt16]
    /// The folded names of the filtered attributes by the number of their condition; the last one stands for the price
    /// with its currency.
    private let conditions: [String]

    /// Fails more than one condition, or holds no item.
    private static let several = UInt16.max
    /// The name of the price's condition.
    static let price = "currency"

    /// - Complexity: O(rows · filtered attributes).
    init(of filter: ItemFilter, on table: FacetTable) throws(RecommenderError) {
        try table.check(filter)
        conditions = Set(filter.accepted.keys.map(\.foldingASCII)).subtracting([Self.price]).sorted() + [Self.price]
        failures = table.isPresent.map { $0 ? 0 : Self.several }
        for (condition, name) in conditions.dropLast().enumerated() {
            if let column = table.column(name) { note(condition, column, accepted: filter.values(of: name)) }
        }
        let currencies = filter.values(of: Self.price)
        let condition = conditions.count - 1
        if let price = filter.price {
            let accepts = table.currencies.acceptance(of: currencies)
            for row in failures.indices {
                let isInCurrency = currencies.isEmpty || accepts[Int(table.currencies.numbers[row])]
                if !(isInCurrency && price.contains(table.prices[row])) { note(condition, row) }
            }
        } else if !currencies.isEmpty {
            note(condition, table.currencies, accepted: currencies)
        }
    }

    /// The rows that pass everything, ascending. O(rows).
    var passing: [UInt32] { rows(0) }

    /// The rows that fail by one attribute and nothing else, ascending. O(rows), or O(1) if it is not filtered by.
    func failingOnly(by name: String) -> [UInt32] {
        conditions.firstIndex(of: name).map { rows(UInt16($0 + 1)) } ?? []
    }

    private func rows(_ failure: UInt16) -> [UInt32] {
        var rows: [UInt32] = []
        for (row, failed) in failures.enumerated() where failed == failure { rows.append(UInt32(row)) }
        return rows
    }

    private mutating func note(_ condition: Int, _ row: Int) {
        failures[row] = failures[row] == 0 ? UInt16(condition + 1) : Self.several
    }

    private mutating func note(_ condition: Int, _ column: FacetColumn, accepted: [String]) {
        let accepts = column.acceptance(of: accepted)
        // The few rows with several values are looked at again.
        let others = column.further.filter { $0.value.contains { accepts[Int($0)] } }.keys.map { ($0, failures[$0]) }
        column.numbers.withUnsafeBufferPointer { numbers in
            accepts.withUnsafeBufferPointer { accepts in
                failures.withUnsafeMutableBufferPointer { failures in
                    for row in failures.indices where !accepts[Int(numbers[row])] {
                        failures[row] = failures[row] == 0 ? UInt16(condition + 1) : Self.several
                    }
                }
            }
        }
        for (row, before) in others { failures[row] = before }
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
    package func values(of attribute: String) -> [String] {
        let folded = attribute.foldingASCII
        return accepted.filter { $0.key.foldingASCII == folded }.sorted { $0.key < $1.key }.flatMap(\.value)
    }
}
