import CatalogStore
import Recommender

extension PostgresRecommender {
    /// Whether photos are embedded part by part: see `Recommender.comparesParts`.
    public var comparesParts: Bool { model.isSpatial }

    /// Items by their identifiers, in that order; unknown ones are left out.
    public func items(ids: [String]) throws -> [CatalogItem] {
        let ids = ids.map { $0.withoutNUL.canonicalID }
        let found = try shards.ask { catalog throws(PostgresError) in try catalog.items(ids: ids) }
        let items = Dictionary(found.joined().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { items[$0] }
    }

    /// The unit vectors of items, by identifier; those that cannot be found are left out.
    public func vectors(ofItems ids: [String]) throws -> [String: [Float]] {
        let stored = Dictionary(ids.map { ($0.withoutNUL.canonicalID, $0) }, uniquingKeysWith: { first, _ in first })
        let keys = Array(stored.keys)
        let found = try shards.ask { catalog throws(PostgresError) in try catalog.vectors(ids: keys) }
        var vectors: [String: [Float]] = [:]
        for (id, pair) in found.joined() { vectors[stored[id] ?? id] = pair.vector }
        return vectors
    }

    /// The mean vector of the items that pass a filter; `nil` if none does.
    ///
    /// - Throws: ``RecommenderError`` if the filter cannot be answered.
    public func meanVector(_ filter: ItemFilter) throws -> MeanVector? {
        try check(filter)
        let means = try shards.ask { catalog throws(PostgresError) in try catalog.meanVector(filter) }.compactMap(
            \.self)
        let count = means.reduce(0) { $0 + $1.count }
        guard count > 0, var mean = means.first.map({ [Float](repeating: 0, count: $0.vector.count) }) else {
            return nil
        }
        for part in means {
            let share = Float(part.count) / Float(count)
            for place in mean.indices { mean[place] += share * part.vector[place] }
        }
        return MeanVector(vector: mean, count: count)
    }
}

extension PostgresCatalog {
    /// The mean vector of the items that pass a filter; `nil` if none does. O(items · dimension), in the database.
    fileprivate func meanVector(_ filter: ItemFilter) throws(PostgresError) -> MeanVector? {
        try pool.read { connection throws(PostgresError) in
            let clause = try FilterClause(filter, after: 0, dictionary, connection)
            let rows = try connection.query(
                """
                SELECT avg(e.vector), count(*) FROM item i JOIN embedding e ON e.photo = i.photo WHERE \(clause.sql)
                """, clause.parameters)
            let count = rows.integer(0, 1)
            return count == 0 ? nil : MeanVector(vector: rows.vector(0, 0), count: count)
        }
    }
}
