import CatalogStore
import Foundation

/// Which categories of a catalog fit a label of the queries: people who photograph at home and shops that sell do not use
/// the same words.
public struct LabelMap: Sendable, Equatable {
    /// One label and the categories that fit it; none means that queries with the label are left out.
    public struct Entry: Sendable, Equatable {
        /// The queries' label.
        public let label: String
        /// The catalog's categories.
        public internal(set) var categories: [String]
    }

    /// The labels, in the order of the file (JSON: by name).
    public private(set) var entries: [Entry] = []

    /// Reads a CSV with the columns `label` and `category`, one pair a line, or a JSON object of label to list of
    /// categories, whichever the content is. A label with an empty category, or an empty list, is to be left out.
    ///
    /// - Throws: ``EvaluationError/badLabelMap(file:line:reason:)`` with the line at fault.
    public init(_ bytes: [UInt8], file: String) throws(EvaluationError) {
        let start = bytes.first { !Character(UnicodeScalar($0)).isWhitespace }
        if start == UInt8(ascii: "{") || start == UInt8(ascii: "[") {
            try readJSON(bytes, file: file)
        } else {
            try readCSV(bytes, file: file)
        }
        guard !entries.isEmpty else { throw .badLabelMap(file: file, line: 0, reason: "it has no label") }
    }

    /// Reads a file; throws as ``init(_:file:)`` does, and ``EvaluationError/unreadable(path:reason:)``.
    public init(path: String) throws(EvaluationError) {
        try self.init(try readBytes(path), file: path)
    }

    /// The categories that fit a label, `nil` if the map does not know it. Case does not matter. O(labels).
    public func categories(of label: String) -> [String]? {
        entries.first { LabelKey($0.label) == LabelKey(label) }?.categories
    }

    /// The first label of the file that a category fits.
    public func label(of category: String) -> String? {
        entries.first { $0.categories.contains { LabelKey($0) == LabelKey(category) } }?.label
    }

    private mutating func readJSON(_ bytes: [UInt8], file: String) throws(EvaluationError) {
        let object: [String: [String]]
        do {
            object = try JSONDecoder().decode([String: [String]].self, from: Data(bytes))
        } catch {
            throw .badLabelMap(file: file, line: 0, reason: "it is no JSON object of lists of words")
        }
        for (label, categories) in object.sorted(by: { $0.key < $1.key }) {
            for category in categories.isEmpty ? [""] : categories {
                try add(label, category, file: file, line: 0)
            }
        }
    }

    private mutating func readCSV(_ bytes: [UInt8], file: String) throws(EvaluationError) {
        var reader = CSVReader(bytes)
        let header = reader.next()?.fields.map { $0.trimmingCharacters(in: .whitespaces).lowercased() } ?? []
        guard header == ["label", "category"] else {
            throw .badLabelMap(file: file, line: 1, reason: "its first line is not label,category")
        }
        while let record = reader.next() {
            if let line = reader.unterminatedQuoteLine {
                throw .badLabelMap(file: file, line: line, reason: "a quote is never closed")
            }
            guard record.fields.count == 2 else {
                throw .badLabelMap(file: file, line: record.line, reason: "it has \(record.fields.count) fields, not 2")
            }
            try add(record.fields[0], record.fields[1], file: file, line: record.line)
        }
    }

    private mutating func add(
        _ rawLabel: String, _ rawCategory: String, file: String, line: Int
    ) throws(EvaluationError) {
        let label = rawLabel.trimmingCharacters(in: .whitespaces)
        let category = rawCategory.trimmingCharacters(in: .whitespaces)
        guard !label.isEmpty else { throw .badLabelMap(file: file, line: line, reason: "the label is empty") }
        guard let known = entries.firstIndex(where: { LabelKey($0.label) == LabelKey(label) }) else {
            entries.append(Entry(label: label, categories: category.isEmpty ? [] : [category]))
            return
        }
        guard !category.isEmpty, !entries[known].categories.isEmpty,
            !entries[known].categories.contains(where: { LabelKey($0) == LabelKey(category) })
        else {
            throw .badLabelMap(
                file: file, line: line, reason: "the label \(label) has the category \"\(category)\" beside others")
        }
        entries[known].categories.append(category)
    }
}

/// A label as it is compared: without regard to case and surrounding white space.
struct LabelKey: Hashable {
    private let text: String

    init(_ label: String) {
        text = label.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    }
}

/// The bytes of a file.
func readBytes(_ path: String) throws(EvaluationError) -> [UInt8] {
    do {
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw .unreadable(path: path, reason: error.localizedDescription)
    }
}
