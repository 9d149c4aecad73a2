/// A figure and the interval in which it lies with 95 % confidence.
public struct Estimate: Sendable, Equatable, Codable {
    /// The figure.
    public let value: Double
    /// Lower end of the interval.
    public let low: Double
    /// Upper end of the interval.
    public let high: Double

    /// An estimate.
    public init(value: Double, low: Double, high: Double) {
        self.value = value
        self.low = low
        self.high = high
    }
}

/// Means with bootstrap intervals, and the test of a paired difference.
public enum Statistics {
    /// The mean over groups of the mean within each; with one group the plain mean. Empty groups are left out.
    ///
    /// - Returns: the mean, or `nil` if there is no value at all.
    public static func mean(_ groups: [[Double]]) -> Double? {
        let means = groups.compactMap { group in
            group.isEmpty ? nil : group.reduce(0, +) / Double(group.count)
        }
        return means.isEmpty ? nil : means.reduce(0, +) / Double(means.count)
    }

    /// The mean of groups with its bootstrap interval.
    ///
    /// Percentile bootstrap (Efron, Bootstrap methods: another look at the jackknife, 1979; Efron and Tibshirani, 1993,
    /// chapter 13): each group is resampled with replacement to its own size, so every class keeps its weight. The same
    /// seed gives the same interval. O(resamples · values).
    ///
    /// - Parameters:
    ///   - groups: the values, group by group.
    ///   - resamples: how many samples are drawn.
    ///   - seed: of the random numbers.
    /// - Returns: the mean and its 95 % interval, or `nil` if there is no value.
    public static func estimate(_ groups: [[Double]], resamples: Int, seed: UInt64) -> Estimate? {
        let groups = groups.filter { !$0.isEmpty }
        guard let value = mean(groups) else { return nil }
        var random = SplitMix64(seed: seed)
        let means = (0..<max(0, resamples)).map { _ in
            let sum = groups.reduce(0.0) { total, group in
                var sum = 0.0
                for _ in group.indices { sum += group[random.index(below: group.count)] }
                return total + sum / Double(group.count)
            }
            return sum / Double(groups.count)
        }
        return interval(of: means, around: value)
    }

    /// Any statistic of `count` observations with its bootstrap interval, as ``estimate(_:resamples:seed:)`` does it for
    /// means.
    ///
    /// - Parameters:
    ///   - count: how many observations there are.
    ///   - resamples: how many samples are drawn.
    ///   - seed: of the random numbers.
    ///   - statistic: the figure of the observations with these indices; `nil` if they have none.
    /// - Returns: the figure of all observations and its 95 % interval.
    public static func estimate(
        count: Int, resamples: Int, seed: UInt64, statistic: ([Int]) -> Double?
    ) -> Estimate? {
        guard count > 0, let value = statistic(Array(0..<count)) else { return nil }
        var random = SplitMix64(seed: seed)
        let values = (0..<max(0, resamples)).compactMap { _ in
            statistic((0..<count).map { _ in random.index(below: count) })
        }
        return interval(of: values, around: value)
    }

    /// Whether the mean of paired differences could be chance.
    ///
    /// Randomisation test with random signs (Fisher; for retrieval: Smucker, Allan, Carterette, A comparison of
    /// statistical significance tests, 2007): two-sided, `p = (1 + #{|T*| >= |T|}) / (1 + resamples)`. O(resamples ·
    /// values).
    ///
    /// - Parameters:
    ///   - groups: the differences, group by group.
    ///   - resamples: how many random signs are tried.
    ///   - seed: of the random numbers.
    /// - Returns: p, or `nil` if there is no difference to test.
    public static func pValue(_ groups: [[Double]], resamples: Int, seed: UInt64) -> Double? {
        let groups = groups.filter { !$0.isEmpty }
        guard let value = mean(groups) else { return nil }
        var random = SplitMix64(seed: seed)
        var extreme = 0
        for _ in 0..<max(0, resamples) {
            let sum = groups.reduce(0.0) { total, group in
                var sum = 0.0
                var bits: UInt64 = 0
                for (offset, difference) in group.enumerated() {
                    if offset % 64 == 0 { bits = random.next() }
                    sum += bits & 1 == 0 ? difference : -difference
                    bits >>= 1
                }
                return total + sum / Double(group.count)
            }
            // Sums in another order differ by rounding; a tie counts as extreme.
            if abs(sum / Double(groups.count)) >= abs(value) - 1e-12 { extreme += 1 }
        }
        return Double(1 + extreme) / Double(1 + max(0, resamples))
    }

    private static func interval(of samples: [Double], around value: Double) -> Estimate {
        let sorted = samples.sorted()
        guard !sorted.isEmpty else { return Estimate(value: value, low: value, high: value) }
        return Estimate(value: value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975))
    }

    /// Quantile by linear interpolation (type 7 of Hyndman and Fan, 1996) of sorted, not empty values.
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let position = share * Double(sorted.count - 1)
        let lower = Int(position)
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
    }
}
