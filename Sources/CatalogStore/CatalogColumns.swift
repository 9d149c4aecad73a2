/// The columns of a table, each with its place in an item.
struct CatalogColumns {
    let count: Int
    let positions: [String: Int]
    let attributes: [(name: String, column: Int)]
    /// In the Kaggle layout the image is `images/ID.jpg`, and the last column may hold unquoted commas.
    let isKaggle: Bool
    /// What became of each column, in their order; one may be several fields.
    let uses: [ColumnUse]

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

    /// Reads a header.
    ///
    /// - Parameters:
    ///   - header: its fields.
    ///   - file: what the table is called in errors.
    ///   - map: what the header does not say by itself.
    ///   - isStrict: whether a column that could not be used is an error, as where a person can map it; else it is noted
    ///     in ``uses``.
    /// - Throws: ``CatalogError``.
    init(
        header: [String], file: String, map: ColumnMap = ColumnMap(), isStrict: Bool = false
    ) throws(CatalogError) {
        var places = ColumnPlaces(try Self.names(header, file: file), file: file, isStrict: isStrict)
        for entry in map.entries {
            let name = entry.field.trimmed.lowercased()
            let field = Self.aliases[name] ?? name
            try places.map(
                entry.column,
                to: field.isEmpty ? nil : Self.known.contains(field) ? .field(field) : .attribute(entry.field.trimmed))
        }
        let kaggle = places.has("articletype") && !places.has("image") && places.fields["image"] == nil
        isKaggle = kaggle
        for column in places.free where Self.known.contains(places.lower[column]) {
            try places.take(column, as: places.lower[column])
        }
        // Another name for a field counts only where nothing has the field's own.
        for column in places.free {
            let other = (kaggle ? Self.kaggleNames[places.lower[column]] : nil) ?? Self.aliases[places.lower[column]]
            if let other, places.fields[other] == nil {
                try places.take(column, as: other)
            } else {
                places.takeAttribute(column)
            }
        }
        try places.checkAttributes()
        count = places.names.count
        positions = places.fields
        attributes = places.attributes
        uses = places.uses
        for column in ["id", "image"] where positions[column] == nil && !(isKaggle && column == "image") {
            throw .missingColumn(column, file: file, found: places.names)
        }
    }

    private static func names(_ header: [String], file: String) throws(CatalogError) -> [String] {
        for name in header where name.unicodeScalars.contains(where: { $0 == TableText.undecodable || $0 == "\0" }) {
            throw .badColumns(file: file, reason: "its header has bytes that are no text")
        }
        return header.map { $0.withoutControls(keepsLines: false).trimmed }
    }
}

/// The columns of a header while their places are found.
private struct ColumnPlaces {
    let names: [String]
    let lower: [String]
    private(set) var fields: [String: Int] = [:]
    private var found: [[ColumnUse.Use]]
    private let file: String
    private let isStrict: Bool

    init(_ names: [String], file: String, isStrict: Bool) {
        self.names = names
        self.file = file
        self.isStrict = isStrict
        lower = names.map { $0.lowercased() }
        found = names.map { $0.isEmpty ? [.unused(.unnamed)] : [] }
    }

    /// The columns that have no use yet.
    var free: [Int] { found.indices.filter { found[$0].isEmpty } }

    /// The attributes in the order of the columns.
    var attributes: [(name: String, column: Int)] {
        found.enumerated().flatMap { column, uses in
            uses.compactMap { use in if case .attribute(let name) = use { (name: name, column: column) } else { nil } }
        }
    }

    var uses: [ColumnUse] {
        found.enumerated().flatMap { column, uses in uses.map { ColumnUse(names[column], $0) } }
    }

    func has(_ name: String) -> Bool { lower.contains(name) }

    /// Takes a column for what a person says; `nil` leaves it out.
    mutating func map(_ name: String, to use: ColumnUse.Use?) throws(CatalogError) {
        let wanted = name.trimmed.lowercased()
        let columns = lower.indices.filter { lower[$0] == wanted }
        guard let column = columns.first, !wanted.isEmpty else {
            throw .unknownColumn(name, file: file, found: names)
        }
        guard columns.count == 1 else {
            throw bad("it has \(columns.count) columns called \(name), so that --map cannot say which; rename one")
        }
        if found[column].contains(.unused(.leftOut)) || (use == nil && !found[column].isEmpty) {
            throw bad("the column \(name) is both mapped and left out")
        }
        if case .field(let field)? = use {
            guard fields.updateValue(column, forKey: field) == nil else { throw .fieldMappedTwice(field) }
        }
        found[column].append(use ?? .unused(.leftOut))
    }

    /// Takes a column for a field.
    mutating func take(_ column: Int, as field: String) throws(CatalogError) {
        guard let other = fields[field] else {
            fields[field] = column
            found[column].append(.field(field))
            return
        }
        guard !isStrict else {
            throw bad(
                lower[other] == lower[column]
                    ? "it has two columns called \(names[column]); rename one"
                    : "both its columns \(names[other]) and \(names[column]) would be \(field). Leave one out with --map "
                        + "\(names[column])=, or map it to another name")
        }
        found[column].append(.unused(.doubled))
    }

    mutating func takeAttribute(_ column: Int) { found[column].append(.attribute(names[column])) }

    /// Checks the attributes against the bounds, and gives no use to those that no filter could name.
    mutating func checkAttributes() throws(CatalogError) {
        let all = attributes
        guard all.count <= CatalogItem.mostAttributes else {
            throw bad(
                "it has \(all.count) columns beside those of fields, and at most \(CatalogItem.mostAttributes) are taken"
            )
        }
        if let long = all.first(where: { $0.name.utf8.count > CatalogItem.longestAttributeName }) {
            throw bad(
                "the name of its column \(long.name.prefix(40))… has more than \(CatalogItem.longestAttributeName) bytes"
            )
        }
        let reserved = all.filter { CatalogItem.isReserved(attribute: $0.name) }
        if isStrict, let first = reserved.first {
            throw bad(
                "addresses have parameters called \(reserved.map(\.name).joined(separator: ", ")), so that these cannot be "
                    + "filtered on. Give the column another name, as with --map \(names[first.column])="
                    + "\(first.name)_value, or leave it out with --map \(names[first.column])=")
        }
        for (name, column) in reserved {
            found[column] = found[column].map { $0 == .attribute(name) ? .unused(.reserved) : $0 }
        }
    }

    private func bad(_ reason: String) -> CatalogError { .badColumns(file: file, reason: reason) }
}
