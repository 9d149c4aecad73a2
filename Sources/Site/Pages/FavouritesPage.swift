import CatalogStore
import Recommender

/// `/favourites`: what is marked with a heart, and what is near to it.
package struct FavouritesPage: PageModel {
    package let layout: Layout
    package let cards: [ItemCard]
    package let suggestions: [ItemCard]
    package let hasFavourites: Bool
    package let hasSuggestions: Bool
    package let summary: String
    package let isEmpty: Bool
    /// Items that are marked and not in the catalog any more.
    package let goneText: String?

    /// The most suggestions.
    package static let mostSuggestions = 12

    package init(layout: Layout, items: [CatalogItem], suggestions: Suggestions, favourites: Favourites) {
        let language = layout.language
        self.layout = layout
        cards = items.enumerated().map { ItemCard($1, in: language, hearts: layout.hearts, isFirst: $0 < 4) }
        self.suggestions = suggestions.all.map { suggestion in
            ItemCard(
                suggestion.match.item, in: language, hearts: layout.hearts, variants: suggestion.match.variants,
                reason: CardReason(
                    language.text(
                        "favourites.because", ["name": ItemCard.label(of: suggestion.reason, in: language)]),
                    href: ItemLinks(id: suggestion.reason.id).page))
        }
        hasFavourites = !favourites.ids.isEmpty
        isEmpty = favourites.ids.isEmpty
        hasSuggestions = !suggestions.all.isEmpty
        summary = language.text("catalog.count", count: items.count)
        let gone = favourites.ids.count - items.count
        goneText = gone > 0 ? language.text("favourites.gone", count: gone) : nil
    }
}
