import Recommender

/// The nearest to a visitor's photo, as a part of the kiosk's page.
package struct KioskResultsPage: PageModel {
    /// An item to touch.
    package struct Card: Sendable {
        package let identifier: String
        package let picture: String
        package let label: String
        package let labelLanguage: String?
        package let detail: String
        package let cost: String?
        package let closeness: ClosenessLabel

        init(_ match: Match, in language: Language) {
            let card = ItemCard(match.item, in: language)
            identifier = match.item.id
            picture = card.thumbnail
            label = card.label
            labelLanguage = card.labelLanguage
            detail = card.detail
            cost = card.cost
            closeness = ClosenessLabel(match, in: language)
        }
    }

    package let layout: Layout
    package let token: String
    package let photo: String
    package let photoWidth: Int
    package let photoHeight: Int
    package let cards: [Card]
    package let isEmpty: Bool
    package let isNothingClose: Bool
    /// Whether a phone could reach this server.
    package let canShare: Bool

    package init(
        layout: Layout, token: String, photo: ResultStore.Entry, matches: [Match], itemCount: Int, canShare: Bool
    ) {
        self.layout = layout
        self.token = token
        self.photo = "/results/\(token)/photo.jpg"
        photoWidth = photo.photos[0].width
        photoHeight = photo.photos[0].height
        cards = matches.map { Card($0, in: layout.language) }
        isEmpty = itemCount == 0
        isNothingClose = !matches.isEmpty && matches.allSatisfy { $0.closeness == .nothingClose }
        self.canShare = canShare
    }
}
