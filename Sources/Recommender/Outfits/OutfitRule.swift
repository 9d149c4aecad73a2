import CatalogStore

/// Which pieces go with a piece, as a rule that can be explained.
///
/// 1. The group: ``GarmentGroup/completedBy``.
/// 2. Whom it is for: the same gender or unisex.
/// 3. The occasion, where both state one: the same, or one next to it.
/// 4. The season, where both state one: the same or one next to it; "all year" goes with all.
/// 5. Colours: ``ColourHarmony``; those that clash with the first piece are left out. Beside each other the pieces have one
///    strong hue at the most, or two that lie side by side, and are for the same people.
///
/// What is left is put in order by how well occasion, season and colour fit, then by nearness of style, the cosine of the
/// two vectors.
package struct OutfitRule: Sendable {
    /// How well a piece goes with the first one.
    package struct Fit: Sendable, Equatable {
        /// 0 to 1.
        package let worth: Float
        package let harmony: ColourHarmony
        /// The occasion that both state.
        package let occasion: String?
    }

    private let item: CatalogItem
    /// The group of the piece that the outfit begins with.
    package let group: GarmentGroup

    /// The most pieces that an outfit is completed by.
    package static let mostPieces = 5
    /// Pieces of a group that are looked at: those nearest in style.
    package static let candidates = 60

    /// The rule for an item; `nil` for one that is no part of an outfit.
    package init?(_ item: CatalogItem) {
        guard let group = GarmentGroup(category: item.category) else { return nil }
        self.item = item
        self.group = group
    }

    /// Which items of a group are looked at: by category, gender and occasion.
    ///
    /// - Parameters:
    ///   - group: the group.
    ///   - categories: all categories of the catalog.
    ///   - genders: all values of gender.
    ///   - occasions: all values of `usage`; empty where the catalog does not state it.
    ///   - colours: all colours.
    /// - Returns: the filter; `nil` if the catalog has no category of that group.
    package func filter(
        for group: GarmentGroup, categories: [String], genders: [String], occasions: [String], colours: [String]
    ) -> ItemFilter? {
        let pieces = categories.filter { GarmentGroup(category: $0) == group }
        guard !pieces.isEmpty else { return nil }
        var accepted = ["category": pieces]
        if let gender = item.gender, !gender.isEmpty {
            let suitable = genders.filter { Self.suits($0, gender) }
            if !suitable.isEmpty { accepted["gender"] = suitable }
        }
        if let occasion = value("usage", of: item) {
            let suitable = occasions.filter { Self.occasionWorth($0, occasion) != nil }
            if !suitable.isEmpty { accepted["usage"] = suitable }
        }
        // Else the nearest are those of the same colour, and hardly any other is looked at.
        let harmonious = colours.filter { colour in
            let harmony = ColourHarmony(item.colour, colour, isDenim: isDenim)
            return harmony != .clashing && harmony != .same
        }
        if !harmonious.isEmpty, BaseColour(item.colour) != nil { accepted["colour"] = harmonious }
        return ItemFilter(accepted)
    }

    /// How well an item goes with it.
    ///
    /// - Parameters:
    ///   - other: the item.
    ///   - pieces: what was chosen before.
    /// - Returns: how well; `nil` if it does not.
    package func fit(_ other: CatalogItem, beside pieces: [CatalogItem] = []) -> Fit? {
        guard let otherGroup = GarmentGroup(category: other.category), group.completedBy.contains(otherGroup),
            other.id != item.id
        else { return nil }
        if let gender = item.gender, let theirs = other.gender, !gender.isEmpty, !theirs.isEmpty {
            guard Self.suits(theirs, gender) else { return nil }
        }
        let isOtherDenim = GarmentGroup.isDenim(other.category)
        let harmony = ColourHarmony(item.colour, other.colour, isDenim: isDenim || isOtherDenim)
        guard harmony != .clashing, pieces.allSatisfy({ Self.goes(other, beside: $0) }) else { return nil }
        let (occasion, theirs) = (value("usage", of: item), value("usage", of: other))
        var occasionWorth: Float = 0.7
        if let occasion, let theirs {
            guard let worth = Self.occasionWorth(occasion, theirs) else { return nil }
            occasionWorth = worth
        }
        var seasonWorth: Float = 0.7
        if let season = value("season", of: item), let theirs = value("season", of: other) {
            guard let worth = Self.seasonWorth(season, theirs) else { return nil }
            seasonWorth = worth
        }
        let isSame = occasion != nil && occasion?.foldingASCII == theirs?.foldingASCII
        return Fit(
            worth: 0.4 * harmony.worth + 0.4 * occasionWorth + 0.2 * seasonWorth, harmony: harmony,
            occasion: isSame ? occasion : nil)
    }

    /// Whether two pieces of one outfit go beside each other: for the same people, and with one strong hue at the most or two
    /// that lie side by side.
    private static func goes(_ piece: CatalogItem, beside other: CatalogItem) -> Bool {
        if let gender = piece.gender, let theirs = other.gender, !gender.isEmpty, !theirs.isEmpty,
            !suits(gender, theirs)
        {
            return false
        }
        let isDenim = GarmentGroup.isDenim(piece.category) || GarmentGroup.isDenim(other.category)
        let harmony = ColourHarmony(piece.colour, other.colour, isDenim: isDenim)
        return harmony != .clashing && harmony != .opposites
    }

    private var isDenim: Bool { GarmentGroup.isDenim(item.category) }

    private func value(_ attribute: String, of item: CatalogItem) -> String? {
        item.attributes.first { $0.name.foldingASCII == attribute && !$0.value.isEmpty }?.value
    }

    /// Whether something for one gender goes with something for the other. What is unisex is in the sizes of grown-ups.
    static func suits(_ gender: String, _ other: String) -> Bool {
        let (a, b) = (gender.foldingASCII, other.foldingASCII)
        let children: Set<String> = ["boys", "girls", "kids", "children"]
        return a == b || ((a == "unisex" || b == "unisex") && !children.contains(a) && !children.contains(b))
    }

    /// 1 for the same occasion, less for one next to it; `nil` for those that do not go together.
    static func occasionWorth(_ a: String, _ b: String) -> Float? {
        let (a, b) = (a.foldingASCII, b.foldingASCII)
        if a == b { return 1 }
        let near: [Set<String>] = [
            ["casual", "smart casual"], ["casual", "travel"], ["smart casual", "formal"], ["formal", "party"],
            ["smart casual", "party"], ["smart casual", "travel"], ["ethnic", "party"], ["ethnic", "casual"],
        ]
        return near.contains([a, b]) ? 0.5 : nil
    }

    /// 1 for the same season or one that is stated for all year, less for one next to it; `nil` for the opposite one.
    static func seasonWorth(_ a: String, _ b: String) -> Float? {
        let year = ["spring": 0, "summer": 1, "autumn": 2, "fall": 2, "winter": 3]
        guard let first = year[a.foldingASCII], let second = year[b.foldingASCII] else { return 1 }
        let apart = abs(first - second)
        switch min(apart, 4 - apart) {
        case 0: return 1
        case 1: return 0.6
        default: return nil
        }
    }
}
