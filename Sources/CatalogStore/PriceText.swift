/// Which character stands before the fraction of a price.
enum DecimalMark: Character {
    case point = "."
    case comma = ","
}

/// A price as people and programs write it: `39.90`, `1.234,50`, `1 299`, `£12.50`, `10 EUR`, `12,-`.
struct PriceText: Equatable {
    /// What the digits say.
    enum Amount: Equatable {
        case plain(Double)
        /// The mark before the fraction is plain from the digits.
        case telling(Double, DecimalMark)
        /// One mark with three digits behind it: thousands, or a fraction.
        case ambiguous(grouped: Double, fraction: Double, mark: DecimalMark)
    }

    /// Why a text is no price.
    enum Problem: String, Error, Sendable {
        case noNumber = "it is no number"
        case negative = "it is negative"
        case tooLarge = "it is too large"
        case otherCurrency = "its currency is not that of the row"
    }

    let amount: Amount
    /// The currencies that its sign or code can stand for; empty if it has none.
    let currencies: [String]

    /// Reads a text.
    ///
    /// Of two kinds of separators the last is the decimal one; one kind that comes more than once groups digits.
    init(_ text: String) throws(Problem) {
        guard let first = text.firstIndex(where: \.isDigit), let last = text.lastIndex(where: \.isDigit) else {
            throw .noNumber
        }
        var before = String(text[..<first])
        var digits = String(text[first...last])
        var after = String(text[text.index(after: last)...])
        if let mark = before.last, DecimalMark(rawValue: mark) != nil, before.dropLast().last?.isLetter != true {
            before.removeLast()
            digits = "0" + String(mark) + digits
        }
        // "12,-" and "12." have no cents.
        if let mark = after.first, DecimalMark(rawValue: mark) != nil {
            after.removeFirst()
            while let dash = after.first, Self.dashes.contains(dash) { after.removeFirst() }
        }
        let isNegative = before.contains { Self.dashes.contains($0) }
        before.removeAll { Self.dashes.contains($0) }
        let signs = [before.trimmed, after.trimmed].filter { !$0.isEmpty }
        guard Set(signs).count <= 1, let amount = Self.amount(digits) else { throw .noNumber }
        currencies = signs.first.map(Self.currencies) ?? []
        guard signs.isEmpty || !currencies.isEmpty else { throw .noNumber }
        guard !isNegative else { throw .negative }
        self.amount = amount
    }

    private static let dashes: Set<Character> = ["-", "\u{2212}", "\u{2013}", "\u{2014}"]

    /// The number of digits and separators alone; `nil` if they are none.
    private static func amount(_ text: String) -> Amount? {
        var groups = [""]
        var marks: [Character] = []
        for character in text {
            if character.isDigit {
                groups[groups.count - 1].append(character)
            } else {
                // Spaces and apostrophes group, whichever of them it is.
                let isGrouping = character.isWhitespace || character == "'" || character == "\u{2019}"
                guard isGrouping || DecimalMark(rawValue: character) != nil, groups.last != "" else { return nil }
                marks.append(isGrouping ? " " : character)
                groups.append("")
            }
        }
        guard let last = marks.last else { return Double(text).map { .plain($0) } }
        let whole = isGrouped(groups) ? Double(groups.joined()) : nil
        guard let mark = DecimalMark(rawValue: last) else {
            return Set(marks).count == 1 ? whole.map { .plain($0) } : nil
        }
        let fraction = Double(groups.dropLast().joined() + "." + (groups.last ?? ""))
        if marks.count == 1 {
            guard let fraction else { return nil }
            guard let whole, groups[0] != "0" else { return .telling(fraction, mark) }
            return .ambiguous(grouped: whole, fraction: fraction, mark: mark)
        }
        if Set(marks).count == 1 { return whole.map { .telling($0, mark == .point ? .comma : .point) } }
        guard Set(marks.dropLast()).count == 1, marks[0] != last, isGrouped(Array(groups.dropLast())) else {
            return nil
        }
        return fraction.map { .telling($0, mark) }
    }

    /// Whether digits are grouped by three, or as in India by two before the last three.
    private static func isGrouped(_ groups: [String]) -> Bool {
        guard let first = groups.first, groups.count > 1 else { return true }
        let middle = Set(groups.dropFirst().dropLast().map(\.count))
        return (1...3).contains(first.count) && groups.last?.count == 3
            && (middle.isEmpty || middle == [3] || (middle == [2] && first.count <= 2))
    }

    /// The ISO 4217 codes that a sign or code can stand for.
    static func currencies(_ sign: String) -> [String] {
        let code = sign.uppercased()
        return codes.contains(code) ? [code] : signs[sign] ?? signs[sign.lowercased()] ?? []
    }

    private static let signs: [String: [String]] = [
        "€": ["EUR"], "£": ["GBP"], "₹": ["INR"], "₩": ["KRW"], "₽": ["RUB"], "₺": ["TRY"], "₴": ["UAH"], "₪": ["ILS"],
        "฿": ["THB"], "₫": ["VND"], "₦": ["NGN"], "₱": ["PHP"], "₸": ["KZT"], "₾": ["GEL"], "₡": ["CRC"], "₲": ["PYG"],
        "zł": ["PLN"], "kč": ["CZK"], "ft": ["HUF"], "us$": ["USD"], "ca$": ["CAD"], "c$": ["CAD"], "a$": ["AUD"],
        "au$": ["AUD"], "nz$": ["NZD"], "hk$": ["HKD"], "s$": ["SGD"], "nt$": ["TWD"], "r$": ["BRL"], "mx$": ["MXN"],
        "$": ["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU", "BBD", "JMD", "TTD"],
        "¥": ["JPY", "CNY"], "￥": ["JPY", "CNY"], "kr": ["SEK", "NOK", "DKK", "ISK"],
        "kr.": ["SEK", "NOK", "DKK", "ISK"],
        "rs": ["INR", "PKR", "LKR", "NPR", "MUR"], "rs.": ["INR", "PKR", "LKR", "NPR", "MUR"],
    ]

    /// Active codes of ISO 4217.
    private static let codes = Set(
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP \
        CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR \
        ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT \
        MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD \
        SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND \
        VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
        """.split(separator: " ").map(String.init))
}

extension Character {
    /// Whether it is one of 0 to 9.
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
