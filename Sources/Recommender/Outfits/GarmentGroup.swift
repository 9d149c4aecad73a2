/// The part that a piece of clothing has in an outfit.
package enum GarmentGroup: String, Sendable, CaseIterable {
    /// Worn on the upper body.
    case top
    /// Worn from the waist down.
    case bottom
    /// Worn on both, alone.
    case dress
    /// Worn over the others.
    case outer
    case shoes
    case bag
    /// Watches, belts, scarves, jewellery and the like.
    case accessory

    /// What completes an outfit that begins with a piece of this group, the most important first.
    package var completedBy: [GarmentGroup] {
        switch self {
        case .top: [.bottom, .shoes, .outer, .bag, .accessory]
        case .bottom: [.top, .shoes, .outer, .bag, .accessory]
        case .dress: [.shoes, .bag, .outer, .accessory]
        case .outer: [.top, .bottom, .shoes, .bag, .accessory]
        case .shoes: [.bottom, .top, .bag, .outer, .accessory]
        case .bag: [.top, .bottom, .shoes, .outer, .accessory]
        case .accessory: [.top, .bottom, .shoes, .bag, .outer]
        }
    }

    /// Whether it is worn as clothes are, on the body.
    package var isClothing: Bool { [.top, .bottom, .dress, .outer].contains(self) }

    /// The group of a category by its name; `nil` for what is no part of an outfit, or not known. The first word of the table
    /// that the name has decides, so that "Rain Jacket" is a jacket and "Sports Sandals" are sandals.
    package init?(category: String?) {
        guard let category else { return nil }
        let words = ProductName.words(category)
        guard !words.contains(where: { Self.apart.contains($0) }) else { return nil }
        for (group, names) in Self.table where words.contains(where: { names.contains($0) }) {
            self = group
            return
        }
        return nil
    }

    /// Whether a category is of denim, whose blue goes with all.
    package static func isDenim(_ category: String?) -> Bool {
        ProductName.words(category ?? "").contains { ["jean", "denim", "jegging"].contains($0) }
    }

    /// Underwear, socks, nightwear and what is not worn: nobody is shown these to go with a dress.
    private static let apart: Set<String> = [
        "innerwear", "brief", "bra", "boxer", "trunk", "camisole", "shapewear", "nightdress", "night", "lounge", "bath",
        "robe", "baby", "perfume", "deodorant", "gift", "lip", "nail", "makeup", "sunscreen", "set", "costume",
        "swimwear",
        "pouch", "sleeve", "trolley", "laptop", "travel", "accessory",
        "accessorie", "lace", "sock", "stocking",
    ]

    /// The words of categories, in the singular of ``ProductName``.
    private static let table: [(GarmentGroup, Set<String>)] = [
        (
            .shoes,
            [
                "shoe", "sneaker", "heel", "boot", "bootie", "sandal", "flat", "flop", "loafer", "trainer", "ballerina",
                "mule",
            ]
        ),
        (.bag, ["bag", "handbag", "backpack", "clutche", "clutch", "rucksack", "purse", "tote"]),
        (
            .outer,
            [
                "jacket", "coat", "blazer", "cardigan", "waistcoat", "shrug", "parka", "trench", "anorak", "vest",
            ]
        ),
        (.dress, ["dress", "dresse", "saree", "jumpsuit", "lehenga", "romper", "gown", "dungaree"]),
        (
            .bottom,
            [
                "trouser", "jean", "short", "skirt", "legging", "jegging", "capri", "pant", "track", "churidar",
                "salwar",
                "patiala", "tight", "chino", "bottom",
            ]
        ),
        (
            .top,
            [
                "tshirt", "shirt", "top", "polo", "sweater", "sweatshirt", "hoody", "hoodie", "blouse", "kurta",
                "kurti",
                "tunic", "pullover", "jumper", "jersey",
            ]
        ),
        (
            .accessory,
            [
                "watche", "watch", "sunglasse", "sunglass", "belt", "scarf", "scarve", "stole", "dupatta", "tie", "cap",
                "hat",
                "muffler", "earring", "necklace", "pendant", "bracelet", "bangle", "ring", "cufflink", "glove",
            ]
        ),
    ]
}
