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
    /// The language of the heading where it is not that of the page.
    package let headingLanguage: String?
    /// The language of the description where it is not that of the page.
    package let textLanguage: String?
    package let overline: String?
    package let priceText: String?
    package let text: String?
    package let facts: [Fact]
    package let shop: String?
    package let variants: ItemVariants?
    package let cards: [ItemCard]
    package let others: OtherPieces?
    /// Whether there is anything to be near to.
    package let hasOthers: Bool
    package let isNothingFound: Bool
    package let form: FilterForm
    package let refine: RefineBar
    package let further: FurtherLinks
    package let pieceHeart: Heart
    package let outfit: OutfitRow?

    package init(
        layout: Layout, item: CatalogItem, similar: RefinedMatches, variants: ItemVariants?, itemCount: Int,
        form: FilterForm,
        refine: RefineBar, parameters: SearchParameters, collapses: Bool, isComparable: Bool,
        outfit: OutfitRow?
    ) {
        let language = layout.language
        self.variants = variants
        self.layout = layout
        image = ItemLinks(id: item.id).image
        heading = ItemCard.label(of: item, in: language)
        headingLanguage = ItemCard.labelLanguage(of: item, in: language)
        textLanguage = language.catalogLanguage
        overline = Self.overline(of: item, in: language)
        priceText = language.price(item.price, currency: item.currency)
        text = item.description.flatMap { $0.isEmpty ? nil : $0 }
        facts = Self.facts(of: item, in: language)
        shop = Self.shop(of: item)
        let address = ItemLinks(id: item.id).page
        let all = ItemCard.cards(
            similar.matches, in: language, hearts: layout.hearts,
            refinable: RefinableCards(
                address: address, fragment: "#similar", parameters: parameters, traits: SharedTraits.traits(of: item),
                isComparable: isComparable))
        others = OtherPieces(all, similar.sameCut, in: language)
        cards = Array(all.dropLast(others?.othersCards.count ?? 0))
        self.refine = refine
        further = FurtherLinks(
            address: address, fragment: "#similar", matches: similar.matches, parameters: parameters,
            collapses: collapses,
            itemCount: itemCount - 1, in: language)
        pieceHeart = Heart(item.id, label: heading, layout.hearts)
        self.outfit = outfit
        hasOthers = itemCount > 1
        isNothingFound = similar.matches.isEmpty
        self.form = form
    }

    /// What kind of item it is, and for whom.
    static func overline(of item: CatalogItem, in language: Language) -> String? {
        let kind = [("gender", item.gender), ("category", item.category)].compactMap { attribute, value in
            value.map { language.value($0, of: attribute) }
        }.filter { !$0.isEmpty }
        return kind.isEmpty ? nil : kind.joined(separator: " · ")
    }

    /// What the catalog says of an item.
    static func facts(of item: CatalogItem, in language: Language) -> [Fact] {
        let known = [
            ("category", language.text("item.category"), item.category),
            ("colour", language.text("item.colour"), item.colour),
            ("gender", language.text("item.gender"), item.gender),
        ]
        return known.compactMap { attribute, term, value in
            value.map { Fact(term: term, content: language.value($0, of: attribute)) }
        }.filter { !$0.content.isEmpty }
            + item.attributes.filter { !$0.value.isEmpty }.map {
                Fact(term: language.attributeName($0.name), content: language.value($0.value, of: $0.name))
            } + [Fact(term: language.text("item.id"), content: item.id)]
    }

    /// The shop's page of an item. Only web addresses become links: a catalog could carry "javascript:" ones.
    static func shop(of item: CatalogItem) -> String? {
        item.url.flatMap { url in
            let start = url.lowercased()
            return start.hasPrefix("https://") || start.hasPrefix("http://") ? url : nil
        }
    }
}
