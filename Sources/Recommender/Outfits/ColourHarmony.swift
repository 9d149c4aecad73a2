/// How two colours of clothes go together.
///
/// Colours are told apart by hue as on the artists' colour wheel (red, yellow and blue a third of a turn from each other),
/// which is what dress guides mean by neighbours and opposites (J. Itten, "The Art of Color", 1961): hues of one family or
/// next to each other go together, opposite ones set each other off, and colours without a hue of their own go with all.
package enum ColourHarmony: String, Sendable {
    /// One of them has hardly a hue: black, white, grey, beige, denim's navy.
    case neutral
    /// The same hue.
    case same
    /// Hues next to each other.
    case neighbours
    /// Hues opposite each other.
    case opposites
    /// One of the colours is not known.
    case unknown
    /// None of these.
    case clashing

    /// What it counts, 0 to 1. A neutral partner is the safe choice, the same hue again is a little much.
    package var worth: Float {
        switch self {
        case .neutral: 1
        case .neighbours: 0.8
        case .opposites: 0.7
        case .same: 0.6
        case .unknown: 0.4
        case .clashing: 0
        }
    }

    /// How two of the catalog's words for colours go together.
    ///
    /// - Parameters:
    ///   - first: one colour.
    ///   - second: the other.
    ///   - isDenim: whether one of them is that of denim, which goes with every other hue.
    package init(_ first: String?, _ second: String?, isDenim: Bool = false) {
        guard let first = BaseColour(first), let second = BaseColour(second) else {
            self = .unknown
            return
        }
        guard let one = first.hue, let other = second.hue else {
            self = .neutral
            return
        }
        let apart = abs(one - other)
        let distance = min(apart, 360 - apart)
        switch distance {
        case ...20: self = .same
        case _ where isDenim: self = .neutral
        case ...60: self = .neighbours
        case 150...: self = .opposites
        default: self = .clashing
        }
    }
}

/// A catalog's word for a colour: its hue, if it has one.
package struct BaseColour: Sendable, Equatable {
    /// Degrees on the artists' wheel: red 0, orange 60, yellow 120, green 180, blue 240, purple 300; `nil` for neutral
    /// colours.
    package let hue: Float?

    /// The colour that a word names; `nil` for words that name none, such as "Multi". A phrase is what its last known word
    /// says: "Turquoise Blue" is a blue, but "Navy Blue" is in the table as it is.
    package init?(_ word: String?) {
        guard let word else { return nil }
        let text = word.foldingASCII
        if let entry = Self.table[text] {
            hue = entry
            return
        }
        for part in text.split(whereSeparator: { !$0.isLetter }).reversed() {
            if let entry = Self.table[String(part)] {
                hue = entry
                return
            }
        }
        return nil
    }

    /// The words of catalogs, English, with their hues; `nil` marks the neutral ones.
    private static let table: [String: Float?] = [
        "black": nil, "white": nil, "grey": nil, "gray": nil, "silver": nil, "charcoal": nil, "off white": nil,
        "cream": nil, "ivory": nil, "beige": nil, "tan": nil, "khaki": nil, "nude": nil, "skin": nil, "taupe": nil,
        "brown": nil, "coffee brown": nil, "mushroom brown": nil, "navy": nil, "navy blue": nil, "steel": nil,
        "metallic": nil, "gold": nil, "bronze": nil, "copper": nil, "grey melange": nil, "denim": nil, "camel": nil,
        "red": 0, "maroon": 0, "burgundy": 0, "crimson": 0, "wine": 0, "coral": 25, "rust": 35, "orange": 60,
        "peach": 50, "apricot": 60, "mustard": 105, "yellow": 120, "lime": 150, "lime green": 150,
        "fluorescent green": 150, "olive": 140, "green": 180, "mint": 195, "sea green": 200, "emerald": 185,
        "teal": 215,
        "turquoise": 220, "turquoise blue": 220, "aqua": 220, "blue": 240, "light blue": 240, "indigo": 265,
        "lavender": 290, "mauve": 300, "purple": 300, "violet": 290, "magenta": 325, "pink": 345, "rose": 345,
    ]
}
