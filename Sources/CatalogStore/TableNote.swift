/// Something in a table that was not taken as it stands, although its row became an item.
public struct TableNote: Sendable, Equatable {
    /// What it is.
    public enum Kind: Sendable, Equatable, CustomStringConvertible {
        /// The price cannot be used; the item is kept without one. The payloads are the text and why.
        case priceNotUnderstood(String, String)
        /// The price was taken with thousands, since nothing in the table tells whether it has a fraction.
        case priceGrouped(String)
        /// The price has a sign that several currencies have, and the row names none.
        case currencyUnclear(String)
        /// Control characters of a field were left out.
        case controlsRemoved(String)
        /// The table's encoding was told from its bytes alone.
        case encodingGuessed(TableEncoding)
        /// A column is not used.
        case columnUnused(String, ColumnUse.Reason)

        public var description: String {
            switch self {
            case .priceNotUnderstood(let text, let reason):
                "has a price that is not understood, \(text): \(reason); kept without price"
            case .priceGrouped(let text):
                "has the price \(text), which was taken for thousands, as all others like it are: no price of the table "
                    + "tells its mark of thousands from that of fractions"
            case .currencyUnclear(let text):
                "has the price \(text), whose sign several currencies have; kept without currency"
            case .controlsRemoved(let field): "has control characters in \(field), which were left out"
            case .encodingGuessed(let encoding):
                "is not valid UTF-8 and was read as \(encoding); --encoding says if it is something else"
            case .columnUnused(let column, let reason): "has the column \(column), which is not used: \(reason)"
            }
        }

        /// A stable snake_case word for programs.
        public var code: String {
            switch self {
            case .priceNotUnderstood: "price_not_understood"
            case .priceGrouped: "price_grouped"
            case .currencyUnclear: "currency_unclear"
            case .controlsRemoved: "controls_removed"
            case .encodingGuessed: "encoding_guessed"
            case .columnUnused: "column_unused"
            }
        }
    }

    /// The line on which the row starts; `nil` if it is the whole table that is meant.
    public let line: Int?
    /// The row's identifier.
    public let id: String?
    /// What it is.
    public let kind: Kind

    /// A note.
    public init(line: Int? = nil, id: String? = nil, _ kind: Kind) {
        self.line = line
        self.id = id
        self.kind = kind
    }
}

/// Notes in the order of the table: the first of them, and how many there are.
public struct TableNotes: Sendable, Equatable {
    /// At most ``most`` of them.
    public private(set) var listed: [TableNote] = []
    /// How many there are.
    public private(set) var count = 0
    private var hasGroupedPrice = false

    /// A table may have millions of rows with the same fault.
    public static let most = 1000

    /// None yet.
    public init() {}

    mutating func add(_ note: TableNote) {
        // One stands for all: they are read the same way.
        if case .priceGrouped = note.kind {
            guard !hasGroupedPrice else { return }
            hasGroupedPrice = true
        }
        count += 1
        if listed.count < Self.most { listed.append(note) }
    }

    mutating func add(_ row: TableScan.Row) {
        for kind in row.notes { add(TableNote(line: row.line, id: row.id, kind)) }
    }
}

/// What became of a column.
public struct ColumnUse: Sendable, Equatable {
    /// What it is in an item.
    public enum Use: Sendable, Equatable {
        case field(String)
        case attribute(String)
        case unused(Reason)
    }

    /// Why a column is not used.
    public enum Reason: String, Sendable, CustomStringConvertible {
        case unnamed
        case leftOut = "left_out"
        case doubled
        case reserved

        public var description: String {
            switch self {
            case .unnamed: "it has no name"
            case .leftOut: "left out by --map"
            case .doubled: "another column is that field"
            case .reserved: "a parameter of addresses has its name; give it another"
            }
        }
    }

    /// The column's name.
    public let column: String
    /// What it is.
    public let use: Use

    /// A column and its use.
    public init(_ column: String, _ use: Use) {
        self.column = column
        self.use = use
    }
}
