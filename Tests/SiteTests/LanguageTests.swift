import Foundation
import HTTPCore
import Site
import Testing

@Suite("Languages")
struct LanguageTests {
    /// Languages with made-up texts in a folder of their own.
    private static func languages(_ files: [String: String]) throws -> Languages {
        let folder = NSTemporaryDirectory() + "languages-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (tag, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(tag).json")) }
        return try Languages(directory: folder)
    }

    private static func file(
        _ rule: String, _ texts: String = "{}", numbers: String = "", more: String = ""
    ) -> String {
        """
        {"name": "\(rule)", "direction": "ltr", "plurals": "\(rule)", "texts": \(texts)\(more), "numbers": {
        "decimal": ".", "group": ",", "grouping": [3], "minimumGrouping": 1, "zero": "0", "percent": "{number} %",
        "milliseconds": "{number} ms", "price": "{symbol}{number}", "codePrice": "{number} {symbol}",
        "symbols": {"EUR": "€"}\(numbers)}}
        """
    }

    @Test("digits of the language's own are read where it writes them")
    func ownDigits() throws {
        let file = Self.file("ar", numbers: "").replacing("\"zero\": \"0\"", with: "\"zero\": \"٠\"")
            .replacing("\"decimal\": \".\", \"group\": \",\"", with: "\"decimal\": \"٫\", \"group\": \"٬\"")
        let language = try #require(try Self.languages(["en": Self.file("en"), "ar": file]).language("ar"))
        #expect(language.numbers.plain("٣٩٫٩٠") == "39.90" && language.numbers.plain("١٬٢٩٩") == "1299")
        #expect(language.numbers.plain("39.90") == "39.90" && language.numbers.plain("٣٩.٩٠") == "39.90")
        #expect(try Self.languages(["en": Self.file("en")]).english.numbers.plain("٣٩") == nil)
    }

    @Test(
        "the browser's wishes are weighed, and looked up from the special to the general",
        arguments: [
            ("", "en"), ("de", "de"), ("de-AT", "de"), ("DE-at", "de"), ("zh-Hant-TW, ar;q=0.5", "ar"),
            ("en;q=0.5, de;q=0.7", "de"), ("de;q=0, ar;q=0.1", "ar"), ("de;q=0", "en"), ("*", "en"),
            ("zh, *;q=0.1", "en"), ("*, en;q=0", "ar"), ("ar,de", "ar"), ("ar;q=0.8,de;q=0.8", "ar"), ("xx", "en"),
            (" de ; q=1.0 ", "de"), ("de;q=x, ar", "ar"), (",,;q=1,", "en"), ("d", "en"), ("deutsch", "en"),
            (String(repeating: "xx,", count: 100_000) + "de", "en"),
        ])
    func negotiation(header: String, tag: String) throws {
        let languages = try Self.languages(["en": Self.file("en"), "de": Self.file("de"), "ar": Self.file("ar")])
        #expect(languages.preferred(header).tag == tag)
    }

    @Test("a visitor's choice stands before the browser's wishes, and one that is not there is passed over")
    func cookie() throws {
        let languages = try Self.languages(["en": Self.file("en"), "de": Self.file("de")])
        func tag(_ cookie: String) -> String {
            let headers: HTTPHeaders = ["Cookie": cookie, "Accept-Language": "en"]
            return languages.language(of: HTTPRequest(method: .get, path: "/", headers: headers)).tag
        }
        #expect(tag("language=de") == "de")
        #expect(tag("a=b; language=de; c=language=en") == "de")
        for other in ["language=", "language=xx", "LANGUAGE=de", "mylanguage=de", "language", "=", "language=../de"] {
            #expect(tag(other) == "en", "\(other)")
        }
    }

    @Test(
        "the plural rules are those of CLDR",
        arguments: [
            ("en", [0: "other", 1: "one", 2: "other", 11: "other", 1_000_000: "other"]),
            ("de", [0: "other", 1: "one", 2: "other", 101: "other"]),
            ("fr", [0: "one", 1: "one", 2: "other", 999_999: "other", 1_000_000: "many", 3_000_000: "many"]),
            ("es", [0: "other", 1: "one", 2: "other", 1_000_000: "many", 1_000_001: "other"]),
            ("hi", [0: "one", 1: "one", 2: "other", 100: "other"]),
            (
                "ar",
                [
                    0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other",
                    101: "other", 102: "other", 103: "few", 111: "many", 1000: "other", 1003: "few",
                ]
            ),
        ] as [(String, [Int: String])])
    func plurals(rule: String, categories: [Int: String]) throws {
        let rule = try #require(PluralRule(rawValue: rule))
        for (number, category) in categories {
            #expect(rule.category(of: number).rawValue == category, "\(number)")
        }
        #expect(Set((0...2000).map(rule.category) + [rule.category(of: 1_000_000)]) == rule.categories)
    }

    @Test("a text is filled in once, takes English's place where it is missing, and stands as its key where none is")
    func texts() throws {
        let english =
            #"{"a": "{x} and {y}", "b": "only English", "odd": "{ {} {x {{x}} {x y} {1} }{", "n": {"one": "{count} cat", "other": "{count} cats"}}"#
        let languages = try Self.languages([
            "en": Self.file("en", english), "de": Self.file("de", #"{"a": "{y} und {x}"}"#),
        ])
        let german = try #require(languages.language("de"))
        #expect(german.text("a", ["x": "{y}", "y": "2"]) == "2 und {y}")
        #expect(german.text("a", ["x": "1"]) == "{y} und 1")
        #expect(german.text("b") == "only English")
        #expect(german.text("c") == "c")
        #expect(german.text("odd", ["x": "X"]) == "{ {} {x {X} {x y} {1} }{")
        #expect([0, 1, 1234].map { german.text("n", count: $0) } == ["0 cats", "1 cat", "1,234 cats"])
    }

    @Test("a file that is not as it should be is named with what is wrong")
    func broken() throws {
        for (text, reason) in [
            ("{", "JSON"), ("{}", "is missing"), (Self.file("xx"), "plurals"),
            (Self.file("en", #"{"a": {"one": "x"}}"#), "other"), (Self.file("en", #"{"a": {"ones": "x"}}"#), "ones"),
            (Self.file("en", #"{"a": 1}"#), "a"),
        ] {
            do {
                _ = try Self.languages(["en": text])
                Issue.record("was accepted: \(text)")
            } catch let error as SiteError {
                #expect("\(error)".contains("/en.json is not a valid language: ") && "\(error)".contains(reason))
            }
        }
        #expect(throws: SiteError.self) { try Self.languages(["de": Self.file("de")]) }
    }

    @Test("texts in templates are escaped but for those in HTML, and their places become Mustache's")
    func templates() throws {
        let texts = ##"""
            {"a": "<b> & \"{name}\"", "b.html": "<em>{name}</em>", "c": {"other": "x"}, "d": "{{x}}", "e": "x{",
            "script.z": "</script><!-- {a}", "script.n": {"one": "1", "other": "n"}}
            """##
        let english = try Self.languages(["en": Self.file("en", texts)]).english
        #expect(try TemplateTexts.filled("{{t:a}}!", in: english) == "&lt;b&gt; &amp; &quot;{{name}}&quot;!")
        #expect(try TemplateTexts.filled("{{x}}{{t:b.html}}{{y}}", in: english) == "{{x}}<em>{{name}}</em>{{y}}")
        #expect(throws: TemplateTexts.Problem.unknown(key: "f")) { try TemplateTexts.filled("{{t:f}}", in: english) }
        #expect(throws: TemplateTexts.Problem.plural(key: "c")) { try TemplateTexts.filled("{{t:c}}", in: english) }
        #expect(throws: TemplateTexts.Problem.braces(key: "d")) { try TemplateTexts.filled("{{t:d}}", in: english) }
        #expect(throws: TemplateTexts.Problem.braces(key: "e")) { try TemplateTexts.filled("{{t:e}}", in: english) }
        #expect(
            try TemplateTexts.filled("{{t:script.*}}", in: english)
                == #"{"script.n":{"one":"1","other":"n"},"script.z":"\u003c/script>\u003c!-- {a}"}"#)
    }

    @Test("the catalog's words are shown in the language where it has them, and an attribute's name too")
    func values() throws {
        let more = #", "values": {"Colour": {"Navy Blue": "Marineblau"}}, "attributes": {"colour": "Farbe"}"#
        let german = try #require(
            try Self.languages(["en": Self.file("en"), "de": Self.file("de", more: more)]).language("de"))
        #expect(german.value("navy blue", of: "colour") == "Marineblau")
        #expect(german.value("Navy Blue", of: "pattern") == "Navy Blue")
        #expect(german.attributeName("Colour") == "Farbe")
        #expect(german.attributeName("sleeve_length") == "Sleeve length")
    }
}
