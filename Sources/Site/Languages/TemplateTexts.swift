import Foundation

/// The texts of a template: `{{t:KEY}}` stands for a language's text, and `{{t:script.*}}` for those of the scripts as a
/// JSON object.
package enum TemplateTexts {
    /// Why a template has no text at some place.
    package enum Problem: Error, Equatable, CustomStringConvertible {
        /// No language has the key.
        case unknown(key: String)
        /// The text has plural forms, which only Swift chooses from.
        case plural(key: String)
        /// The text would be taken for a tag, or for a part of one.
        case braces(key: String)

        package var description: String {
            switch self {
            case .unknown(let key): "there is no text \(key)"
            case .plural(let key): "the text \(key) has plural forms; let the page's model choose among them"
            case .braces(let key): "the text \(key) has two braces in a row, or ends with one"
            }
        }
    }

    /// A template with the texts of a language, in which each place `{name}` has become `{{name}}`. Texts are escaped,
    /// but for those whose key ends in `.html`. O(n).
    package static func filled(_ template: String, in language: Language) throws(Problem) -> String {
        let (opening, closing) = (Array("{{t:".utf8), Array("}}".utf8))
        var rest = Array(template.utf8)[...]
        var result: [UInt8] = []
        while let brace = rest.firstIndex(of: opening[0]) {
            result += rest[..<brace]
            rest = rest[brace...]
            guard rest.starts(with: opening), let close = rest.firstIndex(of: closing[0]),
                rest[close...].starts(with: closing)
            else {
                result.append(rest.removeFirst())
                continue
            }
            let key = String(decoding: rest[..<close].dropFirst(opening.count), as: UTF8.self)
            result += try text(key, in: language).utf8
            rest = rest[close...].dropFirst(closing.count)
        }
        return String(decoding: result + rest, as: UTF8.self)
    }

    private static func text(_ key: String, in language: Language) throws(Problem) -> String {
        if key == "script.*" { return try scriptTexts(of: language) }
        guard let found = language.found(key)?.text else { throw .unknown(key: key) }
        guard case .single(let text) = found else { throw .plural(key: key) }
        guard !hasTags(text) else { throw .braces(key: key) }
        return TextPlaces.replaced(in: key.hasSuffix(".html") ? text : escaped(text)) { "{{\($0)}}" } ?? text
    }

    /// Whether Mustache could see a tag in a text, or together with what follows it.
    private static func hasTags(_ text: String) -> Bool {
        let braces = [UInt8(ascii: "{"), UInt8(ascii: "}")]
        return text.utf8.last == braces[0]
            || zip(text.utf8, text.utf8.dropFirst()).contains { $0 == $1 && braces.contains($0) }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// What `Public/texts.js` reads. It lies in a `script` element, which only `</script` or `<!--` could disturb.
    private static func scriptTexts(of language: Language) throws(Problem) -> String {
        var object: [String: Any] = [:]
        for key in language.keys where key.hasPrefix("script.") {
            switch language.found(key)?.text {
            case .single(let text): object[key] = text
            case .plural(let forms):
                object[key] = Dictionary(uniqueKeysWithValues: forms.map { ($0.key.rawValue, $0.value) })
            case nil: break
            }
        }
        // Texts can always be encoded.
        let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        let json = String(decoding: data ?? Data("{}".utf8), as: UTF8.self).replacing("<", with: "\\u003c")
        // Objects within objects end in as many braces, which say nothing to Mustache.
        guard !zip(json.utf8, json.utf8.dropFirst()).contains(where: { $0 == UInt8(ascii: "{") && $0 == $1 }) else {
            throw .braces(key: "script.*")
        }
        return json
    }
}
