import CatalogStore
import Recommender

/// `/catalog`: browse.
package struct CatalogPage: Sendable {
    package let layout: Layout
    package let summary: String
    package let cards: [ItemCard]
    package let isEmpty: Bool
    package let isNothingFound: Bool
    package let form: FilterForm
    package let pagination: Pagination

    package init(layout: Layout, items: ItemPage, itemCount: Int, form: FilterForm, pagination: Pagination) {
        self.layout = layout
        summary = items.total == 1 ? "1 item" : "\(TextFormat.count(items.total)) items"
        cards = items.items.enumerated().map { ItemCard($1, isFirst: $0 < 4) }
        isEmpty = itemCount == 0
        isNothingFound = items.total == 0 && itemCount > 0
        self.form = form
        self.pagination = pagination
    }
}
