import CatalogStore
import Recommender
import Testing

@Suite("Facet table")
struct FacetTableTests {
    /// Items drawn from few values, some of them absent, in two currencies.
    private static func items(_ count: Int, seed: UInt64) -> [CatalogItem] {
        var random = SplitMix64(state: seed)
        func pick(_ values: [String?]) -> String? { values.randomElement(using: &random) ?? nil }
        return (0..<count).map { index in
            let attributes = [
                ("season", pick(["Summer", "summer", "Winter", nil])), ("fit", pick(["slim", "wide", nil])),
            ]
            return CatalogItem(
                id: "\(index)", category: pick(["Shirts", "Dresses", "Shoes", nil]),
                colour: pick(["Red", "red", "Navy Blue", "Öko", nil]), gender: pick(["Men", "Women"]),
                price: Bool.random(using: &random) ? Double.random(in: 1...100, using: &random).rounded() : nil,
                currency: pick(["EUR", "USD"]),
                attributes: attributes.compactMap { name, value in value.map { (name: name, value: $0) } }
                    + (index % 7 == 0 ? [(name: "season", value: "Autumn")] : []))
        }
    }

    private static func values(_ item: CatalogItem, _ attribute: String) -> Set<String> {
        let all: [String?]
        switch attribute {
        case "category": all = [item.category]
        case "colour": all = [item.colour]
        case "gender": all = [item.gender]
        case "currency": all = [item.currency]
        default: all = item.attributes.filter { $0.name == attribute }.map(\.value)
        }
        return Set(all.compactMap { $0?.lowercased() })
    }

    /// The definition, item by item.
    private static func passes(_ item: CatalogItem, _ filter: ItemFilter) -> Bool {
        let hasValues = filter.accepted.allSatisfy { name, accepted in
            !values(item, name).isDisjoint(with: accepted.map { $0.lowercased() })
        }
        guard let price = filter.price else { return hasValues }
        guard let amount = item.price else { return false }
        return hasValues && amount >= price.minimum ?? 0 && amount <= price.maximum ?? .infinity
    }

    private static let filters = [
        ItemFilter(), ItemFilter(["colour": ["RED"]]),
        ItemFilter(["colour": ["Red", "navy blue"], "gender": ["Men"]]),
        ItemFilter(["season": ["autumn"], "category": ["Shirts", "Socks"]]),
        ItemFilter(["currency": ["EUR"]], price: PriceRange(minimum: 20, maximum: 60)),
        ItemFilter(
            ["currency": ["usd"], "fit": ["slim"], "season": ["Summer", "Winter"], "category": ["Dresses"]],
            price: PriceRange(minimum: 50)),
        ItemFilter(["category": ["Socks"]]),
    ]

    @Test("a filter lets through exactly the items that have one of the values of each attribute", arguments: filters)
    func filtering(filter: ItemFilter) throws {
        let items = Self.items(700, seed: 1)
        let rows = try FacetTable(items).rows(matching: filter)
        #expect(Array(rows) == items.indices.filter { Self.passes(items[$0], filter) })
    }

    @Test("the count of a value is what choosing it alone would give under the other filters", arguments: filters)
    func counting(filter: ItemFilter) throws {
        let items = Self.items(700, seed: 2)
        let facets = try FacetTable(items).facets(filter)
        #expect(facets.matching == items.filter { Self.passes($0, filter) }.count)
        #expect(facets.attributes.map(\.name) == ["category", "colour", "gender", "season", "fit"])
        for facet in facets.attributes {
            var expected: [String: Int] = [:]
            for value in Set(items.flatMap { Self.values($0, facet.name) }) {
                var chosen = filter
                chosen.accepted[facet.name] = [value]
                expected[value] = items.filter { Self.passes($0, chosen) }.count
            }
            for value in facet.values {
                #expect(expected[value.text.lowercased()] == value.count, "\(facet.name) \(value.text)")
                let accepted = filter.accepted[facet.name, default: []].map { $0.lowercased() }
                #expect(value.isAccepted == accepted.contains(value.text.lowercased()))
            }
            let listed = Set(facet.values.map { $0.text.lowercased() })
            #expect(listed.isSuperset(of: expected.filter { $0.value > 0 }.keys))
            #expect(facet.values.map(\.count) == facet.values.map(\.count).sorted(by: >) && facet.further == 0)
        }
    }

    @Test("prices are those that pass every other filter, in each currency", arguments: filters)
    func prices(filter: ItemFilter) throws {
        let items = Self.items(700, seed: 3)
        var others = filter
        others.price = nil
        others.accepted["currency"] = nil
        let facets = try FacetTable(items).facets(filter)
        for currency in ["EUR", "USD"] {
            let amounts = items.filter { $0.currency == currency && Self.passes($0, others) }.compactMap(\.price)
            let span = facets.prices.first { $0.currency == currency }
            #expect(span?.count ?? 0 == amounts.count)
            #expect(span?.minimum == amounts.min() && span?.maximum == amounts.max())
        }
    }

