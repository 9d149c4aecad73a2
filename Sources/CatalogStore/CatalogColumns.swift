import Foundation

/// The columns of a table, each with its place in an item.
struct CatalogColumns {
    private let count: Int
    private let positions: [String: Int]
    private let attributes: [(name: String, column: Int)]
    /// In the Kaggle layout the image is `images/ID.jpg`, and the last column may hold unquoted commas.
    private let isKaggle: Bool

    /// The attributes' names in the order of the columns.
    var attributeNames: [String] { attributes.map(\.name) }

    /// The item's fields that have a place of their own, in the order in which they are written; every other column is
    /// an attribute.
    static let known = [
        "id", "image", "name", "category", "colour", "gender", "price", "currency", "url", "description",
    ]
    /// Other names under which the known fields are found.
    private static let aliases = [
        "color": "colour", "filename": "image", "image_name": "image", "title": "name", "link": "url",
    ]
    private static let kaggleNames = [
        "articletype": "category", "basecolour": "colour", "productdisplayname": "name",
    ]

    init(header: [String], file: String, map: ColumnMap = ColumnMap()) throws(CatalogError) {
        let columns = header.map { $0.trimmed }
        let lower = columns.map { $0.lowercased() }
        var fields: [String: Int] = [:]
        var named: [(name: String, column: Int)] = []
        var isTaken = [Bool](repeating: false, count: columns.count)
        for entry in map.entries {
            guard let column = lower.firstIndex(of: entry.column.trimmed.lowercased()) else {
                throw .unknownColumn(entry.column, file: file, found: columns)
            }
            isTaken[column] = true
            let name = entry.field.trimmed.lowercased()
            let field = Self.aliases[name] ?? name
            if Self.known.contains(field) {
                guard fields.updateValue(column, forKey: field) == nil else { throw .fieldMappedTwice(field) }
            } else if !field.isEmpty {
                named.append((name: entry.field.trimmed, column: column))
            }
        }
        let kaggle = lower.contains("articletype") && !lower.contains("image") && fields["image"] == nil
        isKaggle = kaggle
        for column in columns.indices where !isTaken[column] && Self.known.contains(lower[column]) {
            isTaken[column] = true
            fields[lower[column]] = fields[lower[column]] ?? column
        }
        // Another name for a field counts only where nothing has the field's own.
        for column in columns.indices where !isTaken[column] && !columns[column].isEmpty {
            if let field = (kaggle ? Self.kaggleNames[lower[column]] : nil) ?? Self.aliases[lower[column]],
                fields[field] == nil
            {
                fields[field] = column
            } else {
                named.append((name: columns[column], column: column))
            }
        }
        count = columns.count
        positions = fields
        attributes = named.sorted { $0.column < $1.column }
        for column in ["id", "image"] where positions[column] == nil && !(isKaggle && column == "image") {
            throw .missingColumn(column, file: file, found: columns)
        }
    }

    /// The identifier of a row, even of one that is otherwise unusable.
    func id(of fields: [String]) -> String? {
        guard let position = positions["id"], position < fields.count else { return nil }
        return fields[position].trimmed.canonicalID.nonEmpty
    }

    /// The item of a row.
    func item(of rawFields: [String]) -> Result<CatalogItem, SkippedRow.Reason> {
        var fields = rawFields
        if isKaggle, fields.count > count {
            let rest = fields[(count - 1)...].joined(separator: ",")
            fields = fields.prefix(count - 1) + [rest]
        }
        guard fields.count == count else {
            return .failure(.fieldCount(got: fields.count, expected: count))
        }
        guard let id = id(of: fields), Self.isUsable(id) else { return .failure(.badID) }
        func field(_ name: String) -> String? { positions[name].flatMap { fields[$0].trimmed.nonEmpty } }
        guard let image = isKaggle ? "images/\(id).jpg" : field("image") else { return .failure(.noImageName) }
        let attributes = attributes.compactMap { name, column in
            fields[column].trimmed.nonEmpty.map { (name: name, value: $0) }
        }
        return .success(
            CatalogItem(
                id: id, name: field("name"), category: field("category"), colour: field("colour"),
                gender: field("gender"), price: field("price").flatMap(Self.price), currency: field("currency"),
                url: field("url"), description: field("description"), attributes: attributes, imagePath: image))
    }

    /// Identifiers stand in paths such as `/items/{id}`.
    static func isUsable(_ id: String) -> Bool {
        id.count <= 200 && id != "." && id != ".."
            && !id.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 0x20 || $0.value == 0x7F }
    }

    /// `39.90`, `39,90` and `1,299.00`; anything else is no price.
    private static func price(_ text: String) -> Double? {
        var digits = text.filter { $0 != " " }
        if digits.contains("."), digits.contains(",") {
            digits.removeAll { $0 == "," }
        } else if let comma = digits.lastIndex(of: ","), digits.distance(from: comma, to: digits.endIndex) <= 3 {
            digits = digits.replacing(",", with: ".")
        } else {
            digits.removeAll { $0 == "," }
        }
        guard let value = Double(digits), value.isFinite, value >= 0 else { return nil }
        return value
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// An identifier in Unicode's composed form (NFC): Swift takes both forms for the same, SQLite does not.
    package var canonicalID: String { utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping }

    /// `nil` instead of an empty string.
    var nonEmpty: String? { isEmpty ? nil : self }
}
