internal import Metrics

/// What the server counts. Labels are bounded: a route's pattern, never a path.
final class ServerMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let factory: any MetricsFactory
    private let counters = Guarded<[Key: Counter]>([:])
    private let timers = Guarded<[String: Timer]>([:])
    private let inFlight: Meter
    private let queueDepth: Meter
    private let rejected: Counter

    init(factory: any MetricsFactory) {
        self.factory = factory
        inFlight = Meter(label: "http_requests_in_flight", dimensions: [], factory: factory)
        queueDepth = Meter(label: "http_compute_queue_depth", dimensions: [], factory: factory)
        rejected = Counter(label: "http_requests_rejected_total", dimensions: [], factory: factory)
    }

    func setInFlight(_ count: Int) { inFlight.set(count) }
    func setQueueDepth(_ depth: Int) { queueDepth.set(depth) }
    func countRejected() { rejected.increment() }

    /// A request is over.
    func count(method: String, route: String?, status: Int, nanoseconds: Int64) {
        let route = route ?? "unmatched"
        let method = HTTPMethod(rawValue: method) == nil ? "other" : method
        let counter = counters.withLock { counters in
            let key = Key(method: method, route: route, status: status)
            if let counter = counters[key] { return counter }
            let counter = Counter(
                label: "http_requests_total",
                dimensions: [("method", method), ("route", route), ("status", String(status))], factory: factory)
            counters[key] = counter
            return counter
        }
        counter.increment()
        let timer = timers.withLock { timers in
            if let timer = timers[route] { return timer }
            let timer = Timer(
                label: "http_request_duration_seconds", dimensions: [("route", route)], factory: factory)
            timers[route] = timer
            return timer
        }
        timer.recordNanoseconds(nanoseconds)
    }
}
