/// The plural categories of CLDR (Unicode Technical Standard 35, part 3, "Language Plural Rules").
package enum PluralCategory: String, Sendable, CaseIterable {
    case zero, one, two, few, many, other
}

/// Which plural form goes with a whole number: the cardinal rules of CLDR 46 (common/supplemental/plurals.xml), which are
/// the same for every language of a group.
package enum PluralRule: String, Decodable, Sendable {
    case english = "en"
    case german = "de"
    case french = "fr"
    case spanish = "es"
    case hindi = "hi"
    case arabic = "ar"

    /// The category of a number without decimals.
    package func category(of number: Int) -> PluralCategory {
        let n = number.magnitude
        // A million and more stands before its noun with "de" in French and Spanish.
        let isMillions = n != 0 && n.isMultiple(of: 1_000_000)
        switch self {
        case .english, .german: return n == 1 ? .one : .other
        case .french: return n <= 1 ? .one : isMillions ? .many : .other
        case .spanish: return n == 1 ? .one : isMillions ? .many : .other
        case .hindi: return n <= 1 ? .one : .other
        case .arabic:
            switch (n, n % 100) {
            case (0, _): return .zero
            case (1, _): return .one
            case (2, _): return .two
            case (_, 3...10): return .few
            case (_, 11...99): return .many
            default: return .other
            }
        }
    }

    /// The categories that numbers fall into, and that a text with a number needs.
    package var categories: Set<PluralCategory> {
        switch self {
        case .english, .german, .hindi: [.one, .other]
        case .french, .spanish: [.one, .many, .other]
        case .arabic: Set(PluralCategory.allCases)
        }
    }
}
