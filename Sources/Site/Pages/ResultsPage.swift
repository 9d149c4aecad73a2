import Recommender

/// `/results/{token}`: a photo beside its nearest items.
package struct ResultsPage: PageModel {
    package let layout: Layout
    package let address: String
    package let photo: String
    package let photoWidth: Int
    package let photoHeight: Int
    package let summary: String
    package let cards: [ItemCard]
    package let isEmpty: Bool
    package let isNothingFound: Bool
    package let isNothingClose: Bool
    package let form: FilterForm
    package let more: String?
    /// The address with each product once, or with every item on its own, whichever is not shown now.
    package let otherView: String?
    package let otherViewText: String
    package let hasLinks: Bool

    package init(
        layout: Layout, address: String, photo: ResultStore.Entry, matches: [Match], parameters: SearchParameters,
        collapses: Bool, milliseconds: Double, itemCount: Int, form: FilterForm
    ) {
        let language = layout.language
        self.layout = layout
        self.address = address
        self.photo = address + "/photo.jpg"
        photoWidth = photo.width
        photoHeight = photo.height
        summary = language.text(
            "results.compared", count: itemCount, ["time": language.milliseconds(milliseconds)])
        cards = ItemCard.cards(matches, in: language)
        isEmpty = itemCount == 0
        isNothingFound = matches.isEmpty && itemCount > 0
        isNothingClose = !matches.isEmpty && matches.allSatisfy { $0.closeness == .nothingClose }
        self.form = form
        let canShowMore = parameters.count < 20 && matches.count == parameters.count && matches.count < itemCount
        var further = parameters
        further.count = 20
        var other = parameters
        other.collapse = !collapses
        otherViewText = language.text(collapses ? "results.every" : "results.once")
        let hasVariants = matches.contains { $0.variants != nil }
        otherView = hasVariants ? TextFormat.address(address, other.filterQuery + other.otherQuery) : nil
        more = canShowMore ? TextFormat.address(address, further.filterQuery + further.otherQuery) : nil
        hasLinks = more != nil || otherView != nil
    }
}
