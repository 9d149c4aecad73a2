/// What every page has around its content.
package struct Layout: Sendable {
    /// The part of the site that a page belongs to.
    package enum Section: Sendable {
        case none, search, catalog, favourites, about
    }

    /// A language that can be chosen.
    package struct Choice: Sendable {
        package let languageTag: String
        package let languageName: String
        package let isChosen: Bool
    }

    /// The language of the page.
    package let language: Language
    package let title: String
    package let isSearch: Bool
    package let isCatalog: Bool
    package let isAbout: Bool
    package let isFavourites: Bool
    /// How many items are marked with a heart; empty for none.
    package let favouritesCount: String
    /// For the cards of the page.
    package let hearts: Hearts
    package let countText: String
    /// Whether a part of the catalog could not be looked at.
    package let isPartial: Bool
    /// What is to be said above the content.
    package let notice: String?
    package let assets: Assets
    /// The page's address, to come back to with another language.
    package let address: String
    package let languages: [Choice]
    package let hasLanguages: Bool

    /// A layout.
    ///
    /// - Parameters:
    ///   - language: the language of the page.
    ///   - languages: those that can be chosen.
    ///   - address: the page's own address.
    ///   - title: the page's title.
    ///   - current: the part of the site.
    ///   - itemCount: how many items there are.
    ///   - isPartial: whether a part of the catalog could not be looked at.
    ///   - notice: what is to be said above the content.
    ///   - assets: the static files.
    ///   - favourites: what the visitor marked with a heart.
    package init(
        _ language: Language, of languages: Languages, address: String, title: String, current: Section, itemCount: Int,
        isPartial: Bool = false, notice: String? = nil, assets: Assets, favourites: Favourites = Favourites()
    ) {
        self.language = language
        self.languages = languages.all.map {
            Choice(languageTag: $0.tag, languageName: $0.name, isChosen: $0.tag == language.tag)
        }
        hasLanguages = languages.all.count > 1
        self.address = address
        self.title = title
        isSearch = current == .search
        isCatalog = current == .catalog
        isAbout = current == .about
        isFavourites = current == .favourites
        favouritesCount = favourites.ids.isEmpty ? "" : language.number(favourites.ids.count)
        hearts = Hearts(favourites, back: address)
        countText = language.text("layout.items", count: itemCount)
        self.isPartial = isPartial
        self.notice = notice
        self.assets = assets
    }
}

/// What a template is filled with: stored properties with the names of the template.
package protocol PageModel: Sendable {
    /// What is around the content, and the language of it all.
    var layout: Layout { get }
}
