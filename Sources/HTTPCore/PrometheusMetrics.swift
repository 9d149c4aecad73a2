public import Metrics

/// A metrics backend that Prometheus can scrape (text exposition format 0.0.4).
///
/// Timers become histograms in seconds, aggregating recorders histograms in their own unit. O(series) to export.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    /// Upper bounds in seconds, for answers that take from a fraction of a millisecond to half a minute.
    public static let durationBuckets: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]

    private let families = Guarded<[String: MetricFamily]>([:])
    private let buckets: [Double]

    /// An empty registry.
    ///
    /// - Parameter buckets: ascending upper bounds of every histogram.
    public init(buckets: [Double] = PrometheusMetrics.durationBuckets) {
        self.buckets = buckets.sorted()
    }

    /// Answers a scrape with every series.
    public var handler: Handler {
        { [self] _ in
            var response = HTTPResponse.text(text(), contentType: "text/plain; version=0.0.4; charset=utf-8")
            response.headers["Cache-Control"] = "no-store"
            return response
        }
    }

    /// Every series in the text format, ordered by name and labels.
    public func text() -> String {
        let families = families.withLock { $0 }
        return families.sorted { $0.key < $1.key }.map { $0.value.text(name: $0.key) }.joined()
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, .counter, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, .counter, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, .gauge, dimensions)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(label, aggregate ? .histogram : .gauge, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, .histogram, dimensions)
    }

    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// The one series of a name and labels. A name that is already of another kind gets a series that counts but
    /// is not exported: a family has one type.
    private func series(_ label: String, _ kind: MetricFamily.Kind, _ labels: [(String, String)]) -> MetricSeries {
        let name = MetricFamily.validName(label)
        let key = MetricFamily.text(ofLabels: labels)
        return families.withLock { families in
            var family = families[name] ?? MetricFamily(kind: kind)
            if let known = family.series[key], family.kind == kind { return known }
            let new = MetricSeries(buckets: kind == .histogram ? buckets : [])
            guard family.kind == kind else { return new }
            family.series[key] = new
            families[name] = family
            return new
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                for (key, series) in family.series where series === handler {
                    families[name]?.series[key] = nil
                }
                if families[name]?.series.isEmpty == true { families[name] = nil }
            }
        }
    }
}
