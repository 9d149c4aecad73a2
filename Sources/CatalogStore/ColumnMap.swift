/// Which column of a catalog's CSV is which field of an item, where its header does not say so by itself.
public struct ColumnMap: Sendable, Equatable {
    /// A column's name and the field that it is.
    public struct Entry: Sendable, Equatable {
        /// The column, compared without regard to case.
        public let column: String
        /// A field such as `name`, any other name for an attribute, or nothing to leave the column out.
        public let field: String

        /// A column that is a field.
        public init(column: String, field: String) {
            self.column = column
            self.field = field
        }
    }

    /// The mapped columns; one may be mapped to several fields, such as `id` and `image`.
    public var entries: [Entry]

    /// A map; empty leaves everything to the header.
    public init(_ entries: [Entry] = []) {
        self.entries = entries
    }
}
