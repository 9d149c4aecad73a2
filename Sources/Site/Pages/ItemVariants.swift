import CatalogStore
import Recommender

/// The other items of a product, on an item's page.
package struct ItemVariants: Sendable {
    package let variantsHeading: String
    package let variantCards: [ItemCard]

    /// How many are shown at the most.
    package static let most = 30

    package init(_ others: [CatalogItem], colours: Int, in language: Language, hearts: Hearts? = nil) {
        variantsHeading = language.text(colours > 1 ? "item.otherColours" : "item.otherVersions")
        variantCards = others.map { ItemCard($0, in: language, hearts: hearts) }
    }
}

/// A card's link to what else there is of its product.
package struct VariantsLink: Sendable {
    package let variantsHref: String
    package let variantsText: String

    package init(_ address: String, _ variants: ProductVariants, in language: Language) {
        variantsHref = address
        variantsText =
            variants.colours > 1
            ? language.text("card.colours", count: variants.colours)
            : language.text("card.versions", count: variants.others.count + 1)
    }
}
