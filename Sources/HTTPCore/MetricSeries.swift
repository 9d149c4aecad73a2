internal import Metrics

/// One series: a number, or a histogram.
final class MetricSeries: Sendable {
    /// The state at one moment.
    struct Value: Sendable {
        /// A counter's or gauge's value, or the sum of what a histogram saw.
        var sum = 0.0
        /// How many values a histogram saw.
        var count: UInt64 = 0
        /// How many of them fell into each bucket, not accumulated.
        var counts: [UInt64]
    }

    /// Ascending upper bounds; empty for counters and gauges.
    let buckets: [Double]
    private let value: Guarded<Value>

    init(buckets: [Double]) {
        self.buckets = buckets
        value = Guarded(Value(counts: [UInt64](repeating: 0, count: buckets.count)))
    }

    /// The state now.
    var snapshot: Value { value.withLock { $0 } }

    private func add(_ amount: Double) {
        value.withLock { $0.sum += amount }
    }

    private func observe(_ observed: Double) {
        guard !buckets.isEmpty else { return value.withLock { $0.sum = observed } }
        let bucket = buckets.firstIndex { observed <= $0 }
        value.withLock { value in
            value.sum += observed
            value.count += 1
            if let bucket { value.counts[bucket] += 1 }
        }
    }
}

extension MetricSeries: CounterHandler {
    func increment(by amount: Int64) { add(Double(amount)) }
    func reset() { value.withLock { $0 = Value(counts: $0.counts.map { _ in 0 }) } }
}

extension MetricSeries: FloatingPointCounterHandler {
    func increment(by amount: Double) { add(amount) }
}

extension MetricSeries: MeterHandler {
    func set(_ new: Int64) { set(Double(new)) }
    func set(_ new: Double) { value.withLock { $0.sum = new } }
    func decrement(by amount: Double) { add(-amount) }
}

extension MetricSeries: RecorderHandler {
    func record(_ value: Int64) { observe(Double(value)) }
    func record(_ value: Double) { observe(value) }
}

extension MetricSeries: TimerHandler {
    func recordNanoseconds(_ duration: Int64) { observe(Double(duration) / 1e9) }
}
