import CatalogStore
import Recommender

/// `/items/{id}`: an item and its nearest.
package struct ItemDetailPage: PageModel {
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
        let language = layout.language
        self.variants = variants
        self.layout = layout
        image = ItemLinks(id: item.id).image
        heading = ItemCard.label(of: item, in: language)
        let kind = [("gender", item.gender), ("category", item.category)].compactMap { attribute, value in
            value.map { language.value($0, of: attribute) }
        }.filter { !$0.isEmpty }
        overline = kind.isEmpty ? nil : kind.joined(separator: " · ")
        priceText = language.price(item.price, currency: item.currency)
        text = item.description.flatMap { $0.isEmpty ? nil : $0 }
        let known = [
            ("category", language.text("item.category"), item.category),
            ("colour", language.text("item.colour"), item.colour),
            ("gender", language.text("item.gender"), item.gender),
        ]
        facts =
            known.compactMap { attribute, term, value in
                value.map { Fact(term: term, content: language.value($0, of: attribute)) }
            }.filter { !$0.content.isEmpty }
            + item.attributes.filter { !$0.value.isEmpty }.map {
                Fact(term: language.attributeName($0.name), content: language.value($0.value, of: $0.name))
            } + [Fact(term: language.text("item.id"), content: item.id)]
        // Only web addresses become links: a catalog could carry "javascript:" ones.
        shop = item.url.flatMap { url in
            let start = url.lowercased()
            return start.hasPrefix("https://") || start.hasPrefix("http://") ? url : nil
        }
        cards = ItemCard.cards(similar, in: language)
        hasOthers = itemCount > 1
        isNothingFound = similar.isEmpty
        self.form = form
    }
}
