import CatalogStore
import Recommender
import Testing

@Suite("Outfits")
struct OutfitTests {
    private func item(
        _ category: String, _ colour: String?, gender: String? = "Women", usage: String? = nil, season: String? = nil,
        id: String = "2"
    ) -> CatalogItem {
        CatalogItem(
            id: id, category: category, colour: colour, gender: gender,
            attributes: [("usage", usage), ("season", season)].compactMap { name, value in
                value.map { (name: name, value: $0) }
            })
    }

    @Test(
        "categories have the group that their names say",
        arguments: [
            ("T-Shirts", GarmentGroup.top), ("Tshirts", .top), ("Kurtas", .top), ("Hoodies", .top), ("Polos", .top),
            ("Jeans", .bottom), ("Track Pants", .bottom), ("Leggings", .bottom), ("Shorts", .bottom),
            ("Dresses", .dress),
            ("Sarees", .dress), ("Rain Jacket", .outer), ("Blazers", .outer), ("Sports Sandals", .shoes),
            ("Flip Flops", .shoes), ("Casual Shoes", .shoes), ("Handbags", .bag), ("Clutches", .bag),
            ("Watches", .accessory), ("Sunglasses", .accessory), ("Scarves", .accessory), ("Ties", .accessory),
        ])
    func groups(category: String, group: GarmentGroup) {
        #expect(GarmentGroup(category: category) == group)
    }

    @Test(
        "underwear, nightwear, cosmetics and what is not worn are no part of an outfit",
        arguments: [
            "Bra", "Innerwear Vests", "Socks", "Briefs", "Night suits", "Lounge Pants", "Bath Robe", "Lip Gloss",
            "Perfume and Body Mist",
            "Free Gifts", "Shoe Accessories", "Shoe Laces", "Mobile Pouch", "Basketballs", "",
        ])
    func apart(category: String) {
        #expect(GarmentGroup(category: category) == nil)
    }

