import Recommender

/// `/results/{token}`: a photo beside its nearest items.
package struct ResultsPage: PageModel {
    package let layout: Layout
    package let address: String
    package let panel: PhotoPanel
    package let summary: String
    package let cards: [ItemCard]
    /// Whether the nearest item is shown larger than the others: not in a long list, or above a second one.
    package let hasLead: Bool
    package let others: OtherPieces?
    package let isEmpty: Bool
    package let isNothingFound: Bool
    package let isNothingClose: Bool
    package let form: FilterForm
    package let refine: RefineBar
    package let further: FurtherLinks

    package init(
        layout: Layout, address: String, panel: PhotoPanel, found: RefinedMatches, parameters: SearchParameters,
        collapses: Bool, milliseconds: Double, itemCount: Int, form: FilterForm, refine: RefineBar,
        traits: [SharedTraits.Trait], isComparable: Bool
    ) {
        let language = layout.language
        self.layout = layout
        self.address = address
        self.panel = panel
        summary = language.text(
            "results.compared", count: itemCount, ["time": language.milliseconds(milliseconds)])
        let matches = found.matches
        let all = ItemCard.cards(
            matches, in: language, hearts: layout.hearts,
            refinable: RefinableCards(
                address: address, parameters: parameters, traits: traits, isComparable: isComparable))
        others = OtherPieces(all, found.sameCut, in: language)
        cards = Array(all.dropLast(others?.othersCards.count ?? 0))
        hasLead = all.count <= 5 && others == nil
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
