/// Which items are one product: the same piece in several colours, or listed several times. A product of one item is none
/// here.
///
/// A value of its own, made by ``ProductRecognizer`` from all items; it knows items by their identifiers. Those that it
/// does not know are products of their own.
public struct ProductGroups: Sendable, Equatable {
    /// One product with several items.
    public struct Group: Sendable, Equatable {
        /// The identifiers of its items, in the order in which they were recognised; at least two.
        public let ids: [String]
        /// How many different colours they have; 0 where none is stated.
        public let colours: Int

        /// A product.
        public init(ids: [String], colours: Int) {
            self.ids = ids
            self.colours = colours
        }
    }

    /// The products with several items, in the order of their first ones.
    public let groups: [Group]
    private let places: [String: Int]

    /// The products of these groups, no item of which is in two.
    public init(_ groups: [Group] = []) {
        self.groups = groups
        places = Dictionary(
            groups.enumerated().flatMap { place, group in group.ids.map { ($0, place) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The product of an item that has others beside it; `nil` for an item on its own. O(1).
    public func group(of id: String) -> Group? { places[id].map { groups[$0] } }

    /// The identifiers of an item's product, its own among them. O(1).
    public func ids(with id: String) -> [String] { group(of: id)?.ids ?? [id] }
}