    @Test("nearest in kind to a category are those of its group, then other clothes, and bags are near to bags alone")
    func kindred() {
        let categories = [
            "Handbags", "Shorts", "t-shirts", "Sneakers", "Polos", "Backpacks", "Blazers", "Hoodies", "Lamps",
        ]
        #expect(
            KindredCategories.steps(from: "T-Shirts", among: categories)
                == [["Polos", "Hoodies"], ["Shorts", "Blazers"]])
        #expect(KindredCategories.steps(from: "Backpacks", among: categories) == [["Handbags"]])
        #expect(KindredCategories.steps(from: "Lamps", among: categories).isEmpty)
    }

    @Test("a group is never completed by itself, and a dress needs neither top nor bottom")
    func completion() {
        for group in GarmentGroup.allCases { #expect(!group.completedBy.contains(group)) }
        #expect(!GarmentGroup.dress.completedBy.contains(.top))
        #expect(!GarmentGroup.dress.completedBy.contains(.bottom))
    }

    @Test(
        "colours go together by their hues",
        arguments: [
            ("Black", "Red", ColourHarmony.neutral), ("Navy Blue", "Orange", .neutral), ("Red", "Maroon", .same),
            ("Blue", "Teal", .neighbours), ("Red", "Pink", .same), ("Red", "Green", .opposites),
            ("Blue", "Orange", .opposites),
            ("Red", "Blue", .clashing), ("Multi", "Red", .unknown), ("Turquoise Blue", "turquoise", .same),
        ])
    func harmony(first: String, second: String, expected: ColourHarmony) {
        #expect(ColourHarmony(first, second) == expected)
        #expect(ColourHarmony(second, first) == expected)
    }

    @Test("leaves out what clashes, other genders, other occasions and the opposite season")
    func refusals() throws {
        let rule = try #require(
            OutfitRule(item("Dresses", "Red", usage: "Party", season: "Summer", id: "1")))
        #expect(rule.fit(item("Heels", "Black", usage: "Party", season: "Summer")) != nil)
        #expect(rule.fit(item("Heels", "Blue", usage: "Party")) == nil, "clashes")
        #expect(rule.fit(item("Heels", "Black", gender: "Men")) == nil)
        #expect(rule.fit(item("Heels", "Black", gender: "Unisex")) != nil)
        #expect(rule.fit(item("Heels", "Black", usage: "Sports")) == nil)
        #expect(rule.fit(item("Heels", "Black", season: "Winter")) == nil)
        #expect(rule.fit(item("Skirts", "Black")) == nil, "a dress needs no skirt")
        #expect(rule.fit(item("Heels", "Black", id: "1")) == nil, "nothing goes with itself")
        #expect(OutfitRule(item("Perfume", "Red")) == nil)
    }

    @Test("what goes with the first piece must not clash with what was chosen before")
    func pieces() throws {
        let rule = try #require(OutfitRule(item("Trousers", "Black", id: "1")))
        let shirt = item("Shirts", "Red", id: "3")
        #expect(rule.fit(item("Heels", "Blue")) != nil)
        #expect(rule.fit(item("Heels", "Blue"), beside: [shirt]) == nil)
        #expect(rule.fit(item("Heels", "White"), beside: [shirt]) != nil)
        #expect(rule.fit(item("Heels", "Green"), beside: [shirt]) == nil, "opposites would outdo the first piece")
        let hoodie = try #require(OutfitRule(item("Hoodies", "Black", gender: "Unisex", id: "1")))
        let joggers = item("Track Pants", "Black", gender: "Men", id: "3")
        #expect(hoodie.fit(item("Casual Shoes", "White", gender: "Women")) != nil)
        #expect(hoodie.fit(item("Casual Shoes", "White", gender: "Women"), beside: [joggers]) == nil)
    }

    @Test("denim goes with every hue but its own")
    func denim() throws {
        let rule = try #require(OutfitRule(item("Jeans", "Light Blue", id: "1")))
        #expect(rule.fit(item("Tops", "Red"))?.harmony == .neutral)
        #expect(rule.fit(item("Tops", "Blue"))?.harmony == .same)
        #expect(GarmentGroup.isDenim("Jeggings") && !GarmentGroup.isDenim("Trousers"))
    }

    @Test("the same occasion counts more than one next to it, a neutral colour more than an opposite one")
    func order() throws {
        let rule = try #require(OutfitRule(item("Dresses", "Red", usage: "Formal", id: "1")))
        func worth(_ colour: String, _ usage: String) throws -> Float {
            try #require(rule.fit(item("Heels", colour, usage: usage))).worth
        }
        #expect(try worth("Black", "Formal") > worth("Black", "Party"))
        #expect(try worth("Black", "Formal") > worth("Green", "Formal"))
        #expect(try worth("Black", "Formal") <= 1)
    }

    @Test("looks only at categories, genders, occasions and colours that suit")
    func filter() throws {
        let rule = try #require(OutfitRule(item("Shirts", "White", gender: "Men", usage: "Formal", id: "1")))
        let filter = try #require(
            rule.filter(
                for: .shoes, categories: ["Heels", "Formal Shoes", "Ties"],
                genders: ["Men", "Women", "Unisex", "Boys"],
                occasions: ["Formal", "Sports", "Party"], colours: ["Black", "Red"]))
        #expect(filter.accepted["category"] == ["Heels", "Formal Shoes"])
        #expect(filter.accepted["gender"] == ["Men", "Unisex"])
        #expect(filter.accepted["usage"] == ["Formal", "Party"])
        #expect(rule.filter(for: .bag, categories: ["Heels"], genders: [], occasions: [], colours: []) == nil)
        let child = try #require(OutfitRule(item("Tops", "Pink", gender: "Girls", id: "1")))
        let sizes = child.filter(
            for: .shoes, categories: ["Flats"], genders: ["Girls", "Women", "Unisex"], occasions: [],
            colours: ["Red", "Pink", "Blue", "Green", "White"])
        #expect(sizes?.accepted["gender"] == ["Girls"])
        #expect(sizes?.accepted["colour"] == ["Green", "White"], "neither the same hue nor a clashing one")
    }
}
