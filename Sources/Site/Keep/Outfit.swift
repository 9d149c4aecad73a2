import CatalogStore
import Recommender

/// Pieces of other kinds that go with an item, one of each group: ``OutfitRule``.
package struct Outfit: Sendable {
    /// A piece with why it goes.
    package struct Piece: Sendable {
        package let item: CatalogItem
        package let group: GarmentGroup
        package let fit: OutfitRule.Fit
    }

    package let pieces: [Piece]

    /// The outfit of an item: one search for each group, five at the most. Empty for what is no part of an outfit.
    ///
    /// - Throws: what the searches throw.
    package init(_ item: CatalogItem, in search: any ItemSearch) throws {
        guard let rule = OutfitRule(item), let vector = try search.vectors(ofItems: [item.id])[item.id] else {
            pieces = []
            return
        }
        let categories = search.values(of: "category").map(\.value)
        let genders = search.values(of: "gender").map(\.value)
        let occasions = search.values(of: "usage").map(\.value)
        let colours = search.values(of: "colour").map(\.value)
        var pieces: [Piece] = []
        for group in rule.group.completedBy.prefix(OutfitRule.mostPieces) {
            guard
                let filter = rule.filter(
                    for: group, categories: categories, genders: genders, occasions: occasions, colours: colours)
            else { continue }
            let near = try search.nearest(
                to: vector, count: OutfitRule.candidates, metric: .cosine, filter: filter, collapses: false)
            // They come nearest in style first, and so the first of equally good ones is the nearest.
            var best: (item: CatalogItem, fit: OutfitRule.Fit)?
            for match in near {
                guard let fit = rule.fit(match.item, beside: pieces.map(\.item)),
                    fit.worth > (best?.fit.worth ?? -1) + 0.001
                else { continue }
                best = (match.item, fit)
            }
            if let best { pieces.append(Piece(item: best.item, group: group, fit: best.fit)) }
        }
        self.pieces = pieces
    }
}
