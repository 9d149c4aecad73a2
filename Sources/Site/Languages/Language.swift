/// One language of the pages: its texts, and how it writes numbers and prices.
///
/// Adding text to a page:
/// 1. Write it in `Languages/en.json` under `texts`, with a key that names the page and the part: `"home.lead": "..."`.
///    `{name}` is a place for a value. A text that counts something is an object with the plural forms of the language:
///    `{"one": "{count} item", "other": "{count} items"}`.
/// 2. In a template write `{{t:home.lead}}`; a place `{name}` becomes the model's `{{name}}`, escaped as ever. Texts are
///    escaped as well, but for those whose key ends in `.html`, which may hold simple elements.
/// 3. In Swift ask the language of the request, which is in the page's layout: `layout.language.text("home.lead")`,
///    `.text("filters.order", ["name": name])` or `.text("items.count", count: 12)`, where `{count}` is filled in.
///    Numbers and prices are written by `number(_:)`, `percent(_:)`, `price(_:currency:)` and `milliseconds(_:)`; the
///    catalog's own words by `value(_:of:)` and `attributeName(_:)`.
/// 4. Texts of scripts have keys that begin with `script.`; every page carries them, and `Public/texts.js` has
///    `text("script.sending", {name: value})`.
/// 5. A refusal's code needs `error.CODE.message`; what it says of the single case comes from `HTTPError.details`.
///
/// A key is written out wherever it is used, so that a test can find it.
package final class Language: Sendable {
    /// The language's tag (BCP 47), which is the file's name: `en`.
    package let tag: String
    /// What its speakers call it.
    package let name: String
    /// `ltr` or `rtl`, as in HTML's `dir`.
    package let direction: String
    package let numbers: NumberFormat
    let plurals: PluralRule
    let texts: [String: LanguageFile.Text]
    private let values: [String: [String: String]]
    private let attributes: [String: String]
    private let fallback: Language?
    /// The tag of the catalog's language where that is another one: what its names and descriptions are in.
    package let catalogLanguage: String?

    /// A language as its file has it.
    ///
    /// - Parameters:
    ///   - tag: its tag.
    ///   - file: the content of its file.
    ///   - fallback: the language whose text stands in for one that is missing.
    ///   - catalog: the tag of the language of the catalog's names and descriptions; `nil` if nobody knows.
    package init(_ tag: String, _ file: LanguageFile, fallback: Language? = nil, catalog: String? = nil) {
        self.tag = tag
        func primary(_ tag: String) -> String { tag.prefix { $0 != "-" }.lowercased() }
        catalogLanguage = catalog.flatMap { primary($0) == primary(tag) ? nil : $0 }
        name = file.name
        direction = file.direction.rawValue
        numbers = file.numbers
        plurals = file.plurals
        texts = file.texts
        // Catalogs spell the same word in capitals or without.
        func lowercased<Value>(_ dictionary: [String: Value]) -> [String: Value] {
            Dictionary(dictionary.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        values = lowercased((file.values ?? [:]).mapValues(lowercased))
        attributes = lowercased(file.attributes ?? [:])
        self.fallback = fallback
    }

    /// A text with its places filled in; a key that no language has stands for itself.
    package func text(_ key: String, _ values: [String: String] = [:]) -> String {
        guard case (.single(let text), _)? = found(key) else { return key }
        return Self.filled(text, values) { "{\($0)}" } ?? text
    }

    /// The form of a text that goes with a number, which is in its place `{count}`.
    package func text(_ key: String, count: Int, _ values: [String: String] = [:]) -> String {
        guard let (text, language) = found(key) else { return key }
        let values = values.merging(["count": number(count)]) { own, _ in own }
        let form = text.form(language.plurals.category(of: count))
        return Self.filled(form, values) { "{\($0)}" } ?? form
    }

    /// The keys of all texts, in no order.
    var keys: Set<String> { Set(texts.keys).union(fallback?.texts.keys ?? [:].keys) }

    /// The text of a key, and the language that has it.
    func found(_ key: String) -> (text: LanguageFile.Text, language: Language)? {
        texts[key].map { ($0, self) } ?? fallback?.found(key)
    }

    /// The catalog's word in this language, or as it is.
    package func value(_ value: String, of attribute: String) -> String {
        values[attribute.lowercased()]?[value.lowercased()] ?? value
    }

    /// The name of an attribute: `baseColour` and `sleeve_length` become "Base colour" and "Sleeve length" where the
    /// language has no word of its own.
    package func attributeName(_ column: String) -> String {
        attributes[column.lowercased()] ?? TextFormat.words(column)
    }

    /// A text with each `{name}` replaced.
    ///
    /// - Returns: `nil` if a place is left over and `missing` has nothing for it.
    static func filled(
        _ text: String, _ values: [String: String], missing: (String) -> String? = { _ in nil }
    ) -> String? {
        TextPlaces.replaced(in: text) { values[$0] ?? missing($0) }
    }
}
