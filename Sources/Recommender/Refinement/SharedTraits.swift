import CatalogStore

/// Values that two items have in common.
package enum SharedTraits {
    /// An attribute with the value that both have.
    package struct Trait: Sendable, Equatable {
        package let attribute: String
        package let value: String

        package init(attribute: String, value: String) {
            self.attribute = attribute
            self.value = value
        }
    }

    /// What is worth telling of an item: category, colour, gender, then its other attributes but for those that number it.
    package static func traits(of item: CatalogItem) -> [Trait] {
        let known = [("category", item.category), ("colour", item.colour), ("gender", item.gender)]
        return
            (known.map { ($0, $1 ?? "") } + item.attributes.map { ($0.name, $0.value) })
            .filter { attribute, value in !value.isEmpty && value.utf8.count <= 40 && value.contains { $0.isLetter } }
            .map { Trait(attribute: $0, value: $1) }
    }

    /// The first traits that an item shares, in the order of these. O(traits²), of which an item has a few dozen at worst.
    package static func common(_ traits: [Trait], with item: CatalogItem, limit: Int) -> [Trait] {
        let own = self.traits(of: item).prefix(64)
        var found: [Trait] = []
        for trait in traits.prefix(64) where found.count < limit {
            let isShared = own.contains {
                $0.attribute.foldingASCII == trait.attribute.foldingASCII
                    && $0.value.foldingASCII == trait.value.foldingASCII
            }
            // A category's parents, and one word said twice, tell nothing more.
            let isKnown =
                trait.attribute != "category" && trait.attribute.foldingASCII.hasSuffix("category")
                || found.contains { $0.value.foldingASCII == trait.value.foldingASCII }
            if isShared, !isKnown { found.append(trait) }
        }
        return found
    }
}
