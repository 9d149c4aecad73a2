import CatalogStore

extension FacetTable {
    /// How many items there are for each choice, given the filter.
    ///
    /// The values of an attribute are counted among the items that pass the filters of all other attributes, and prices
    /// among those that pass all but the price's.
    ///
    /// - Parameters:
    ///   - filter: what is chosen.
    ///   - limit: how many values of an attribute, the accepted ones not counted in.
    /// - Returns: the counts.
    /// - Throws: ``RecommenderError`` as ``rows(matching:)``.
    /// - Complexity: O(rows · attributes + values · log limit); without a filter O(rows + values · log limit).
    public func facets(_ filter: ItemFilter = ItemFilter(), limit: Int = 20) throws(RecommenderError) -> Facets {
        let outcome = try FilterOutcome(of: filter, on: self)
        let passing = outcome.passing
        let attributes = columns.filter { $0.filled > 0 && !$0.isIdentifying }.map { column in
            let accepted = filter.values(of: column.name)
            let others = outcome.failingOnly(by: column.name.foldingASCII)
            let counts = filter.isEmpty ? column.counts : column.counts(in: [passing, others])
            return Facet(column, counts: counts, accepted: accepted, limit: limit)
        }
        let priced = [passing, outcome.failingOnly(by: FilterOutcome.price)]
        return Facets(matching: passing.count, attributes: attributes, prices: spans(of: priced))
    }

    /// The prices of rows in each currency.
    private func spans(of lists: [[UInt32]]) -> [PriceSpan] {
        var spans = [(count: Int, minimum: Double, maximum: Double)](
            repeating: (0, .infinity, -.infinity), count: currencies.values.count)
        for list in lists {
            for row in list where !prices[Int(row)].isNaN {
                let (price, currency) = (prices[Int(row)], Int(currencies.numbers[Int(row)]))
                spans[currency].count += 1
                spans[currency].minimum = min(spans[currency].minimum, price)
                spans[currency].maximum = max(spans[currency].maximum, price)
            }
        }
        return zip(currencies.values, spans).filter { $0.1.count > 0 }.map { name, span in
            PriceSpan(
                currency: name.isEmpty ? nil : name, count: span.count, minimum: span.minimum, maximum: span.maximum)
        }.sorted { ($1.count, $0.currency ?? "") < ($0.count, $1.currency ?? "") }
    }
}

extension FacetColumn {
    /// How many of the rows in these lists have each value.
    fileprivate func counts(in lists: [[UInt32]]) -> [Int] {
        var counts = [Int](repeating: 0, count: values.count)
        counts.withUnsafeMutableBufferPointer { counts in
            numbers.withUnsafeBufferPointer { numbers in
                for list in lists {
                    for row in list { counts[Int(numbers[Int(row)])] += 1 }
                }
            }
        }
        if !further.isEmpty {
            for list in lists {
                for row in list {
                    for number in further[Int(row)] ?? [] { counts[Int(number)] += 1 }
                }
            }
        }
        return counts
    }
}

extension Facet {
    /// The most frequent values of a column, and the accepted ones.
    fileprivate init(_ column: FacetColumn, counts: [Int], accepted: [String], limit: Int) {
        func value(_ number: Int, isAccepted: Bool) -> Value {
            Value(text: column.values[number], count: counts[number], isAccepted: isAccepted)
        }
        func precedes(_ a: Value, _ b: Value) -> Bool { (b.count, a.text) < (a.count, b.text) }
        var isAccepted = [Bool](repeating: false, count: counts.count)
        var values: [Value] = []
        for text in accepted {
            guard let number = column.number(of: text).map(Int.init) else { continue }
            if !isAccepted[number] { values.append(value(number, isAccepted: true)) }
            isAccepted[number] = true
        }
        // The best so far, in order; of many values few get past the last of them.
        var best: [Value] = []
        var others = 0
        for number in counts.indices.dropFirst() where counts[number] > 0 && !isAccepted[number] {
            others += 1
            let candidate = value(number, isAccepted: false)
            if best.count >= limit {
                guard let last = best.last, precedes(candidate, last) else { continue }
                best.removeLast()
            }
            best.insert(candidate, at: best.firstIndex { precedes(candidate, $0) } ?? best.count)
        }
        self.init(
            name: column.name, values: (values + best).sorted(by: precedes), further: others - best.count)
    }
}
