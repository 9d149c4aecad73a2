/// Addresses, and numbers as forms and attributes hold them. What people read is written by their ``Language``.
package enum TextFormat {
    /// A price without cents, rounded so that it is still an end of the range that it ends: `39` or `40`.
    package static func wholeNumber(_ amount: Double, _ rule: FloatingPointRoundingRule) -> String {
        let rounded = amount.rounded(rule)
        return abs(rounded) < 1e15 ? String(Int(rounded)) : String(rounded)
    }

    /// A similarity as a whole percentage from 0 to 100.
    package static func percent(_ score: Float) -> Int {
        score.isFinite ? Int((max(0, min(1, score)) * 100).rounded()) : 0
    }

    /// One path segment or query value, percent-encoded but for RFC 3986's unreserved characters.
    package static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// `path?name=value&...`, or the path alone where there are no pairs.
    package static func address(_ path: String, _ query: [(name: String, value: String)]) -> String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { encoded($0.name) + "=" + encoded($0.value) }.joined(separator: "&")
    }

    /// A column's name as words: `baseColour` and `sleeve_length` become "Base colour" and "Sleeve length".
    package static func words(_ column: String) -> String {
        var text = ""
        for character in column {
            if character == "_" || character == "-" {
                text.append(" ")
            } else if character.isUppercase, let last = text.last, last.isLowercase {
                text += " " + character.lowercased()
            } else {
                text.append(character)
            }
        }
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
