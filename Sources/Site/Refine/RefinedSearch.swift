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
    ///   - looks: what it shows; asked for only where a colour is to be changed.
    /// - Returns: at most as many items as the parameters ask for.
    /// - Throws: `HTTPError` 400 `unknown_marked_item` to a program, and what the search throws.
    package func matches(to vector: [Float], looks: () throws -> LooksLike) throws -> [Match] {
        guard !parameters.refinement.isEmpty else {
            return try search.nearest(
                to: vector, count: parameters.count, metric: parameters.metric, filter: parameters.filter,
                collapses: collapses)
        }
        return try refined(vector, looks, leavingOut: [])
    }

    /// The nearest items to an item, itself left out, and with `collapses` all of its product; `nil` if there is no such item.
    ///
    /// - Throws: as ``matches(to:looks:)``.
    package func matches(to item: CatalogItem) throws -> [Match]? {
        guard !parameters.refinement.isEmpty else {
            return try search.nearest(
                toItem: item.id, count: parameters.count, metric: parameters.metric, filter: parameters.filter,
                collapses: collapses)
        }
        guard let vector = try search.vectors(ofItems: [item.id])[item.id] else { return nil }
        return try refined(vector, { LooksLike(item) }, leavingOut: [item.id])
    }

    /// What is compared with the items in the place of `vector`, once what the visitor said counts: the scores of
    /// ``matches(to:looks:)`` are cosines with it.
    ///
    /// - Parameters:
    ///   - vector: the unit vector of a photo or an item.
    ///   - looks: what it shows; asked for only where a colour is to be changed.
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
        let query = RelevanceFeedback.query(
            change?.change.query ?? vector, more: refinement.more.compactMap { marked[$0] },
            less: refinement.less.compactMap { marked[$0] })
        return Aim(query: query, change: change)
    }

    private func refined(
        _ vector: [Float], _ looks: () throws -> LooksLike, leavingOut: Set<String>
    ) throws -> [Match] {
        let refinement = parameters.refinement
        let aim = try aim(vector, looks)
        let query = aim.query
        // An item's other colours are what is looked for when another colour is.
        let leftOut = LeftOut(
            items: leavingOut.union(refinement.marked),
            products: Set(refinement.marked).union(refinement.colour == nil ? leavingOut : []))
        guard let (change, category) = aim.change else {
            return try nearest(query, count: parameters.count, filter: parameters.filter, without: leftOut)
        }
        var narrow = parameters.filter
        if let category, parameters.chosen("category").isEmpty { narrow.accepted["category"] = [category] }
        let found = try nearest(query, count: ColourChange.candidates, filter: narrow, without: leftOut)
        let vectors = try search.vectors(ofItems: found.map(\.item.id))
        // What was marked counts for the order as well.
        let cut = refinement.marked.isEmpty ? change : ColourChange(query, change)
        let ordered = found.enumerated().map { place, match in
            (place, match, vectors[match.item.id].map { cut.likeness($0) } ?? -1)
        }.sorted { ($1.2, $0.0) < ($0.2, $1.0) }
        let sameKind = Array(ordered.prefix(parameters.count).map(\.1))
        guard sameKind.count < parameters.count, narrow != parameters.filter else { return sameKind }
        // Where there is too little of the kind in that colour, other kinds are better than nothing.
        let known = Set(sameKind.map(\.item.id))
        let others = try nearest(
            query, count: parameters.count + known.count, filter: parameters.filter, without: leftOut)
        return sameKind + others.filter { !known.contains($0.item.id) }.prefix(parameters.count - sameKind.count)
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

    /// The change to another colour, and the category within which it is; `nil` if the catalog has nothing of that colour.
    private func change(
        _ vector: [Float], _ looks: LooksLike, to colour: String
    ) throws -> (change: ColourChange, category: String?)? {
        let chosen = parameters.chosen("category")
        let category =
            looks.category.candidates.map(\.value).first { value in
                chosen.contains { $0.lowercased() == value.lowercased() }
            } ?? chosen.first ?? looks.category.likeliest
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
