import CatalogStore
import Recommender

/// `/kiosk`: every view of the kiosk, of which the script shows one at a time.
package struct KioskPage: PageModel {
    /// A picture of the catalog.
    package struct Picture: Sendable {
        package let picture: String
    }

    /// An item whose photo can be searched with.
    package struct Demo: Sendable {
        package let identifier: String
        package let picture: String
        package let label: String
    }

    package let layout: Layout
    /// Seconds without a touch after which all is erased.
    package let seconds: Double
    /// Seconds before that in which the visitor is asked.
    package let warningSeconds: Double
    package let erasedText: String
    package let wall: [Picture]
    package let demos: [Demo]
    package let hasDemos: Bool

    package init(layout: Layout, kiosk: KioskSettings, wall: [CatalogItem], demos: [CatalogItem]) {
        self.layout = layout
        seconds = kiosk.timeout / .seconds(1)
        warningSeconds = kiosk.warning / .seconds(1)
        erasedText = layout.language.text("kiosk.erased", count: Int(seconds))
        self.wall = wall.map { Picture(picture: ItemLinks(id: $0.id).thumbnail) }
        self.demos = demos.map {
            Demo(
                identifier: $0.id, picture: ItemLinks(id: $0.id).thumbnail,
                label: ItemCard.label(of: $0, in: layout.language))
        }
        hasDemos = !demos.isEmpty
    }

    /// How many pictures there are on the wall.
    package static let wallCount = 40

    /// Items of many kinds for the wall, others each time.
    package static func wall(
        from search: any ItemSearch, categories: [(value: String, count: Int)]
    ) throws -> [CatalogItem] {
        guard categories.count >= 4 else {
            let last = max(0, search.itemCount - wallCount)
            return try search.items(offset: .random(in: 0...last), limit: wallCount, filter: ItemFilter()).items
        }
        let kinds = categories.filter { $0.count > 0 }.prefix(wallCount)
        var items: [CatalogItem] = []
        for round in 0..<2 * wallCount where items.count < wallCount {
            let kind = kinds[round % kinds.count]
            let offset = Int.random(in: 0..<kind.count)
            let found = try search.items(offset: offset, limit: 1, filter: ItemFilter(["category": [kind.value]])).items
            items += found.filter { item in !items.contains { $0.id == item.id } }
        }
        return items
    }
}
