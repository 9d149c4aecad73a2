/// What was read from a catalog's CSV.
public struct CatalogTable: Sendable {
    /// A row that can become an item.
    public struct Row: Sendable {
        /// The line of the CSV on which it starts.
        public let line: Int
        /// The item, without its content hash.
        public let item: CatalogItem
    }

    /// The good rows, in the order of the file.
    public internal(set) var rows: [Row] = []
    /// The others.
    public internal(set) var skipped: [SkippedRow] = []
    /// What was not taken as it stands.
    public internal(set) var notes = TableNotes()

    /// Whether the table was read to its end: no quotes were left open.
    public var isWhole: Bool { !skipped.contains { $0.reason == .unterminatedQuote } }

    /// Leaves out the rows of some items, good and bad.
    public mutating func leaveOut(_ isLeftOut: (String) -> Bool) {
        rows.removeAll { isLeftOut($0.item.id) }
        skipped.removeAll { $0.id.map(isLeftOut) ?? false }
    }

    mutating func skip(line: Int, id: String?, _ reason: SkippedRow.Reason) {
        skipped.append(SkippedRow(line: line, id: id, reason: reason))
    }
}

/// A row that did not become an item, and why.
public struct SkippedRow: Sendable, Equatable {
    /// Why a row was left out.
    public enum Reason: Error, Sendable, Equatable, CustomStringConvertible {
        /// There are more or fewer fields than columns.
        case fieldCount(got: Int, expected: Int)
        /// The row has no identifier, or one that cannot stand in an address.
        case badID
        /// The row names no image.
        case noImageName
        /// An earlier row has the same identifier.
        case duplicateID(firstLine: Int)
        /// The image is not in the folder.
        case noSuchImage(String)
        /// The image cannot be decoded; the payload says why.
        case badImage(path: String, reason: String)
        /// The image is there and cannot be read now; the payload says why. An item that was indexed before stays.
        case unreadableImage(path: String, reason: String)
        /// The image lies outside of the catalog's folder, behind a link.
        case outsideImage(String)
        /// A field has a NUL.
        case nulCharacter(String)
        /// A field has bytes that are no text in the table's encoding.
        case undecodable(String, TableEncoding)
        /// A field has more bytes than ``CatalogItem/longestText``.
        case fieldTooLong(String, bytes: Int)
        /// Quotes opened on this line are never closed.
        case unterminatedQuote

        public var description: String {
            switch self {
            case .fieldCount(let got, let expected): "has \(got) fields where the header has \(expected)"
            case .badID: "has no usable id (1 to 200 characters, without / and control characters)"
            case .noImageName: "names no image"
            case .duplicateID(let line): "has the id of line \(line)"
            case .noSuchImage(let name): "names the image \(name), which is not there"
            case .badImage(let path, let reason): "has an image that cannot be used, \(path): \(reason)"
            case .unreadableImage(let path, let reason): "has an image that cannot be read, \(path): \(reason)"
            case .outsideImage(let name):
                "names the image \(name), which a link leads to outside of the catalog's folder"
            case .nulCharacter(let field): "has a NUL character in \(field)"
            case .undecodable(let field, let encoding): "has bytes in \(field) that are no \(encoding) text"
            case .fieldTooLong(let field, let bytes):
                "has \(bytes) bytes in \(field), and at most \(CatalogItem.longestText) are taken"
            case .unterminatedQuote: "opens a quote that is never closed; nothing after it was read"
            }
        }

        /// A stable snake_case word for programs.
        public var code: String {
            switch self {
            case .fieldCount: "field_count"
            case .badID: "bad_id"
            case .noImageName: "no_image_name"
            case .duplicateID: "duplicate_id"
            case .noSuchImage: "no_such_image"
            case .badImage: "bad_image"
            case .unreadableImage: "unreadable_image"
            case .outsideImage: "outside_image"
            case .nulCharacter: "nul_character"
            case .undecodable: "undecodable"
            case .fieldTooLong: "field_too_long"
            case .unterminatedQuote: "unterminated_quote"
            }
        }
    }

    /// The line of the CSV on which the row starts.
    public let line: Int
    /// Its identifier, if it has one.
    public let id: String?
    /// Why it was left out.
    public let reason: Reason

    /// A skipped row.
    public init(line: Int, id: String?, reason: Reason) {
        self.line = line
        self.id = id
        self.reason = reason
    }
}