    @Test("a table that was changed item by item answers as one made anew")
    func changing() throws {
        var items: [CatalogItem?] = Self.items(300, seed: 4)
        let others = Self.items(400, seed: 5)
        var table = FacetTable(items.compactMap { $0 })
        let before = table
        for row in stride(from: 0, to: 400, by: 3) {
            while items.count <= row { items.append(nil) }
            items[row] = row % 2 == 0 ? others[row] : nil
            table.set(items[row], row: row)
        }
        for filter in Self.filters {
            let expected = items.indices.filter { row in items[row].map { Self.passes($0, filter) } ?? false }
            #expect(try Array(table.rows(matching: filter)) == expected)
            let anew = try FacetTable(items.compactMap { $0 }).facets(filter)
            #expect(try table.facets(filter).matching == anew.matching)
            for (facet, expected) in zip(try table.facets(filter).attributes, anew.attributes) {
                // The spelling of a value is that of the first item ever seen.
                #expect(
                    facet.values.map { "\($0.text.lowercased()) \($0.count)" }.sorted()
                        == expected.values.map { "\($0.text.lowercased()) \($0.count)" }.sorted())
            }
        }
        #expect(try Array(before.rows(matching: ItemFilter())) == Array(0..<300), "a copy changes no other")
    }

    @Test("of many values the most frequent come, and how many more there are; the accepted ones always")
    func manyValues() throws {
        // Value v0 once, v1 twice and so on, each under its own brand.
        let items = (0..<60).flatMap { value in
            (0...value).map { CatalogItem(id: "\(value)-\($0)", attributes: [(name: "brand", value: "v\(value)")]) }
        }
        let table = FacetTable(items)
        let brands = try #require(try table.facets(limit: 3).attributes.first)
        #expect(brands.values.map(\.text) == ["v59", "v58", "v57"] && brands.further == 57)
        let chosen = try #require(try table.facets(ItemFilter(["brand": ["V2"]]), limit: 3).attributes.first)
        #expect(chosen.values.map(\.text) == ["v59", "v58", "v57", "v2"] && chosen.further == 56)
        #expect(chosen.values.last == Facet.Value(text: "v2", count: 3, isAccepted: true))
    }

    @Test("equally frequent values come in alphabetical order")
    func ties() throws {
        let items = ["c", "a", "b", "d"].map { CatalogItem(id: $0, category: $0) }
        #expect(try FacetTable(items).facets(limit: 3).attributes.first?.values.map(\.text) == ["a", "b", "c"])
    }

    @Test("an attribute with a value for each item is no facet, and can still be filtered by")
    func articleNumbers() throws {
        let items = (0..<50).map {
            CatalogItem(id: "\($0)", gender: "Men", attributes: [(name: "sku", value: "s\($0)")])
        }
        let table = FacetTable(items)
        #expect(try table.facets().attributes.map(\.name) == ["gender"])
        #expect(try Array(table.rows(matching: ItemFilter(["SKU": ["S7"]]))) == [7])
    }

    @Test("a price needs its currency where there are several, and none where there is one")
    func currencies() throws {
        let range = try #require(PriceRange(minimum: 5, maximum: 15))
        func table(_ currencies: [String?]) -> FacetTable {
            FacetTable(currencies.enumerated().map { CatalogItem(id: "\($0)", price: 10, currency: $1) })
        }
        #expect(try table(["EUR", nil]).rows(matching: ItemFilter(price: range)).count == 2)
        #expect(try table([nil, nil]).rows(matching: ItemFilter(price: range)).count == 2)
        let several = table(["EUR", "EUR", "USD", nil])
        for accepted in [[:], ["currency": ["EUR", "USD"]]] as [[String: [String]]] {
            #expect(throws: RecommenderError.currencyNeeded(known: ["EUR", "USD"])) {
                try several.rows(matching: ItemFilter(accepted, price: range))
            }
        }
        #expect(try several.rows(matching: ItemFilter(["currency": ["usd"]], price: range)).count == 1)
        #expect(try several.rows(matching: ItemFilter(["currency": ["EUR", "USD"]])).count == 3)
    }

    @Test("a range holds both its ends; one that is upside down, negative or no number cannot be made")
    func ranges() throws {
        let range = try #require(PriceRange(minimum: 10, maximum: 20))
        #expect([9.99, 10, 20, 20.01, .nan].map(range.contains) == [false, true, true, false, false])
        #expect(PriceRange(minimum: 10)?.contains(1e9) == true && PriceRange(maximum: 10)?.contains(0) == true)
        for (minimum, maximum) in [(20, 10), (-1, nil), (nil, -1), (.nan, nil), (nil, .infinity)]
            as [(Double?, Double?)]
        {
            #expect(PriceRange(minimum: minimum, maximum: maximum) == nil)
        }
    }
}

/// Steele, Lea and Flood 2014: the same numbers in every run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
