import CatalogStore
import Recommender

/// `/items/{id}`: an item and its nearest.
package struct ItemDetailPage: Sendable {
    /// One line of the item's description list.
    package struct Fact: Sendable {
        package let term: String
        package let content: String
    }

    package let layout: Layout
    package let image: String
    package let heading: String
    package let overline: String?
    package let priceText: String?
    package let text: String?
    package let facts: [Fact]
    package let shop: String?
    package let variants: ItemVariants?
    package let cards: [ItemCard]
    /// Whether there is anything to be near to.
    package let hasOthers: Bool
    package let isNothingFound: Bool
    package let form: FilterForm

    package init(
        layout: Layout, item: CatalogItem, similar: [Match], variants: ItemVariants?, itemCount: Int, form: FilterForm
    ) {
        self.variants = variants
        self.layout = layout
        image = ItemLinks(id: item.id).image
        heading = ItemCard.label(of: item)
        let kind = [item.gender, item.category].compactMap { $0 }.filter { !$0.isEmpty }
        overline = kind.isEmpty ? nil : kind.joined(separator: " · ")
        priceText = TextFormat.price(item.price, currency: item.currency)
        text = item.description.flatMap { $0.isEmpty ? nil : $0 }
        let known = [("Category", item.category), ("Colour", item.colour), ("For", item.gender)]
        facts =
            known.compactMap { term, value in value.map { Fact(term: term, content: $0) } }.filter {
                !$0.content.isEmpty
            }
            + item.attributes.filter { !$0.value.isEmpty }.map {
                Fact(term: Self.words($0.name), content: $0.value)
            } + [Fact(term: "Item", content: item.id)]
        // Only web addresses become links: a catalog could carry "javascript:" ones.
        shop = item.url.flatMap { url in
            let start = url.lowercased()
            return start.hasPrefix("https://") || start.hasPrefix("http://") ? url : nil
        }
        cards = ItemCard.cards(similar)
        hasOthers = itemCount > 1
        isNothingFound = similar.isEmpty
        self.form = form
    }

    /// A column's name as words: `baseColour` and `sleeve_length` become "Base colour" and "Sleeve length".
    package static func words(_ column: String) -> String {
        var text = ""
        for character in column {
            if character == "_" || character == "-" {
                text.append(" ")
            } else if character.isUppercase, let last = text.last, last.isLowercase {
                text += " " + character.lowercased()
            } else {
                text.append(character)
            }
        }
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
