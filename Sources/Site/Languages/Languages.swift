import Foundation
import HTTPCore

/// The languages of the site, one for each file of a folder; English must be among them.
package struct Languages: Sendable {
    /// Every language: English, then the others by their tags.
    package let all: [Language]
    /// What is shown to those who ask for nothing that is there.
    package let english: Language

    /// The cookie that holds a visitor's choice.
    package static let cookie = "language"

    /// Reads every `*.json` file of a folder.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - catalog: the tag of the language of the catalog's names and descriptions; `nil` if nobody knows.
    /// - Throws: ``SiteError`` if a file cannot be read, or English is missing.
    package init(directory: String, catalog: String? = nil) throws {
        english = Language("en", try LanguageFile(path: "\(directory)/en.json"), catalog: catalog)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let others = names.filter { $0.hasSuffix(".json") && $0 != "en.json" }.sorted()
        let fallback = english
        all =
            try [english]
            + others.map { name in
                Language(
                    String(name.dropLast(".json".count)), try LanguageFile(path: "\(directory)/\(name)"),
                    fallback: fallback, catalog: catalog)
            }
    }

    /// The language of a tag.
    package func language(_ tag: String) -> Language? { all.first { $0.tag == tag } }

    /// The language of a request: the visitor's choice, else what the browser prefers, else English.
    package func language(of request: HTTPRequest) -> Language {
        if let chosen = request.cookie(Self.cookie).flatMap({ language($0) }) { return chosen }
        return preferred(request.headers.values(of: "Accept-Language").joined(separator: ","))
    }

    /// The best language for a list of language ranges with weights (RFC 9110, section 12.5.4), each looked up as a whole
    /// and then without its last parts (RFC 4647, section 3.4).
    package func preferred(_ header: String) -> Language {
        var ranges: [(tag: String, weight: Double)] = []
        for item in header.utf8.prefix(2000).split(separator: UInt8(ascii: ",")).prefix(50) {
            let parts = String(decoding: item, as: UTF8.self).split(separator: ";").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard let tag = parts.first, !tag.isEmpty else { continue }
            let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }.map {
                Double($0.dropFirst(2)) ?? 0
            }
            ranges.append((tag.lowercased(), weight ?? 1))
        }
        let refused = Set(ranges.filter { $0.weight <= 0 }.map(\.tag))
        // Among equals the first one counts: the sort is stable, as documented since Swift 5.
        for range in ranges.filter({ $0.weight > 0 }).sorted(by: { $0.weight > $1.weight }) {
            if range.tag == "*" { return all.first { !refused.contains($0.tag) } ?? english }
            var parts = range.tag.split(separator: "-")
            while !parts.isEmpty {
                if let found = language(parts.joined(separator: "-")) { return found }
                parts.removeLast()
            }
        }
        return english
    }
}
