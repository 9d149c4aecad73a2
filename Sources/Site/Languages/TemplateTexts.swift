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
        /// The text would be taken for a tag.
        case braces(key: String)

        package var description: String {
            switch self {
            case .unknown(let key): "there is no text \(key)"
            case .plural(let key): "the text \(key) has plural forms; let the page's model choose among them"
            case .braces(let key): "the text \(key) has two braces in a row"
            }
        }
    }

    /// A template with the texts of a language, in which each place `{name}` has become `{{name}}`. Texts are escaped,
    /// but for those whose key ends in `.html`. O(n).
    package static func filled(_ template: String, in language: Language) throws(Problem) -> String {
        let pieces = template.components(separatedBy: "{{t:")
        var result = pieces[0]
        for piece in pieces.dropFirst() {
            guard let close = piece.range(of: "}}") else { return result + piece }
            result += try text(String(piece[..<close.lowerBound]), in: language)
            result += piece[close.upperBound...]
        }
        return result
    }

    private static func text(_ key: String, in language: Language) throws(Problem) -> String {
        if key == "script.*" { return try scriptTexts(of: language) }
        guard let found = language.found(key)?.text else { throw .unknown(key: key) }
        guard case .single(let text) = found else { throw .plural(key: key) }
        guard !text.contains("{{"), !text.contains("}}") else { throw .braces(key: key) }
        return TextPlaces.replaced(in: key.hasSuffix(".html") ? text : escaped(text)) { "{{\($0)}}" } ?? text
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
        guard !json.contains("{{") else { throw .braces(key: "script.*") }
        return json
    }
}
