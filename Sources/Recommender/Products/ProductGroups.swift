/// Which rows are one product: the same piece in several colours, or listed several times. A product of one row is none
/// here.
///
/// A value of its own, made by ``ProductRecognizer`` from all items. Rows that came after it was made are products of
/// their own.
public struct ProductGroups: Sendable, Equatable {
    /// One product with several rows.
    public struct Group: Sendable, Equatable {
        /// Its rows, ascending; at least two.
        public internal(set) var rows: [Int]
        /// How many different colours they have; 0 where none is stated.
        public internal(set) var colours: Int

        /// A product.
        public init(rows: [Int], colours: Int) {
            self.rows = rows
            self.colours = colours
        }
    }

    /// The products with several rows, in the order of their first rows.
    public private(set) var groups: [Group]
    private var places: [Int: Int]

    /// The products of these groups, no row of which is in two.
    public init(_ groups: [Group] = []) {
        self.groups = groups
        places = Dictionary(
            groups.enumerated().flatMap { place, group in group.rows.map { ($0, place) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The product of a row that has others beside it; `nil` for a row on its own. O(1).
    public func group(of row: Int) -> Group? { places[row].map { groups[$0] } }

    /// The rows of a row's product, itself among them. O(rows).
    public func rows(with row: Int) -> [Int] { group(of: row)?.rows ?? [row] }

    /// Makes a row a product of its own, since its item was changed or removed. O(rows of its product).
    public mutating func separate(_ row: Int) {
        guard let place = places.removeValue(forKey: row) else { return }
        groups[place].rows.removeAll { $0 == row }
        guard groups[place].rows.count < 2 else { return }
        // Places of the others stay as they are.
        for rest in groups[place].rows { places[rest] = nil }
        groups[place] = Group(rows: [], colours: 0)
    }
}
