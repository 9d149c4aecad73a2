import CatalogStore
import HTTPCore
import Recommender
import VectorSearch

/// A search that follows what a visitor said of what was found: ``Refinement``.
package struct RefinedSearch: Sendable {
    package let search: any ItemSearch
    package let parameters: SearchParameters
    package let collapses: Bool
    /// Whom to tell of marked items that are not there; a page goes on without them.
    package let sender: SearchParameters.Sender

    package init(
        _ search: any ItemSearch, _ parameters: SearchParameters, collapses: Bool, from sender: SearchParameters.Sender
    ) {
        self.search = search
        self.parameters = parameters
        self.collapses = parameters.collapse ?? collapses
        self.sender = sender
    }

    /// The nearest items to a photo's vector.
    ///
    /// - Parameters:
    ///   - vector: the unit vector.
    ///   - looks: what it shows; asked for only where a colour is to be changed, or something is wanted less of.
    /// - Returns: at most as many items as the parameters ask for.
    /// - Throws: `HTTPError` 400 `unknown_marked_item` to a program, and what the search throws.
    package func matches(to vector: [Float], looks: () throws -> LooksLike) throws -> RefinedMatches {
        guard !parameters.refinement.isEmpty else {
            return RefinedMatches(
                try search.nearest(
                    to: vector, count: parameters.count, metric: parameters.metric, filter: parameters.filter,
                    collapses: collapses))
        }
        return try refined(vector, looks, leavingOut: [])
    }

    /// The nearest items to an item, itself left out, and with `collapses` all of its product; `nil` if there is no such item.
    ///
    /// - Throws: as ``matches(to:looks:)``.
    package func matches(to item: CatalogItem) throws -> RefinedMatches? {
        guard !parameters.refinement.isEmpty else {
            return try search.nearest(
                toItem: item.id, count: parameters.count, metric: parameters.metric, filter: parameters.filter,
                collapses: collapses
            ).map { RefinedMatches($0) }
        }
        guard let vector = try search.vectors(ofItems: [item.id])[item.id] else { return nil }
        return try refined(vector, { LooksLike(item) }, leavingOut: [item.id])
    }

    /// What is compared with the items in the place of `vector`, once what the visitor said counts: the scores of
    /// ``matches(to:looks:)`` are cosines with it.
    ///
    /// - Parameters:
    ///   - vector: the unit vector of a photo or an item.
    ///   - looks: what it shows; asked for only where a colour is to be changed, or something is wanted less of.
    /// - Returns: a unit vector; `vector` itself where nothing was said.
    /// - Throws: as ``matches(to:looks:)``.
    package func query(from vector: [Float], looks: () throws -> LooksLike) throws -> [Float] {
        parameters.refinement.isEmpty ? vector : try aim(vector, looks).query
    }

    /// What a refined search looks for.
    private struct Aim {
        let query: [Float]
        /// The change of colour before what was marked counted, and the category within which it is.
        let change: (change: ColourChange, category: String?)?
    }

    private func aim(_ vector: [Float], _ looks: () throws -> LooksLike) throws -> Aim {
        let refinement = parameters.refinement
        let marked = try search.vectors(ofItems: refinement.marked)
        if sender == .program, let unknown = refinement.marked.first(where: { marked[$0] == nil }) {
            throw HTTPError(
                400, code: "unknown_marked_item", message: "The catalog has no item \"\(unknown)\" to follow.",
                details: ["id": unknown])
        }
        let change = try refinement.colour.flatMap { try self.change(vector, looks(), to: $0) }
        let drawn = RelevanceFeedback.query(
            change?.change.query ?? vector, more: refinement.more.compactMap { marked[$0] })
        let less = refinement.less.compactMap { marked[$0] }
        let query =
            less.isEmpty
            ? drawn
            : RelevanceFeedback.query(
                drawn, less: less, nearest: try usual(near: drawn, of: change?.category, looks()))
        return Aim(query: query, change: change)
    }

    private func refined(
        _ vector: [Float], _ looks: () throws -> LooksLike, leavingOut: Set<String>
    ) throws -> RefinedMatches {
        let refinement = parameters.refinement
        let aim = try aim(vector, looks)
        // An item's other colours are what is looked for when another colour is.
        let leftOut = LeftOut(
            items: leavingOut.union(refinement.marked),
            products: Set(refinement.marked).union(refinement.colour == nil ? leavingOut : []))
        guard let (change, category) = aim.change, let colour = refinement.colour else {
            return RefinedMatches(
                try nearest(aim.query, count: parameters.count, filter: parameters.filter, without: leftOut))
        }
        let narrow = parameters.filter.narrowed(to: category.map { [$0] } ?? [])
        let found = try nearest(aim.query, count: ColourChange.candidates, filter: narrow, without: leftOut)
        let vectors = try search.vectors(ofItems: found.map(\.item.id))
        // What was marked counts for the order as well.
        let cut = refinement.marked.isEmpty ? change : ColourChange(aim.query, change)
        let ordered = found.enumerated().map { place, match in
            (place, match, vectors[match.item.id].map { cut.likeness($0) } ?? -1)
        }.sorted { ($1.2, $0.0) < ($0.2, $1.0) }
        let sameKind = Array(ordered.prefix(parameters.count).map(\.1))
        let others =
            narrow == parameters.filter
            ? [] : try kindred(to: category, aim.query, count: parameters.count, after: sameKind, without: leftOut)
        return RefinedMatches(
            sameKind + others, sameCut: .init(category: category, colour: colour, count: sameKind.count))
    }

    /// Other pieces that pass the filters, where there is too little of a category: those nearest in kind first, and of
    /// one kind the nearest.
    private func kindred(
        to category: String?, _ query: [Float], count: Int, after sameKind: [Match], without leftOut: LeftOut
    ) throws -> [Match] {
        guard sameKind.count < count else { return [] }
        let categories = search.values(of: "category").map(\.value)
        let steps = category.map { KindredCategories.steps(from: $0, among: categories) } ?? []
        var known = Set(sameKind.map(\.item.id))
        var others: [Match] = []
        for step in steps + [[]] where known.count < count {
            let found = try nearest(
                query, count: count + known.count, filter: parameters.filter.narrowed(to: step), without: leftOut)
            for match in found where known.count < count && known.insert(match.item.id).inserted {
                others.append(match)
            }
        }
        return others
    }

    /// What is not to be found.
    private struct LeftOut {
        let items: Set<String>
        /// Items whose products are left out with them where each product is found once.
        let products: Set<String>
    }

    private func nearest(
        _ vector: [Float], count: Int, filter: ItemFilter, without leftOut: LeftOut
    ) throws -> [Match] {
        let found = try search.nearest(
            to: vector, count: count + leftOut.items.count, metric: parameters.metric, filter: filter,
            collapses: collapses)
        let kept = found.filter { match in
            let product = collapses ? match.variants?.others ?? [] : []
            return !leftOut.items.contains(match.item.id) && !product.contains { leftOut.products.contains($0) }
        }
        return Array(kept.prefix(count))
    }
}

extension ItemFilter {
    /// The same within some categories; the same as it is where it has categories of its own, or for none.
    func narrowed(to categories: [String]) -> ItemFilter {
        var narrow = self
        if !categories.isEmpty, values(of: "category").isEmpty { narrow.accepted["category"] = categories }
        return narrow
    }
}
