import CatalogStore

extension Recommender {
    /// Whether photos are embedded part by part, so that it can be told which parts of two of them agree.
    public var comparesParts: Bool { model.isSpatial }

    /// Items by their identifiers, in that order; unknown ones are left out. O(k log n).
    ///
    /// - Throws: errors of the database.
    public func items(ids: [String]) throws -> [CatalogItem] {
        try database.items(ids: ids)
    }

    /// The unit vectors of items, by identifier; those that cannot be found are left out. O(k · (log n + dimension)).
    ///
    /// - Throws: errors of the database.
    public func vectors(ofItems ids: [String]) throws -> [String: [Float]] {
        try live.view { state in
            var vectors: [String: [Float]] = [:]
            for id in ids { vectors[id] = state.index.vector(of: id) }
            return vectors
        }
    }

    /// The mean vector of the items that pass a filter; `nil` if none does. O(n + rows · dimension).
    ///
    /// - Throws: ``RecommenderError`` if the filter cannot be answered.
    public func meanVector(_ filter: ItemFilter) throws -> MeanVector? {
        try live.view { state in
            let rows = filter.isEmpty ? state.index.liveRows : try live.facets(of: state).rows(matching: filter)
            let (sum, count) = state.index.sum(of: rows)
            guard count > 0 else { return nil }
            return MeanVector(vector: sum.map { $0 / Float(count) }, count: count)
        }
    }
}
