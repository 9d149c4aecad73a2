import CatalogStore
import Recommender

/// Items near what a visitor likes, unlike each other, each with what it is near to.
package struct Suggestions: Sendable {
    /// A suggested item.
    package struct Suggestion: Sendable {
        package let match: Match
        /// The liked item that it is nearest to.
        package let reason: CatalogItem
    }

    package let all: [Suggestion]

    /// From this similarity on two liked items are one interest.
    package static let alike: Float = 0.8
    /// Candidates that are looked at for each interest, beside those that are liked already.
    private static let candidates = 24

    /// The suggestions of this moment: one search for each of the ``Interests``, at most ``Interests/most``.
    ///
    /// - Parameters:
    ///   - favourites: what is liked.
    ///   - search: what finds items.
    ///   - count: how many at the most.
    /// - Throws: what the searches throw.
    package init(_ favourites: Favourites, in search: any ItemSearch, count: Int) throws {
        let vectors = try search.vectors(ofItems: favourites.ids)
        let liked = favourites.ids.compactMap { id in vectors[id].map { (id: id, vector: $0) } }
        let interests = Interests(liked, threshold: Self.alike).all
        let likedIDs = Set(liked.map(\.id))
        let lists = try interests.map { interest in
            // Liked items and their products are the nearest of all, and are left out.
            try search.nearest(
                to: interest.direction, count: min(50, Self.candidates + interest.ids.count), metric: .cosine,
                filter: ItemFilter(), collapses: true
            ).filter { match in
                !likedIDs.contains(match.item.id)
                    && !(match.variants?.others.contains { likedIDs.contains($0) } ?? false)
            }
        }
        let found = try search.vectors(ofItems: Array(Set(lists.joined().map(\.item.id))))
        let candidates = zip(interests, lists).map { interest, matches in
            matches.compactMap { match -> (match: Match, reason: String, candidate: DiverseChoice.Candidate)? in
                guard let vector = found[match.item.id] else { return nil }
                let nearness = interest.ids.compactMap { id in
                    vectors[id].map { (id, VectorArithmetic.dot($0, vector)) }
                }
                guard let nearest = nearness.max(by: { $0.1 < $1.1 }) else { return nil }
                return (
                    match, nearest.0,
                    DiverseChoice.Candidate(id: match.item.id, vector: vector, relevance: nearest.1)
                )
            }
        }
        let reasons = Dictionary(
            try search.items(ids: liked.map(\.id)).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        all = DiverseChoice.choose(candidates.map { $0.map(\.candidate) }, count: count).compactMap { list, place in
            let choice = candidates[list][place]
            return reasons[choice.reason].map { Suggestion(match: choice.match, reason: $0) }
        }
    }
}
