import CatalogStore
import Recommender

extension RefinedSearch {
    /// The vectors of the nearest items of the kind that is looked for, but for those that are marked: what
    /// ``RelevanceFeedback`` keeps.
    ///
    /// The kind is the category within which another colour is looked for, else that of the items wanted more of, else the
    /// one that the photo surely shows; where there is none of these, anything but the kinds wanted less of. Filters hold as
    /// they do for what is found.
    func usual(near query: [Float], of category: String?, _ looks: LooksLike) throws -> [[Float]] {
        let refinement = parameters.refinement
        let wanted = Set(try category.map { [$0] } ?? categories(of: refinement.more))
        let kinds = wanted.isEmpty ? looks.category.sure.map { [$0] } ?? [] : wanted.sorted()
        let count = kinds.isEmpty ? TraitVote.voters : RelevanceFeedback.nearest
        func unmarked(of kinds: [String]) throws -> [CatalogItem] {
            try search.nearest(
                to: query, count: count + refinement.marked.count, metric: .cosine,
                filter: parameters.filter.narrowed(to: kinds), collapses: false
            ).map(\.item).filter { !refinement.marked.contains($0.id) }
        }
        var near = try unmarked(of: kinds)
        // Other pieces are found where nothing of the kind passes the filters.
        if near.isEmpty, !kinds.isEmpty { near = try unmarked(of: []) }
        let unwanted = kinds.isEmpty ? Set(try categories(of: refinement.less)) : []
        let others = near.filter { !unwanted.contains($0.category ?? "") }
        let vectors = try search.vectors(ofItems: (others.isEmpty ? near : others).prefix(count).map(\.id))
        return Array(vectors.sorted { $0.key < $1.key }.map(\.value))
    }

    private func categories(of ids: [String]) throws -> [String] {
        ids.isEmpty ? [] : try search.items(ids: ids).compactMap { $0.category?.isEmpty == false ? $0.category : nil }
    }

    /// The change to another colour, and the category within which it is; `nil` if the catalog has nothing of that kind.
    func change(
        _ vector: [Float], _ looks: LooksLike, to colour: String
    ) throws -> (change: ColourChange, category: String?)? {
        let category = looks.cutCategory(of: parameters.chosen("category"))
        let kind = category.map { ["category": [$0]] } ?? [:]
        guard let wide = try search.meanVector(ItemFilter(kind)) else { return nil }
        func mean(_ colour: String?) throws -> [Float] {
            guard let colour else { return wide.vector }
            let filter = ItemFilter(kind.merging(["colour": [colour]]) { first, _ in first })
            return try search.meanVector(filter)?.shrunk(towards: wide) ?? wide.vector
        }
        let change = ColourChange(vector, from: try mean(looks.colour.likeliest), to: try mean(colour))
        return change.map { ($0, category) }
    }
}
