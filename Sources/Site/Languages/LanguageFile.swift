import Foundation

/// A language's file as it is written: `Languages/TAG.json`.
package struct LanguageFile: Decodable, Sendable {
    /// Which way the language is written.
    package enum Direction: String, Decodable, Sendable {
        case leftToRight = "ltr"
        case rightToLeft = "rtl"
    }

    /// A text, or its plural forms.
    package enum Text: Decodable, Sendable, Equatable {
        case single(String)
        case plural([PluralCategory: String])

        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .single(text)
                return
            }
            let named = try container.decode([String: String].self)
            let forms = try named.map { name, text in
                guard let category = PluralCategory(rawValue: name) else {
                    throw DecodingError.dataCorruptedError(
                        in: container, debugDescription: "\(name) is no plural category of CLDR")
                }
                return (category, text)
            }
            guard named["other"] != nil else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "plural forms need one for \"other\"")
            }
            self = .plural(Dictionary(uniqueKeysWithValues: forms))
        }

        /// The form of a category, or the form for all else.
        package func form(_ category: PluralCategory) -> String {
            switch self {
            case .single(let text): text
            case .plural(let forms): forms[category] ?? forms[.other] ?? ""
            }
        }

        /// Each form.
        package var forms: [String] {
            switch self {
            case .single(let text): [text]
            case .plural(let forms): Array(forms.values)
            }
        }

        /// The names of the places for values.
        package var places: Set<String> { forms.reduce(into: []) { $0.formUnion(TextPlaces.names(in: $1)) } }
    }

    package let name: String
    package let direction: Direction
    package let plurals: PluralRule
    package let numbers: NumberFormat
    package let texts: [String: Text]
    /// The catalog's words by attribute: `{"colour": {"Red": "Rot"}}`.
    package let values: [String: [String: String]]?
    /// Names of attributes: `{"colour": "Farbe"}`.
    package let attributes: [String: String]?

    /// Reads a file.
    ///
    /// - Throws: ``SiteError``.
    package init(path: String) throws {
        guard let content = FileManager.default.contents(atPath: path) else { throw SiteError.unreadableFile(path) }
        do {
            self = try JSONDecoder().decode(LanguageFile.self, from: content)
        } catch {
            throw SiteError.invalidLanguage(path, reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "" : context.codingPath.map(\.stringValue).joined(separator: " > ") + ": "
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context): place(context) + "\(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            place(context) + context.debugDescription
        default: "\(error)"
        }
    }
}
