import CatalogStore

/// A count with its noun: "1 photo", "2 photos".
func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// A text without what would steer a terminal: C0 and C1 control characters other than line feeds and tabs.
func harmless(_ text: String) -> String {
    func steers(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
    }
    guard text.unicodeScalars.contains(where: steers) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { steers($0) ? "?" : $0 }))
}

/// A text of a catalog as a part of a line.
func oneLine(_ text: String) -> String {
    text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: " ") : text
}

/// A skipped row for people.
func line(_ row: SkippedRow) -> String {
    "  line \(row.line)\(row.id.map { ", id \(oneLine($0))" } ?? ""): \(oneLine(row.reason.description))"
}

/// The notes on a table for people, the first `most` of them.
func lines(_ notes: TableNotes, most: Int, rest: String) -> [String] {
    let shown = notes.listed.prefix(most).map { note in
        let place = note.line.map { "line \($0)" + (note.id.map { ", id \(oneLine($0))" } ?? "") + ":" } ?? "The table"
        return "  \(place) \(oneLine(note.kind.description))"
    }
    return shown + (notes.count > shown.count ? ["  and \(notes.count - shown.count) more \(rest)."] : [])
}

/// A note on a table, as JSON.
struct TableNoteJSON: Encodable {
    private let line: Int?
    private let id: String?
    private let code: String
    private let reason: String

    init(_ note: TableNote) {
        line = note.line
        id = note.id
        code = note.kind.code
        reason = note.kind.description
    }
}
