import CatalogStore
import VectorSearch

/// The attributes and prices of all items, column by column in memory: answers which items pass a filter, and how many
/// there would be for each choice.
///
/// A value of its own: it is built from the items, row by row in the order of the index, and can be copied and changed
/// where some items change. A copy shares its columns until it is changed; then it costs 4 bytes an item and attribute.
public struct FacetTable: Sendable {
    /// `category`, `colour`, `gender`, then the other attributes in the order of their first appearance.
    private(set) var columns = Self.fixed.map { FacetColumn(name: $0, rows: 0) }
    private var places: [String: Int] = Dictionary(uniqueKeysWithValues: zip(fixed, fixed.indices))
    private(set) var currencies = FacetColumn(name: "currency", rows: 0)
    /// Not a number where there is none.
    private(set) var prices: [Double] = []
    /// Which rows hold an item.
    private(set) var isPresent: [Bool] = []
    /// How many rows hold an item.
    public private(set) var count = 0

    private static let fixed = ["category", "colour", "gender"]

    /// An empty table.
    public init() {}

    /// A table of these items, one a row. O(items · attributes).
    public init(_ items: some Sequence<CatalogItem>) {
        for item in items { set(item, row: isPresent.count) }
    }

    /// Puts an item in a row, in the place of what is there, or takes it out with `nil`. Rows between the last one and
    /// this one become empty ones. O(attributes), once the columns are this copy's own.
    public mutating func set(_ item: CatalogItem?, row: Int) {
        grow(to: row + 1)
        if isPresent[row] {
            for index in columns.indices { columns[index].clear(row) }
            currencies.clear(row)
            prices[row] = .nan
            isPresent[row] = false
            count -= 1
        }
        guard let item else { return }
        isPresent[row] = true
        count += 1
        for (index, value) in [item.category, item.colour, item.gender].enumerated() {
            columns[index].add(value ?? "", row: row)
        }
        for (position, attribute) in item.attributes.enumerated() {
            // Items of one catalog have the same attributes in the same order.
            let guess = Self.fixed.count + position
            let index =
                guess < columns.count && columns[guess].name == attribute.name ? guess : place(adding: attribute.name)
            columns[index].add(attribute.value, row: row)
        }
        currencies.add(item.currency ?? "", row: row)
        prices[row] = item.price ?? .nan
    }

    /// The names that a filter may use: those that any item has.
    public var attributeNames: [String] {
        let all = columns[..<Self.fixed.count] + [currencies] + columns[Self.fixed.count...]
        return all.filter { $0.filled > 0 }.map(\.name)
    }

    /// The values of an attribute and how many items have each, most frequent first. O(values · log values).
    public func values(of attribute: String) -> [(value: String, count: Int)] {
        guard let column = column(attribute) else { return [] }
        return zip(column.values, column.counts).filter { $0.1 > 0 }.map { (value: $0, count: $1) }
            .sorted { ($1.count, $0.value) < ($0.count, $1.value) }
    }

    /// The currencies that items have, the most frequent first.
    public var currencyNames: [String] { values(of: currencies.name).map(\.value) }

    /// The column of an attribute; `nil` if no item has it.
    func column(_ name: String) -> FacetColumn? {
        let folded = name.foldingASCII
        let column = folded == currencies.name ? currencies : places[folded].map { columns[$0] }
        return column.flatMap { $0.filled > 0 ? $0 : nil }
    }

    private mutating func place(adding name: String) -> Int {
        let folded = name.foldingASCII
        if let place = places[folded] { return place }
        places[folded] = columns.count
        columns.append(FacetColumn(name: name, rows: isPresent.count))
        return columns.count - 1
    }

    private mutating func grow(to rows: Int) {
        guard rows > isPresent.count else { return }
        let added = rows - isPresent.count
        prices.append(contentsOf: repeatElement(.nan, count: added))
        isPresent.append(contentsOf: repeatElement(false, count: added))
        currencies.grow(to: rows)
        for index in columns.indices { columns[index].grow(to: rows) }
    }
}
