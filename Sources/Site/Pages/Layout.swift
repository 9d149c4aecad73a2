/// What every page has around its content.
package struct Layout: Sendable {
    /// The part of the site that a page belongs to.
    package enum Section: Sendable {
        case none, search, catalog, about
    }

    package let title: String
    package let isSearch: Bool
    package let isCatalog: Bool
    package let isAbout: Bool
    package let countText: String
    package let assets: Assets

    package init(title: String, current: Section, itemCount: Int, assets: Assets) {
        self.title = title
        isSearch = current == .search
        isCatalog = current == .catalog
        isAbout = current == .about
        countText = itemCount == 1 ? "1 item" : "\(TextFormat.count(itemCount)) items"
        self.assets = assets
    }
}
