/// What is known of an export before its first item.
package struct ExportHeading: Sendable, Equatable {
    /// Items that come.
    package let rows: Int
    /// Items that have no embedding of the model and are left out.
    package let withoutEmbedding: Int
    /// The names of all attributes, each as often as an item may have it: the columns of a table.
    package let attributes: [String]

    /// A heading.
    ///
    /// - Parameters:
    ///   - rows: items that come.
    ///   - withoutEmbedding: items that are left out.
    ///   - uses: how attributes are used; of several parts of a catalog, those of all of them.
    package init(rows: Int, withoutEmbedding: Int, attributes uses: [AttributeUse]) {
        self.rows = rows
        self.withoutEmbedding = withoutEmbedding
        attributes = AttributeUse.columns(uses)
    }
}

/// How the items of a catalog, or of a part of it, use an attribute.
package struct AttributeUse: Sendable, Equatable {
    /// Its name, in one spelling.
    package let name: String
    /// How often one item has it at the most.
    package let times: Int
    /// Its first place among the attributes of an item.
    package let place: Int

    /// A use.
    package init(name: String, times: Int, place: Int) {
        self.name = name
        self.times = times
        self.place = place
    }

    /// The columns that hold all of them: in the order of their places, then of their names' bytes.
    fileprivate static func columns(_ uses: [AttributeUse]) -> [String] {
        // By bytes: texts that are equivalent in Unicode may still be two columns.
        let all = Dictionary(uses.map { (Array($0.name.utf8), $0) }) { one, other in
            AttributeUse(name: one.name, times: max(one.times, other.times), place: min(one.place, other.place))
        }
        return all.values.sorted { one, other in
            one.place == other.place
                ? one.name.utf8.lexicographicallyPrecedes(other.name.utf8) : one.place < other.place
        }.flatMap { Array(repeating: $0.name, count: $0.times) }
    }
}
