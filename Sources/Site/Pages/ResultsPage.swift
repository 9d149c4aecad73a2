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
    package let refine: RefineBar
    package let further: FurtherLinks

    package init(
        layout: Layout, address: String, photo: ResultStore.Entry, matches: [Match], parameters: SearchParameters,
        collapses: Bool, milliseconds: Double, itemCount: Int, form: FilterForm, refine: RefineBar,
        traits: [SharedTraits.Trait], isComparable: Bool
    ) {
        let language = layout.language
        self.layout = layout
        self.address = address
        self.photo = address + "/photo.jpg"
        photoWidth = photo.width
        photoHeight = photo.height
        summary = language.text(
            "results.compared", count: itemCount, ["time": language.milliseconds(milliseconds)])
        cards = ItemCard.cards(
            matches, in: language, hearts: layout.hearts,
            refinable: RefinableCards(
                address: address, parameters: parameters, traits: traits, isComparable: isComparable))
        isEmpty = itemCount == 0
        isNothingFound = matches.isEmpty && itemCount > 0
        isNothingClose = !matches.isEmpty && matches.allSatisfy { $0.closeness == .nothingClose }
        self.form = form
        self.refine = refine
        further = FurtherLinks(
            address: address, matches: matches, parameters: parameters, collapses: collapses, itemCount: itemCount,
            in: language)
    }
}
