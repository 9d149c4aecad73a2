import HTTPCore
import Recommender

/// What the other site's page asks for; all addresses within the frame carry it.
package struct EmbedWishes: Sendable {
    /// The tag of a language; `nil` for the browser's.
    package var language: String?
    /// `light` or `dark`; `nil` for the visitor's system's.
    package var scheme: String?

    package init(language: String? = nil, scheme: String? = nil) {
        self.language = language
        self.scheme = scheme
    }

    /// An address that carries it.
    package func address(_ path: String) -> String {
        let pairs = [("language", language), ("scheme", scheme)]
        return TextFormat.address(path, pairs.compactMap { name, value in value.map { (name: name, value: $0) } })
    }
}

/// What the pages in a frame of another site have around their content.
package struct EmbedFrame: Sendable {
    package let layout: Layout
    /// The origins that may show the page, with spaces between them.
    package let parents: String
    /// Where a photo is sent.
    package let searchAddress: String
    /// The first page.
    package let start: String
    package let scheme: String?
    /// What the browser may show the page in, as CSS has it: `light`, `dark`, or both.
    package let colorScheme: String
    private let wishes: EmbedWishes

    package init(layout: Layout, wishes: EmbedWishes = EmbedWishes(), parents: [WebOrigin]) {
        self.layout = layout
        self.wishes = wishes
        self.parents = parents.map(\.description).joined(separator: " ")
        searchAddress = wishes.address("/embed/search")
        start = wishes.address("/embed")
        scheme = wishes.scheme
        colorScheme = wishes.scheme ?? "light dark"
    }

    func address(_ path: String) -> String { wishes.address(path) }
}

/// `/embed`: choose a photo.
package struct EmbedPage: PageModel {
    package let frame: EmbedFrame
    package let layout: Layout

    package init(_ frame: EmbedFrame) {
        self.frame = frame
        layout = frame.layout
    }
}

/// `/embed/results/{token}`: the nearest to a photo.
package struct EmbedResultsPage: PageModel {
    /// An item, with a link to it in the tab around the frame.
    package struct Card: Sendable {
        package let href: String
        package let thumbnail: String
        package let label: String
        package let labelLanguage: String?
        package let cost: String?
        package let closeness: ClosenessLabel

        init(_ match: Match, in language: Language) {
            let card = ItemCard(match.item, in: language)
            // The shop's own page of it, if the catalog has its address.
            href = ItemDetailPage.shop(of: match.item) ?? card.href
            thumbnail = card.thumbnail
            label = card.label
            labelLanguage = card.labelLanguage
            cost = card.cost
            closeness = ClosenessLabel(match, in: language)
        }
    }

    package let frame: EmbedFrame
    package let layout: Layout
    package let photo: String
    package let photoWidth: Int
    package let photoHeight: Int
    package let discard: String
    package let cards: [Card]
    package let isEmpty: Bool
    package let isNothingClose: Bool

    package init(
        _ frame: EmbedFrame, token: String, photo: ResultStore.Entry, matches: [Match], itemCount: Int
    ) {
        self.frame = frame
        layout = frame.layout
        self.photo = "/results/\(token)/photo.jpg"
        photoWidth = photo.photos[0].width
        photoHeight = photo.photos[0].height
        discard = frame.address("/embed/results/\(token)/discard")
        cards = matches.map { Card($0, in: frame.layout.language) }
        isEmpty = itemCount == 0
        isNothingClose = !matches.isEmpty && matches.allSatisfy { $0.closeness == .nothingClose }
    }
}

/// A refusal in a frame.
package struct EmbedErrorPage: PageModel {
    package let frame: EmbedFrame
    package let layout: Layout
    package let heading: String
    package let message: String
    package let reference: String

    package init(_ error: HTTPError, _ frame: EmbedFrame) {
        self.frame = frame
        layout = frame.layout
        heading = ErrorPage.title(of: error, in: frame.layout.language)
        reference = ErrorPage.reference(of: error)
        message = frame.layout.language.message(of: error)
    }
}
