import Foundation

/// How good one ranking is. Formulas: Manning, Raghavan, Schütze, Introduction to Information Retrieval (2008),
/// chapter 8; nDCG: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002).
public enum RankingMetrics {
    /// Precision at k: the share of the first k places that hold something relevant.
    ///
    /// `sum(rel_i, i = 1...k) / k`. A place that stays empty because there are too few items counts as a miss. O(k).
    ///
    /// - Parameters:
    ///   - relevance: whether the item at each place is relevant, nearest first.
    ///   - k: how many places are looked at.
    /// - Returns: 0 to 1; 0 if `k` is not positive.
    public static func precision(_ relevance: [Bool], at k: Int) -> Double {
        guard k > 0 else { return 0 }
        return Double(relevance.prefix(k).count { $0 }) / Double(k)
    }

    /// Recall at k, capped at what k places can hold: the share of the relevant items that could stand in the first k
    /// places and do.
    ///
    /// `sum(rel_i, i = 1...k) / min(k, R)`: uncapped, a kind with thousands of items could never come above zero. O(k).
    ///
    /// - Parameters:
    ///   - relevance: whether the item at each place is relevant, nearest first.
    ///   - relevant: R, how many relevant items there are in all.
    ///   - k: how many places are looked at.
    /// - Returns: 0 to 1, or `nil` if nothing is relevant or `k` is not positive.
    public static func recall(_ relevance: [Bool], relevant: Int, at k: Int) -> Double? {
        guard k > 0, relevant > 0 else { return nil }
        return Double(relevance.prefix(k).count { $0 }) / Double(min(k, relevant))
    }

    /// Average precision of a whole ranking: the mean, over the relevant items, of the precision at their places. Its
    /// mean over queries is mAP.
    ///
    /// `sum(precision(i) * rel_i) / R`; a relevant item that is not in the ranking adds 0. O(n).
    ///
    /// - Parameters:
    ///   - relevance: whether the item at each place is relevant, nearest first.
    ///   - relevant: R, how many relevant items there are in all.
    /// - Returns: 0 to 1, or `nil` if nothing is relevant.
    public static func averagePrecision(_ relevance: [Bool], relevant: Int) -> Double? {
        guard relevant > 0 else { return nil }
        var hits = 0
        var sum = 0.0
        for (place, isRelevant) in relevance.enumerated() where isRelevant {
            hits += 1
            sum += Double(hits) / Double(place + 1)
        }
        return sum / Double(relevant)
    }

    /// Normalised discounted cumulated gain at k.
    ///
    /// `DCG = sum(gain_i / log2(i + 1), i = 1...k)`, divided by the DCG of the best possible order. O(k).
    ///
    /// - Parameters:
    ///   - gains: the gain of the item at each place, nearest first.
    ///   - ideal: the gains of all items, largest first; k of them are enough.
    ///   - k: how many places are looked at.
    /// - Returns: 0 to 1, or `nil` if no item has any gain.
    public static func nDCG(_ gains: [Double], ideal: [Double], at k: Int) -> Double? {
        let best = discountedGain(ideal, at: k)
        return best > 0 ? discountedGain(gains, at: k) / best : nil
    }

    private static func discountedGain(_ gains: [Double], at k: Int) -> Double {
        gains.prefix(max(0, k)).enumerated().reduce(0) { $0 + $1.element / log2(Double($1.offset) + 2) }
    }
}
