import CatalogStore
import Recommender

/// An item in a grid.
package struct ItemCard: Sendable {
    package let id: String
    package let href: String
    package let thumbnail: String
    /// The same picture as the first page has it.
    package let small: String
    package let label: String
    /// The language of ``label`` where it is not that of the page.
    package let labelLanguage: String?
    /// Category and colour.
    package let detail: String
    package let cost: String?
    package let closeness: ClosenessLabel?
    /// What else there is of the product.
    package let versions: VariantsLink?
    package let heart: Heart?
    package let actions: CardActions?
    /// What it has in common with what was searched for.
    package let common: String?
    package let reason: CardReason?
    /// The first pictures of a page are loaded at once.
    package let loading: String

    package init(
        _ item: CatalogItem, in language: Language, hearts: Hearts? = nil, closeness: ClosenessLabel? = nil,
        variants: ProductVariants? = nil, refinable: RefinableCards? = nil, reason: CardReason? = nil,
        isFirst: Bool = false
    ) {
        let links = ItemLinks(id: item.id)
        id = item.id
        href = links.page
        thumbnail = links.thumbnail
        small = links.small
        label = Self.label(of: item, in: language)
        labelLanguage = Self.labelLanguage(of: item, in: language)
        detail = [("category", item.category), ("colour", item.colour)].compactMap { attribute, value in
            value.map { language.value($0, of: attribute) }
        }.filter { !$0.isEmpty }.joined(separator: "\u{A0}· ")
        cost = language.price(item.price, currency: item.currency)
        self.closeness = closeness
        versions = variants.map { VariantsLink(links.page + "#variants", $0, in: language) }
        heart = hearts.map { [label] in Heart(item.id, label: label, $0) }
        actions = refinable?.actions(item.id)
        common = refinable?.common(item, in: language)
        self.reason = reason
        loading = isFirst ? "eager" : "lazy"
    }

    /// The cards of a search's matches.
    package static func cards(
        _ matches: [Match], in language: Language, hearts: Hearts? = nil, refinable: RefinableCards? = nil
    ) -> [ItemCard] {
        matches.enumerated().map { index, match in
            ItemCard(
                match.item, in: language, hearts: hearts, closeness: ClosenessLabel(match, in: language),
                variants: match.variants, refinable: refinable, isFirst: index == 0)
        }
    }

    /// An item's name, or what can stand for it.
    package static func label(of item: CatalogItem, in language: Language) -> String {
        if let name = item.name, !name.isEmpty { return name }
        let category = language.value(item.category ?? "", of: "category")
        let colour = language.value(item.colour ?? "", of: "colour")
        if category.isEmpty, colour.isEmpty { return language.text("item.unnamed", ["id": item.id]) }
        if category.isEmpty || colour.isEmpty { return category + colour }
        return language.text("item.kind", ["colour": colour, "category": category])
    }
}

extension ItemCard {
    /// The language of what ``label(of:in:)`` says where it is the catalog's and not the page's.
    package static func labelLanguage(of item: CatalogItem, in language: Language) -> String? {
        (item.name ?? "").isEmpty ? nil : language.catalogLanguage
    }
}

/// How close a match is, in words, as a number and as the length of a bar.
package struct ClosenessLabel: Sendable {
    package let words: String
    /// The length of the bar.
    package let percent: Int
    package let percentText: String
    package let isFar: Bool

    package init(_ match: Match, in language: Language) {
        words =
            switch match.closeness {
            case .veryClose: language.text("closeness.veryClose")
            case .similar: language.text("closeness.similar")
            case .looselyRelated: language.text("closeness.looselyRelated")
            // "Nothing close" is said of a whole answer; of one item among others it reads oddly.
            case .nothingClose: language.text("closeness.notClose")
            }
        percentText = language.percent(match.score)
        percent = TextFormat.percent(match.score)
        isFar = match.closeness == .nothingClose
    }
}
