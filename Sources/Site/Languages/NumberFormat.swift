/// How a language writes numbers: the number elements and patterns of CLDR (Unicode Technical Standard 35, part 3).
package struct NumberFormat: Decodable, Sendable {
    /// The sign between whole number and decimals.
    package let decimal: String
    /// The sign between groups of digits.
    package let group: String
    /// Sizes of the groups from the right, the last one repeated: `[3]`, or `[3, 2]` for lakhs and crores.
    package let grouping: [Int]
    /// How many digits must stand before the first separator: 1, or 2 where `1234` has none.
    package let minimumGrouping: Int
    /// The digit nought; the other nine follow it in Unicode.
    package let zero: String
    /// `{number}` in per cent.
    package let percent: String
    /// `{number}` milliseconds.
    package let milliseconds: String
    /// `{number}` of a currency with a `{symbol}`.
    package let price: String
    /// `{number}` of a currency without a sign of its own; `{symbol}` is its code.
    package let codePrice: String
    /// Signs of currencies by their code (ISO 4217).
    package let symbols: [String: String]

    /// A whole number.
    func whole(_ number: Int) -> String {
        (number < 0 ? "-" : "") + localDigits(grouped(String(number.magnitude)))
    }

    /// Digits and decimals, grouped: `1234` and `50` become `1,234.50`.
    func number(_ whole: Int, decimals: String) -> String {
        localDigits(grouped(String(whole.magnitude)) + (decimals.isEmpty ? "" : decimal + decimals))
    }

    private func grouped(_ digits: String) -> String {
        let first = max(1, grouping.first ?? 3)
        guard digits.count >= first + max(1, minimumGrouping) else { return digits }
        var groups: [Substring] = []
        var rest = digits[...]
        var sizes = grouping[...]
        while !rest.isEmpty {
            let size = max(1, sizes.first ?? first)
            groups.append(rest.suffix(size))
            rest = rest.dropLast(size)
            if sizes.count > 1 { sizes = sizes.dropFirst() }
        }
        return groups.reversed().joined(separator: group)
    }

    private func localDigits(_ text: String) -> String {
        guard zero != "0", let base = zero.unicodeScalars.first?.value else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            result.append(isDigit ? Unicode.Scalar(base + scalar.value - 48) ?? scalar : scalar)
        }
        return String(result)
    }
}
