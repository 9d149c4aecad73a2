/// Which items of databases are one product, as it was last recognised and as searches show it.
public struct RecognizedProducts: Sendable {
    /// A product of several items.
    public struct Product: Sendable {
        /// How many different colours they have; 0 where none is stated.
        public let colours: Int
        /// The items, in the order of their identifiers.
        public let items: [Item]
    }

    /// What tells people which item it is.
    public struct Item: Sendable {
        /// Its identifier.
        public let id: String
        /// Its name.
        public let name: String?
        /// Its colour.
        public let colour: String?
    }

    /// Items that can be found.
    public let items: Int
    /// Whether no item has changed since products were recognised.
    public let isCurrent: Bool
    /// The products with several items, in the order of their first ones.
    public let products: [Product]
}

extension ShardSet {
    /// The products that were recognised. Each database is read as of one moment; every one has to be there.
    ///
    /// - Throws: ``PostgresError``.
    /// - Complexity: O(items that are not alone in their product) memory.
    public func recognizedProducts() throws(PostgresError) -> RecognizedProducts {
        var (count, isCurrent) = (0, true)
        var members: [ProductMember] = []
        var snapshots: [CatalogSnapshot] = []
        for catalog in catalogs { snapshots.append(try CatalogSnapshot(of: catalog)) }
        for snapshot in snapshots {
            let part = try snapshot.products()
            count += part.items
            isCurrent = isCurrent && part.isCurrent
            members += part.members
        }
        let products = Dictionary(grouping: members, by: \.product).values.compactMap { members in
            // Of an item whose others were removed since, there is nothing to say.
            members.count < 2
                ? nil
                : RecognizedProducts.Product(
                    colours: members[0].colours, items: members.sorted { $0.position < $1.position }.map(\.item))
        }
        return RecognizedProducts(
            items: count, isCurrent: isCurrent,
            products: products.sorted { $0.items[0].id.utf8.lexicographicallyPrecedes($1.items[0].id.utf8) })
    }
}

/// An item in its product.
private struct ProductMember {
    let product: String
    let position: Int
    let colours: Int
    let item: RecognizedProducts.Item
}

extension CatalogSnapshot {
    /// How many items there are, whether they are those that products were recognised of, and those that are not alone in
    /// theirs.
    fileprivate func products() throws(PostgresError) -> (items: Int, isCurrent: Bool, members: [ProductMember]) {
        try read { connection throws(PostgresError) in
            let state = try connection.query(
                """
                SELECT (SELECT count(*) FROM item),
                    recognized_generation = (SELECT sum(number) FROM generation) FROM catalog
                """, timeLimit: .seconds(600))
            let cursor = try PostgresCursor(
                """
                SELECT p.product, p.position, p.colours, i.id, i.name, i.colour
                FROM product_item p JOIN item i ON i.number = p.item
                """, on: connection)
            var members: [ProductMember] = []
            while let rows = try cursor.next() {
                for row in 0..<rows.count {
                    members.append(
                        ProductMember(
                            product: rows.text(row, 0), position: rows.integer(row, 1), colours: rows.integer(row, 2),
                            item: RecognizedProducts.Item(
                                id: rows.text(row, 3), name: rows.optionalText(row, 4),
                                colour: rows.optionalText(row, 5))))
                }
            }
            return (state.integer(0, 0), state.boolean(0, 1), members)
        }
    }
}
