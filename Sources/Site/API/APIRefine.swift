import CatalogStore
import Recommender

/// What a photo seems to show, as the API tells it.
package struct APILooksLike: Encodable, Sendable {
    /// A value with its share of the votes of the nearest items.
    struct Candidate: Encodable {
        let value: String
        let share: Double
        /// Whether the share is enough to say that the photo shows it.
        let sure: Bool
    }

    let category: [Candidate]
    let colour: [Candidate]
    let gender: [Candidate]

    /// The most values of an attribute.
    private static let most = 5

    init(_ looks: LooksLike, isRecognised: Bool) {
        func candidates(_ vote: TraitVote) -> [Candidate] {
            vote.candidates.prefix(Self.most).map {
                Candidate(
                    value: $0.value, share: APIResponse.rounded(Double($0.share), places: 4),
                    sure: isRecognised && $0.value == vote.sure)
            }
        }
        category = candidates(looks.category)
        colour = candidates(looks.colour)
        gender = candidates(looks.gender)
    }
}

/// Where the same cut in another colour ends, as the API tells it.
struct APISameCut: Encodable {
    let category: String?
    let colour: String
    /// So many of the first results are of the category.
    let count: Int

    init(_ sameCut: RefinedMatches.SameCut) {
        category = sameCut.category
        colour = sameCut.colour
        count = sameCut.count
    }
}

/// An item's outfit, as the API tells it.
struct APIOutfit: Encodable {
    struct Piece: Encodable {
        let group: String
        let harmony: String
        /// 0 to 1.
        let fit: Double
        let item: APIItem
    }

    let pieces: [Piece]

    init(_ outfit: Outfit) {
        pieces = outfit.pieces.map {
            Piece(
                group: $0.group.rawValue, harmony: $0.fit.harmony.rawValue,
                fit: APIResponse.rounded(Double($0.fit.worth), places: 2), item: APIItem($0.item))
        }
    }
}

/// Items near what is liked, as the API tells it.
struct APISuggestions: Encodable {
    struct Suggestion: Encodable {
        /// The liked item that it is near to.
        let because: String
        let item: APIItem
    }

    let suggestions: [Suggestion]

    init(_ suggestions: Suggestions) {
        self.suggestions = suggestions.all.map { Suggestion(because: $0.reason.id, item: APIItem($0.match)) }
    }
}
