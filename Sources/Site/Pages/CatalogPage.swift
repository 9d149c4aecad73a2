import CatalogStore
import Recommender

/// `/catalog`: browse.
package struct CatalogPage: PageModel {
    package let layout: Layout
    package let summary: String
    package let cards: [ItemCard]
    package let isEmpty: Bool
    package let isNothingFound: Bool
    package let form: FilterForm
    package let pagination: Pagination

    package init(layout: Layout, items: ItemPage, itemCount: Int, form: FilterForm, pagination: Pagination) {
        self.layout = layout
        summary = layout.language.text("catalog.count", count: items.total)
        cards = items.items.enumerated().map {
            ItemCard($1, in: layout.language, hearts: layout.hearts, isFirst: $0 < 4)
        }
        isEmpty = itemCount == 0
        isNothingFound = items.total == 0 && itemCount > 0
        self.form = form
        self.pagination = pagination
    }
}
