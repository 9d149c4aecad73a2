import CatalogStore
import Recommender

/// The hearts of a page: what is marked already, and where to come back to.
package struct Hearts: Sendable {
    package let favourites: Favourites
    package let back: String

    package init(_ favourites: Favourites, back: String) {
        self.favourites = favourites
        self.back = back
    }
}

/// A heart: a button that marks an item, or takes the mark away.
package struct Heart: Sendable {
    package let heartItem: String
    /// The item's name.
    package let heartLabel: String
    package let heartBack: String
    /// What the button does: `add` or `remove`.
    package let heartAction: String
    /// `true` or `false`, as `aria-pressed` has it.
    package let heartPressed: String

    package init(_ id: String, label: String, _ hearts: Hearts) {
        heartItem = id
        heartLabel = label
        heartBack = hearts.back
        let isLiked = hearts.favourites.contains(id)
        heartAction = isLiked ? "remove" : "add"
        heartPressed = String(isLiked)
    }
}

/// What a visitor can say of a found item: links to the same page with that said.
package struct CardActions: Sendable {
    package let moreHref: String
    package let lessHref: String
    /// Where it is shown which parts of the pictures agree; `nil` if that cannot be told.
    package let compareHref: String?
}

/// Why a card is there.
package struct CardReason: Sendable {
    package let reasonText: String
    /// A second sentence.
    package let reasonMore: String?
    package let reasonHref: String?

    package init(_ text: String, more: String? = nil, href: String? = nil) {
        reasonText = text
        reasonMore = more
        reasonHref = href
    }
}

/// What the cards of a refinable search have: links that refine it, and what each item has in common with the query.
package struct RefinableCards: Sendable {
    let address: String
    let fragment: String
    let parameters: SearchParameters
    /// What the query is by its attributes.
    let traits: [SharedTraits.Trait]
    /// Whether parts of pictures can be compared.
    let isComparable: Bool

    /// The most attributes that a card names.
    private static let mostCommon = 5

    package init(
        address: String, fragment: String = "", parameters: SearchParameters, traits: [SharedTraits.Trait],
        isComparable: Bool
    ) {
        self.address = address
        self.fragment = fragment
        self.parameters = parameters
        self.traits = traits
        self.isComparable = isComparable
    }

    func actions(_ id: String) -> CardActions {
        func link(_ refinement: Refinement) -> String {
            var next = parameters
            next.refinement = refinement
            return TextFormat.address(address, next.addressQuery) + fragment
        }
        return CardActions(
            moreHref: link(parameters.refinement.marking(more: id)),
            lessHref: link(parameters.refinement.marking(less: id)),
            compareHref: isComparable
                ? TextFormat.address(address + "/compare/" + TextFormat.encoded(id), parameters.addressQuery) : nil)
    }

    /// The names of the attributes whose values an item shares with the query; `nil` for none.
    func common(_ item: CatalogItem, in language: Language) -> String? {
        let common = SharedTraits.common(traits, with: item, limit: Self.mostCommon)
        guard !common.isEmpty else { return nil }
        return language.text(
            "card.common",
            ["attributes": common.map { language.attributeName($0.attribute) }.joined(separator: "\u{A0}· ")])
    }
}
