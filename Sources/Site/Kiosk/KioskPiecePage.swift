import CatalogStore

/// An item, as a part of the kiosk's page: without a link that leads away.
package struct KioskPiecePage: PageModel {
    package let layout: Layout
    package let picture: String
    package let heading: String
    /// The language of the heading where it is not that of the page.
    package let headingLanguage: String?
    /// The language of the description where it is not that of the page.
    package let textLanguage: String?
    package let overline: String?
    package let priceText: String?
    package let text: String?
    package let facts: [ItemDetailPage.Fact]

    package init(layout: Layout, item: CatalogItem) {
        let language = layout.language
        self.layout = layout
        picture = ItemLinks(id: item.id).image
        heading = ItemCard.label(of: item, in: language)
        headingLanguage = ItemCard.labelLanguage(of: item, in: language)
        textLanguage = language.catalogLanguage
        overline = ItemDetailPage.overline(of: item, in: language)
        priceText = language.price(item.price, currency: item.currency)
        text = item.description.flatMap { $0.isEmpty ? nil : $0 }
        facts = ItemDetailPage.facts(of: item, in: language)
    }
}
