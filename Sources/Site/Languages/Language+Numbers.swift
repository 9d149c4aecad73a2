import Foundation

extension Language {
    /// A count with separators between its groups of digits: `42,212`.
    package func number(_ number: Int) -> String { numbers.whole(number) }

    /// A price such as `€39.90`, `₹1,299` or `39.90 CHF`; `nil` for none, or for one that is no number.
    package func price(_ amount: Double?, currency: String?) -> String? {
        guard let amount, amount.isFinite, amount >= 0, amount < 1e12 else { return nil }
        let code = (currency ?? "").trimmingCharacters(in: .whitespaces).uppercased()
        let hundredths = Int((amount * 100).rounded())
        let isWhole = hundredths.isMultiple(of: 100)
        let noCents = ["JPY", "KRW", "HUF"].contains(code) || (isWhole && ["INR", ""].contains(code))
        let fraction = String(hundredths % 100)
        let number =
            noCents
            ? self.number(Int(amount.rounded()))
            : numbers.number(hundredths / 100, decimals: fraction.count == 1 ? "0" + fraction : fraction)
        if code.isEmpty { return number }
        let symbol = numbers.symbols[code]
        let pattern = symbol == nil ? numbers.codePrice : numbers.price
        return Self.filled(pattern, ["number": number, "symbol": symbol ?? code]) { _ in "" }
    }

    /// A similarity as a whole percentage from 0 to 100: `93 %`.
    package func percent(_ score: Float) -> String {
        Self.filled(numbers.percent, ["number": number(TextFormat.percent(score))]) { _ in "" } ?? ""
    }

    /// Milliseconds as people read them, `0.4 ms` or `12 ms`, with a space at which no line is broken.
    package func milliseconds(_ value: Double) -> String {
        let value = max(0, min(value, 1e12))
        let tenths = Int((value * 10).rounded())
        let number =
            value < 9.95
            ? numbers.number(tenths / 10, decimals: String(tenths % 10)) : self.number(Int(value.rounded()))
        return Self.filled(numbers.milliseconds, ["number": number]) { _ in "" } ?? ""
    }
}
