import GRDB

extension CatalogDatabase {
    /// Hands over every item with its attributes, in the order of identifiers, one at a time.
    ///
    /// All of them are of one moment: what is written meanwhile is not seen.
    ///
    /// - Complexity: O(items + attributes) time, O(1) memory: two passes side by side, each in the order of its primary
    ///   key.
    public func forEachItem(_ body: (CatalogItem) throws -> Void) throws {
        try pool.read { database in
            let attributes = try Row.fetchCursor(
                database, sql: "SELECT item_id, name, value FROM attribute ORDER BY item_id, position")
            var pending = try attributes.next()
            let items = try Row.fetchCursor(database, sql: "SELECT \(Self.itemColumns) FROM item ORDER BY id")
            while let row = try items.next() {
                let id: String = row[0]
                var found: [(name: String, value: String)] = []
                // A foreign key binds every attribute to an item, so none is passed over.
                while let attribute = pending, attribute[0] as String == id {
                    found.append((name: attribute[1], value: attribute[2]))
                    pending = try attributes.next()
                }
                try body(Self.item(row, attributes: found))
            }
        }
    }
}
