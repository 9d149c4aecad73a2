import CatalogStore
import Foundation

/// A photo whose labels are known.
public struct EvaluationQuery: Sendable, Equatable {
    /// What tells it from the other queries: an item's identifier, or a file name.
    public let id: String
    /// Path of the photo.
    public let photo: String
    /// What it shows: a category of the catalog, or a label that a ``LabelMap`` translates.
    public let label: String
    /// The colours that are right, the best first; empty if none is known.
    public let colours: [String]
    /// Whom it is for, if that is known.
    public let gender: String?

    /// The best of the colours that are right.
    public var colour: String? { colours.first }

    /// A query; `colour` is one colour, or several that are all right with `|` in between.
    public init(id: String, photo: String, label: String, colour: String? = nil, gender: String? = nil) {
        self.id = id
        self.photo = photo
        self.label = label
        colours = (colour ?? "").split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        self.gender = gender
    }
}

/// Something that could not become a query.
public struct SkippedQuery: Sendable, Equatable, Codable {
    /// The query, as its table calls it.
    public let id: String
    /// Why it was left out.
    public let reason: String

    /// A query that was left out.
    public init(id: String, reason: String) {
        self.id = id
        self.reason = reason
    }
}

/// Queries with what they are called, and what was left out.
public struct QuerySet: Sendable {
    /// The queries in the order of their table.
    public internal(set) var queries: [EvaluationQuery] = []
    /// Rows that did not become queries.
    public internal(set) var skipped: [SkippedQuery] = []

    /// Reads the queries of a folder with one CSV, or of a CSV whose photos lie beside it.
    ///
    /// Needed columns: `image` (a file below the folder or its `images/`; a missing `.jpg`, `.jpeg`, `.png` or `.webp`
    /// is added) and `label` or `category`. `colour` (or several, as `Red|Maroon`) and `gender` are read where they are
    /// there. The Kaggle layout works as well. Photos are looked for, not opened.
    ///
    /// - Throws: ``EvaluationError``, or `CatalogError` if the folder has no table.
    public init(path: String) throws {
        var isFolder: ObjCBool = false
        let isTable = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        let table =
            isTable ? URL(fileURLWithPath: path).standardizedFileURL.path : try CatalogFolder(path: path).tablePath
        let folder = URL(fileURLWithPath: table).deletingLastPathComponent().path
        var reader = CSVReader(try readBytes(table))
        let header = reader.next()?.fields.map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        let columns = try QueryColumns(header, file: table)
        var seen: Set<String> = []
        while let record = reader.next() {
            if let line = reader.unterminatedQuoteLine {
                skipped.append(SkippedQuery(id: "line \(line)", reason: "opens a quote that is never closed"))
                break
            }
            guard let name = columns.image(of: record.fields) else {
                skipped.append(SkippedQuery(id: "line \(record.line)", reason: "names no image"))
                continue
            }
            guard seen.insert(name).inserted else {
                skipped.append(SkippedQuery(id: name, reason: "stands in the table twice"))
                continue
            }
            guard let label = columns.label(of: record.fields) else {
                skipped.append(SkippedQuery(id: name, reason: "has no label"))
                continue
            }
            guard let photo = Self.resolve(name, below: folder) else {
                skipped.append(SkippedQuery(id: name, reason: "has no photo in the folder"))
                continue
            }
            queries.append(
                EvaluationQuery(
                    id: name, photo: photo, label: label, colour: columns.colour(of: record.fields),
                    gender: columns.gender(of: record.fields)))
        }
    }

    /// Leaves out the queries whose label a map does not know, or knows to fit nothing.
    public mutating func keep(fitting map: LabelMap) {
        queries.removeAll { query in
            guard map.categories(of: query.label)?.isEmpty ?? true else { return false }
            skipped.append(SkippedQuery(id: query.id, reason: "the label map has no category for \(query.label)"))
            return true
        }
    }

    /// Never leaves the folder by `..`.
    private static func resolve(_ name: String, below folder: String) -> String? {
        guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
        for suffix in ["", ".jpg", ".jpeg", ".png", ".webp"] {
            for candidate in ["\(folder)/\(name)\(suffix)", "\(folder)/images/\(name)\(suffix)"] {
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
                    return candidate
                }
            }
        }
        return nil
    }
}

/// Which column of a table of queries is what.
private struct QueryColumns {
    private let imageColumn: Int
    private let labelColumn: Int
    private let colourColumn: Int?
    private let genderColumn: Int?

    init(_ header: [String], file: String) throws(EvaluationError) {
        func column(_ names: String...) -> Int? {
            names.lazy.compactMap { name in header.firstIndex { $0.lowercased() == name } }.first
        }
        // In the Kaggle layout the identifier names the photo.
        let isKaggle = column("articletype") != nil
        guard let image = column("image", "filename", "image_name") ?? (isKaggle ? column("id") : nil) else {
            throw .missingColumn("image", file: file, found: header)
        }
        guard let label = column("label", "category", "articletype") else {
            throw .missingColumn("label", file: file, found: header)
        }
        imageColumn = image
        labelColumn = label
        colourColumn = column("colour", "color", "basecolour")
        genderColumn = column("gender")
    }

    func image(of fields: [String]) -> String? { Self.text(fields, imageColumn) }
    func label(of fields: [String]) -> String? { Self.text(fields, labelColumn) }
    func colour(of fields: [String]) -> String? { Self.text(fields, colourColumn) }
    func gender(of fields: [String]) -> String? { Self.text(fields, genderColumn) }

    private static func text(_ fields: [String], _ column: Int?) -> String? {
        guard let column, column < fields.count else { return nil }
        let text = fields[column].trimmingCharacters(in: .whitespaces)
        return text.isEmpty ? nil : text
    }
}
