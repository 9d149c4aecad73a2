import CatalogStore
import Recommender

/// What a photo seems to show by its nearest items, or what an item is by its catalog.
package struct LooksLike: Sendable {
    package let category: TraitVote
    package let colour: TraitVote
    package let gender: TraitVote

    /// What a photo seems to show: its nearest items vote. One search of ``TraitVote/voters`` items.
    ///
    /// - Throws: what the search throws.
    package init(_ vector: [Float], in search: any ItemSearch) throws {
        let nearest = try search.nearest(
            to: vector, count: TraitVote.voters, metric: .cosine, filter: ItemFilter(), collapses: false)
        category = TraitVote(nearest.map { ($0.item.category, $0.score) })
        colour = TraitVote(nearest.map { ($0.item.colour, $0.score) })
        gender = TraitVote(nearest.map { ($0.item.gender, $0.score) })
    }

    /// What the catalog says of an item.
    package init(_ item: CatalogItem) {
        category = TraitVote([(item.category, 1)])
        colour = TraitVote([(item.colour, 1)])
        gender = TraitVote([(item.gender, 1)])
    }

    /// The category within which the same cut is looked for: of the chosen ones that with the most votes, else the likeliest.
    package func cutCategory(of chosen: [String]) -> String? {
        category.candidates.map(\.value).first { value in
            chosen.contains { $0.lowercased() == value.lowercased() }
        } ?? chosen.first ?? category.likeliest
    }

    /// The traits that are sure.
    package var traits: [SharedTraits.Trait] {
        [("category", category.sure), ("colour", colour.sure)].compactMap { attribute, value in
            value.map { SharedTraits.Trait(attribute: attribute, value: $0) }
        }
    }
}
