import CatalogStore
import Recommender

/// The other items of a product, on an item's page.
package struct ItemVariants: Sendable {
    package let variantsHeading: String
    package let variantCards: [ItemCard]

    /// How many are shown at the most.
    package static let most = 30

    package init(_ others: [CatalogItem], colours: Int) {
        variantsHeading = colours > 1 ? "In other colours" : "Other versions"
        variantCards = others.map { ItemCard($0) }
    }
}

/// A card's link to what else there is of its product.
package struct VariantsLink: Sendable {
    package let variantsHref: String
    package let variantsText: String

    package init(_ address: String, _ variants: ProductVariants) {
        variantsHref = address
        variantsText = Self.text(variants)
    }

    /// `in 3 colours`, or `in 2 versions` where they are not told apart by colour.
    package static func text(_ variants: ProductVariants) -> String {
        variants.colours > 1 ? "in \(variants.colours) colours" : "in \(variants.others.count + 1) versions"
    }
}
