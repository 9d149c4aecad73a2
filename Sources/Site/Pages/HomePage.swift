import CatalogStore
import Recommender

/// `/`: choose a photo.
package struct HomePage: PageModel {
    /// A kind of item to browse.
    package struct Shelf: Sendable {
        package let name: String
        package let link: String
        package let count: String
    }

    package let layout: Layout
    package let examples: [ItemCard]
    package let hasExamples: Bool
    package let shelves: [Shelf]
    package let isEmpty: Bool
    package let takesAddresses: Bool

    package init(
        layout: Layout, examples: [CatalogItem], categories: [(value: String, count: Int)], itemCount: Int,
        takesAddresses: Bool = true
    ) {
        let language = layout.language
        self.layout = layout
        self.examples = examples.map { ItemCard($0, in: language, hearts: layout.hearts) }
        hasExamples = !examples.isEmpty
        shelves = categories.prefix(24).map {
            Shelf(
                name: language.value($0.value, of: "category"),
                link: TextFormat.address("/catalog", [(name: "category", value: $0.value)]),
                count: language.number($0.count))
        }
        isEmpty = itemCount == 0
        self.takesAddresses = takesAddresses
    }

    /// Six items to begin with, of six kinds where there are as many.
    package static func examples(
        from search: any ItemSearch, categories: [(value: String, count: Int)]
    ) throws -> [CatalogItem] {
        guard categories.count >= 6 else {
            return try search.items(offset: 0, limit: 6, filter: ItemFilter()).items
        }
        return try categories.prefix(6).flatMap {
            // From the middle of each kind: the first of a drawn or photographed series are often alike.
            try search.items(offset: $0.count / 2, limit: 1, filter: ItemFilter(["category": [$0.value]])).items
        }
    }
}
