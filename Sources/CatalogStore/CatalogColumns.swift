import Foundation

/// Which column of a catalog's CSV is which field of an item.
struct CatalogColumns {
    private let names: [String]
    private let positions: [String: Int]
    /// In the Kaggle layout the image is `images/ID.jpg`, and the last column may hold unquoted commas.
    private let isKaggle: Bool

    /// The item's fields that have a place of their own; every other column is an attribute.
    private static let known: Set<String> = [
        "id", "image", "name", "category", "colour", "gender", "price", "currency", "url", "description",
    ]
    /// Other names under which the known fields are found.
    private static let aliases = [
        "color": "colour", "filename": "image", "image_name": "image", "title": "name", "link": "url",
    ]
    private static let kaggleNames = [
        "articletype": "category", "basecolour": "colour", "productdisplayname": "name",
    ]

    init(header: [String], file: String) throws(CatalogError) {
        let trimmed = header.map { $0.trimmed }
        isKaggle =
            trimmed.contains { $0.lowercased() == "articletype" } && !trimmed.contains { $0.lowercased() == "image" }
        let kaggle = isKaggle
        names = trimmed.map { name in
            let lower = name.lowercased()
            if kaggle, let field = Self.kaggleNames[lower] { return field }
            if Self.known.contains(lower) { return lower }
            return Self.aliases[lower] ?? name
        }
        positions = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        for column in ["id", "image"] where positions[column] == nil && !(isKaggle && column == "image") {
            throw .missingColumn(column, file: file, found: trimmed)
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
        if isKaggle, fields.count > names.count {
            let rest = fields[(names.count - 1)...].joined(separator: ",")
            fields = fields.prefix(names.count - 1) + [rest]
        }
        guard fields.count == names.count else {
            return .failure(.fieldCount(got: fields.count, expected: names.count))
        }
        guard let id = id(of: fields), Self.isUsable(id) else { return .failure(.badID) }
        func field(_ name: String) -> String? { positions[name].flatMap { fields[$0].trimmed.nonEmpty } }
        guard let image = isKaggle ? "images/\(id).jpg" : field("image") else { return .failure(.noImageName) }
        let attributes = names.indices.compactMap { column -> (name: String, value: String)? in
            guard !Self.known.contains(names[column]), !names[column].isEmpty else { return nil }
            return fields[column].trimmed.nonEmpty.map { (name: names[column], value: $0) }
        }
        return .success(
            CatalogItem(
                id: id, name: field("name"), category: field("category"), colour: field("colour"),
                gender: field("gender"), price: field("price").flatMap(Self.price), currency: field("currency"),
                url: field("url"), description: field("description"), attributes: attributes, imagePath: image))
    }

    /// Identifiers stand in paths such as `/items/{id}`.
    private static func isUsable(_ id: String) -> Bool {
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
    var canonicalID: String { utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping }

    /// `nil` instead of an empty string.
    var nonEmpty: String? { isEmpty ? nil : self }
}
