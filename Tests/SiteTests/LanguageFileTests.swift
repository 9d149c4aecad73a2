import Foundation
import Site
import Testing

/// Reads the sources: what is asked for must be there, and what is there must be asked for.
@Suite("Language files")
struct LanguageFileTests {
    private static let tags =
        (try? FileManager.default.contentsOfDirectory(atPath: TestSite.languages))?
        .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(".json".count)) }.sorted() ?? []

    private static func file(_ tag: String) throws -> LanguageFile {
        try LanguageFile(path: "\(TestSite.languages)/\(tag).json")
    }

    private static func sources(_ folder: String, _ suffix: String) throws -> [(name: String, text: String)] {
        let path = "\(TestSite.root)/\(folder)"
        return try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(suffix) }.map {
            ($0, try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8))
        }
    }

    /// Keys of `error.CODE.message` for the codes that pages can meet, which Swift puts together.
    private static func errorKeys() throws -> Set<String> {
        // What only programs ask for speaks English alone.
        let site = try sources("Sources/Site", ".swift").filter {
            !$0.name.hasPrefix("API/") && $0.name != "AccessToken.swift"
        }
        var codes: Set<String> = []
        for (_, text) in try sources("Sources/HTTPCore", ".swift") + site {
            for match in text.matches(of: #/code: "([a-z_]+)"/#) { codes.insert(String(match.1)) }
        }
        for (_, text) in try sources("Sources/ImageCodecs", ".swift") {
            for match in text.matches(of: #/case \.[A-Za-z]+: "([a-z]+(?:_[a-z]+)+)"/#) {
                codes.insert(String(match.1))
            }
        }
        #expect(codes.isSuperset(of: ["not_found", "unknown_item", "not_an_image"]))
        return Set(codes.map { "error.\($0).message" })
    }

    @Test("every key that a template, a script or Swift asks for is there in English, and no other")
    func keys() throws {
        let keys = Set(try Self.file("en").texts.keys)
        var asked = try Self.errorKeys()
        var written: Set<String> = []
        for (_, text) in try Self.sources("Templates", ".mustache") {
            for match in text.matches(of: #/\{\{t:([^}]+)\}\}/#) where match.1 != "script.*" {
                asked.insert(String(match.1))
            }
        }
        for (_, text) in try Self.sources("Sources/Site", ".swift") + Self.sources("Public", ".js") {
            // Comments show how it is done.
            let code = text.replacing(#/(?m)^\s*\/\/.*$/#, with: "")
            for match in code.matches(of: #/\btext\(\s*(?:[^"()]*\? )?"([^"\\]+)"/#) { asked.insert(String(match.1)) }
            for match in code.matches(of: #/"([A-Za-z_.]+)"/#) { written.insert(String(match.1)) }
        }
        for key in asked.subtracting(keys).sorted() { Issue.record("en.json lacks \(key)") }
        for key in keys.subtracting(asked).subtracting(written).sorted() { Issue.record("nothing asks for \(key)") }
    }

    @Test("scripts only ask for texts that they are given")
    func scriptKeys() throws {
        for (name, text) in try Self.sources("Public", ".js") {
            for match in text.matches(of: #/\btext\(\s*"([^"]+)"/#) {
                #expect(match.1.hasPrefix("script."), "\(name) asks for \(match.1)")
            }
        }
    }

    @Test(
        "a language has the keys of English, with the same places, the same elements and the plural forms it needs",
        arguments: LanguageFileTests.tags)
    func complete(tag: String) throws {
        let (english, language) = (try Self.file("en"), try Self.file(tag))
        #expect(language.texts.keys.filter { english.texts[$0] == nil } == [], "keys that English does not have")
        for (key, wanted) in english.texts.sorted(by: { $0.key < $1.key }) {
            guard let text = language.texts[key] else {
                Issue.record("\(tag).json lacks \(key)")
                continue
            }
            switch (wanted, text) {
            case (.single(let wanted), .single(let text)):
                #expect(!text.isEmpty && Self.elements(text) == Self.elements(wanted), "\(tag).json: \(key)")
            case (.plural, .plural(let forms)):
                #expect(Set(forms.keys) == language.plurals.categories, "\(tag).json: \(key)")
                #expect(!forms.values.contains(""), "\(tag).json: \(key)")
            default: Issue.record("\(tag).json: only one of \(key) and English's has plural forms")
            }
            // A form for one or two may say so in a word.
            #expect(
                text.places.union(["count"]) == wanted.places.union(["count"]), "\(tag).json: \(key) has other places")
        }
    }

    @Test("a language knows the words of the demo catalog", arguments: LanguageFileTests.tags.filter { $0 != "en" })
    func demoCatalog(tag: String) throws {
        let language = try Self.file(tag)
        let table = try String(contentsOfFile: "\(TestSite.root)/catalog/items.csv", encoding: .utf8)
        let rows = table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let words = [
            "category", "colour", "gender", "pattern", "sleeve", "neckline", "length", "fit", "season", "usage",
        ]
        for (column, attribute) in rows[0].enumerated() where words.contains(String(attribute)) {
            let known = language.values?[String(attribute)] ?? [:]
            for word in Set(rows.dropFirst().map { String($0[column]) }) where !word.isEmpty {
                #expect(known[word] != nil, "\(tag).json has no word for \(word) (\(attribute))")
            }
            #expect(language.attributes?[String(attribute)] != nil, "\(tag).json: \(attribute)")
        }
    }

    /// The tags of a text, in alphabetical order: a translation may move them.
    private static func elements(_ text: String) -> [String] {
        text.matches(of: #/<[^>]*>/#).map { String($0.0) }.sorted()
    }
}
