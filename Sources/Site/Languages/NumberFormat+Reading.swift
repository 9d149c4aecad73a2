extension NumberFormat {
    /// A price as programs write it, `1299.50`, from how the language writes it, `1.299,50`; `nil` for what is no number.
    ///
    /// The plain form is one in every language, and is what forms send: `1.299` is never a thousand. Groups must be whole
    /// ones; where they are parted by a space, any space will do.
    package func plain(_ text: String) -> String? {
        guard text.utf8.count <= 100 else { return nil }
        let digits = asciiDigits(text.drop { $0.isWhitespace })
        let end = digits.lastIndex { !$0.isWhitespace }
        let number = end.map { String(digits[...$0]) } ?? ""
        if Self.isPlain(number) { return number }
        guard let sign = decimal.first, number.count(where: { $0 == sign }) <= 1 else { return nil }
        let parts = number.split(separator: sign, maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = ungrouped(parts[0]) else { return nil }
        guard parts.count == 2 else { return whole.isEmpty ? nil : whole }
        let plain = whole + "." + parts[1]
        return Self.isPlain(plain) ? plain : nil
    }

    /// Digits with at most one point among them.
    private static func isPlain(_ text: String) -> Bool {
        text.contains { ("0"..."9").contains($0) } && text.count { $0 == "." } <= 1
            && text.allSatisfy { ("0"..."9").contains($0) || $0 == "." }
    }

    /// Digits without the signs between their groups; `nil` if the groups are not those of the language.
    private func ungrouped(_ text: Substring) -> String? {
        let isSpace = group.first?.isWhitespace == true
        let groups = text.split(omittingEmptySubsequences: false) { sign in
            isSpace ? sign.isWhitespace : String(sign) == group
        }
        guard groups.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }) else { return nil }
        guard groups.count > 1 else { return groups.first.map(String.init) }
        for (place, digits) in groups.reversed().enumerated() {
            let size = grouping.isEmpty ? 3 : grouping[min(place, grouping.count - 1)]
            let isFirst = place == groups.count - 1
            guard isFirst ? 1...size ~= digits.count : digits.count == size else { return nil }
        }
        return groups.joined()
    }

    /// A text with the language's digits as those of ASCII.
    private func asciiDigits(_ text: Substring) -> String {
        guard zero != "0", let base = zero.unicodeScalars.first?.value else { return String(text) }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    base..<base + 10 ~= scalar.value ? Unicode.Scalar(48 + scalar.value - base) ?? scalar : scalar
                }))
    }
}
