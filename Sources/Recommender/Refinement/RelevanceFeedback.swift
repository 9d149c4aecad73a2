/// A query that follows what a visitor marked: "more like this" and "less like this".
///
/// Rocchio's formula q' = q + β · mean(more) - γ · mean(less) (J. J. Rocchio, "Relevance feedback in information retrieval",
/// 1971; Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, section 9.1.1) takes away what an item
/// has in common with all that is looked for: less like one of many hoodies would be away from hoodies. So it is not the item
/// that is taken away, but how it differs from the nearest of the kind that is looked for:
/// q' = unit(q + β · mean(more)) - γ · (mean(less) - mean(nearest)). Of an item of that kind only what is its own goes, of
/// one of another kind its kind goes.
///
/// Measured on photos of two catalogs and photos taken at home (README, "Coming closer").
package enum RelevanceFeedback {
    /// β: what the mean of the items marked "more" counts beside the query.
    package static let more: Float = 0.75
    /// γ: what the difference of the items marked "less" takes away.
    package static let less: Float = 0.75
    /// The most items of each kind that a query follows.
    package static let mostMarked = 12
    /// So many of the nearest items say what is usual for the kind that is looked for.
    package static let nearest = 10

    /// The query drawn to what is wanted more of. O(marked · dimension).
    ///
    /// - Parameters:
    ///   - query: a unit vector.
    ///   - more: unit vectors of the items marked "more".
    /// - Returns: a unit vector; the query itself where nothing is marked.
    package static func query(_ query: [Float], more: [[Float]]) -> [Float] {
        guard let mean = VectorArithmetic.mean(more) else { return query }
        return VectorArithmetic.unit(VectorArithmetic.adding(Self.more, mean, to: query)) ?? query
    }

    /// The query pushed away from what is wanted less of. O((marked + nearest) · dimension).
    ///
    /// - Parameters:
    ///   - query: a unit vector.
    ///   - less: unit vectors of the items marked "less".
    ///   - nearest: unit vectors of the nearest items of the kind that is looked for, none of them marked.
    /// - Returns: a unit vector; the query itself where nothing is marked, or there is nothing else to find.
    package static func query(_ query: [Float], less: [[Float]], nearest: [[Float]]) -> [Float] {
        guard let unwanted = VectorArithmetic.mean(less), let usual = VectorArithmetic.mean(nearest) else {
            return query
        }
        let own = VectorArithmetic.adding(-1, usual, to: unwanted)
        return VectorArithmetic.unit(VectorArithmetic.adding(-Self.less, own, to: query)) ?? query
    }
}
