import Foundation

/// Numbers, prices and addresses as pages show them.
package enum TextFormat {
    /// A count with commas between thousands: `42,212`.
    package static func count(_ number: Int) -> String {
        let digits = String(abs(number))
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return number < 0 ? "-" + grouped : grouped
    }

    /// A price such as `€39.90`, `₹1,299` or `39.90 CHF`; `nil` for none, or for one that is no number.
    package static func price(_ amount: Double?, currency: String?) -> String? {
        guard let amount, amount.isFinite, amount >= 0, amount < 1e12 else { return nil }
        let code = (currency ?? "").trimmingCharacters(in: .whitespaces).uppercased()
        let hundredths = Int((amount * 100).rounded())
        let isWhole = hundredths.isMultiple(of: 100)
        let noCents = ["JPY", "KRW", "HUF"].contains(code) || (isWhole && ["INR", ""].contains(code))
        let fraction = String(hundredths % 100)
        let number =
            noCents
            ? count(Int(amount.rounded()))
            : count(hundredths / 100) + "." + (fraction.count == 1 ? "0" + fraction : fraction)
        let signs = ["EUR": "€", "USD": "$", "GBP": "£", "INR": "₹", "JPY": "¥", "KRW": "₩"]
        if let sign = signs[code] { return sign + number }
        return code.isEmpty ? number : "\(number) \(code)"
    }

    /// A price without cents, rounded so that it is still an end of the range that it ends: `39` or `40`.
    package static func wholeNumber(_ amount: Double, _ rule: FloatingPointRoundingRule) -> String {
        let rounded = amount.rounded(rule)
        return abs(rounded) < 1e15 ? String(Int(rounded)) : String(rounded)
    }

    /// A similarity as a whole percentage from 0 to 100.
    package static func percent(_ score: Float) -> Int {
        score.isFinite ? Int((max(0, min(1, score)) * 100).rounded()) : 0
    }

    /// Milliseconds as people read them, `0.4 ms` or `12 ms`, with a space at which no line is broken.
    package static func milliseconds(_ value: Double) -> String {
        value < 9.95 ? "\((value * 10).rounded() / 10)\u{A0}ms" : "\(Int(value.rounded()))\u{A0}ms"
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
}
