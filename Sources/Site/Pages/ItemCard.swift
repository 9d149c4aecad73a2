import CatalogStore
import Recommender

/// An item in a grid.
package struct ItemCard: Sendable {
    package let href: String
    package let thumbnail: String
    package let label: String
    /// Category and colour.
    package let detail: String
    package let cost: String?
    package let closeness: ClosenessLabel?
    /// What else there is of the product.
    package let versions: VariantsLink?
    /// The first pictures of a page are loaded at once.
    package let loading: String

    package init(
        _ item: CatalogItem, closeness: ClosenessLabel? = nil, variants: ProductVariants? = nil, isFirst: Bool = false
    ) {
        let links = ItemLinks(id: item.id)
        href = links.page
        thumbnail = links.thumbnail
        label = Self.label(of: item)
        detail = [item.category, item.colour].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " · ")
        cost = TextFormat.price(item.price, currency: item.currency)
        self.closeness = closeness
        versions = variants.map { VariantsLink(links.page + "#variants", $0) }
        loading = isFirst ? "eager" : "lazy"
    }

    /// The cards of a search's matches.
    package static func cards(_ matches: [Match]) -> [ItemCard] {
        matches.enumerated().map { index, match in
            ItemCard(match.item, closeness: ClosenessLabel(match), variants: match.variants, isFirst: index == 0)
        }
    }

    /// An item's name, or what can stand for it.
    package static func label(of item: CatalogItem) -> String {
        if let name = item.name, !name.isEmpty { return name }
        let words = [item.colour, item.category].compactMap { $0 }.filter { !$0.isEmpty }
        return words.isEmpty ? "Item \(item.id)" : words.joined(separator: " ")
    }
}

/// How close a match is, in words, as a number and as the length of a bar.
package struct ClosenessLabel: Sendable {
    package let words: String
    package let percent: Int
    package let isFar: Bool

    package init(_ match: Match) {
        // "Nothing close" is said of a whole answer; of one item among others it reads oddly.
        let text = match.closeness == .nothingClose ? "not close" : match.closeness.rawValue
        words = text.prefix(1).uppercased() + text.dropFirst()
        percent = TextFormat.percent(match.score)
        isFar = match.closeness == .nothingClose
    }
}
