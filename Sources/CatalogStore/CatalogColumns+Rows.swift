import Foundation

extension CatalogColumns {
    /// The identifier of a row, even of one that is otherwise unusable.
    func id(of fields: [String]) -> String? {
        guard let position = positions["id"], position < fields.count else { return nil }
        return fields[position].trimmed.canonicalID.nonEmpty
    }

    /// What stands in a field of a row, if the table has it.
    func text(_ field: String, in fields: [String]) -> String? {
        positions[field].flatMap { $0 < fields.count ? fields[$0].trimmed.nonEmpty : nil }
    }

    /// The item of a row, with what was not taken as it stands.
    func item(
        of rawFields: [String], prices: PriceColumn, encoding: TableEncoding, notes: inout [TableNote.Kind]
    ) -> Result<CatalogItem, SkippedRow.Reason> {
        var fields = rawFields
        if isKaggle, fields.count > count {
            let rest = fields[(count - 1)...].joined(separator: ",")
            fields = fields.prefix(count - 1) + [rest]
        }
        guard fields.count == count else {
            return .failure(.fieldCount(got: fields.count, expected: count))
        }
        let used = positions.map { (name: $0.key, column: $0.value) } + attributes
        for (name, column) in used.sorted(by: { $0.column < $1.column }) {
            if let reason = Self.problem(fields[column], name, encoding) { return .failure(reason) }
        }
        guard let id = id(of: fields), Self.isUsable(id) else { return .failure(.badID) }
        guard let image = isKaggle ? "images/\(id).jpg" : text("image", in: fields) else {
            return .failure(.noImageName)
        }
        func clean(_ name: String, _ text: String) -> String? {
            let isDescription = name == "description"
            guard CatalogItem.hasControls(text, allowsLines: false) else { return text.trimmed.nonEmpty }
            if CatalogItem.hasControls(text, allowsLines: true) { notes.append(.controlsRemoved(name)) }
            return text.withoutControls(keepsLines: isDescription).trimmed.nonEmpty
        }
        func field(_ name: String) -> String? { positions[name].flatMap { clean(name, fields[$0]) } }
        let attributes = attributes.compactMap { name, column in
            clean(name, fields[column]).map { (name: name, value: $0) }
        }
        let price = prices.price(field("price"), currency: field("currency"), notes: &notes)
        return .success(
            CatalogItem(
                id: id, name: field("name"), category: field("category"), colour: field("colour"),
                gender: field("gender"), price: price.amount, currency: price.currency, url: field("url"),
                description: field("description"), attributes: attributes, imagePath: image))
    }

    /// Why a row with such a field is left out.
    private static func problem(_ text: String, _ name: String, _ encoding: TableEncoding) -> SkippedRow.Reason? {
        if text.utf8.count > CatalogItem.longestText { return .fieldTooLong(name, bytes: text.utf8.count) }
        for scalar in text.unicodeScalars {
            if scalar == "\0" { return .nulCharacter(name) }
            if scalar == TableText.undecodable { return .undecodable(name, encoding) }
        }
        return nil
    }

    /// Identifiers stand in paths such as `/items/{id}`.
    static func isUsable(_ id: String) -> Bool {
        id.count <= 200 && id != "." && id != ".."
            && !id.unicodeScalars.contains { $0 == "/" || $0 == "\\" || CatalogItem.isControl($0) }
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

    /// Without control characters; tabs and line ends stay as they are, or each stretch of them becomes a space.
    func withoutControls(keepsLines: Bool) -> String {
        var result = UnicodeScalarView()
        var isGap = false
        for scalar in unicodeScalars {
            if CatalogItem.isLayout(scalar), !keepsLines {
                if !isGap { result.append(" ") }
                isGap = true
            } else if !CatalogItem.isControl(scalar) || CatalogItem.isLayout(scalar) {
                result.append(scalar)
                isGap = false
            }
        }
        return String(result)
    }

    /// An identifier in Unicode's composed form (NFC): Swift takes both forms for the same, SQLite does not.
    package var canonicalID: String { utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping }

    /// `nil` instead of an empty string.
    var nonEmpty: String? { isEmpty ? nil : self }
}
