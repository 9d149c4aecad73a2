import Glibc
import HTTPCore
import Metrics
import Testing

@Suite("Prometheus metrics")
struct MetricsTests {
    @Test("counters, gauges and histograms are written in the text format")
    func format() {
        let metrics = PrometheusMetrics(buckets: [0.1, 1])
        Counter(label: "requests_total", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment(by: 3)
        Counter(label: "requests_total", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
        Counter(label: "requests_total", dimensions: [], factory: metrics).increment()
        Meter(label: "depth", dimensions: [], factory: metrics).set(2.5)
        let timer = Timer(label: "duration_seconds", dimensions: [("r", "/")], factory: metrics)
        for milliseconds in [50, 100, 500, 5000] as [Int64] { timer.recordNanoseconds(milliseconds * 1_000_000) }
        #expect(
            metrics.text() == """
                # TYPE depth gauge
                depth 2.5
                # TYPE duration_seconds histogram
                duration_seconds_bucket{r="/",le="0.1"} 2
                duration_seconds_bucket{r="/",le="1"} 3
                duration_seconds_bucket{r="/",le="+Inf"} 4
                duration_seconds_sum{r="/"} 5.65
                duration_seconds_count{r="/"} 4
                # TYPE requests_total counter
                requests_total 1
                requests_total{a="1",b="2"} 4

                """)
    }

    @Test("names and label values that are not allowed are changed and escaped")
    func escaping() {
        let metrics = PrometheusMetrics()
        Counter(label: "a.b-c", dimensions: [("x-y", "q\"\\\n€")], factory: metrics).increment()
        Counter(label: "9lives", dimensions: [], factory: metrics).increment()
        #expect(
            metrics.text() == """
                # TYPE _9lives counter
                _9lives 1
                # TYPE a_b_c counter
                a_b_c{x_y="q\\"\\\\\\n€"} 1

                """)
    }

    @Test("a destroyed series is no longer written, and a name keeps its first type")
    func destruction() {
        let metrics = PrometheusMetrics()
        let counter = Counter(label: "a", dimensions: [], factory: metrics)
        counter.increment()
        Meter(label: "a", dimensions: [], factory: metrics).set(7)
        #expect(metrics.text() == "# TYPE a counter\na 1\n")
        counter.destroy()
        #expect(metrics.text().isEmpty)
    }

    @Test("the server counts by route pattern, never by path, and /metrics shows it")
    func server() throws {
        let metrics = PrometheusMetrics()
        let server = try TestServer { router, _ in
            router.on(.get, "/items/{id}") { _ in .text("item") }
            router.on(.get, "/metrics", handler: metrics.handler)
        }
        for id in 0..<5 { _ = try server.get("/items/\(id)") }
        _ = try server.get("/nowhere/1")
        _ = try server.send("BREW / HTTP/1.1\r\nHost: a\r\n\r\n")
        // Counted when the answer has gone out, which the client may see first.
        let expected = [
            #"http_requests_total{method="GET",route="/items/{id}",status="200"} 5"#,
            #"http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
            #"http_requests_total{method="other",route="unmatched",status="501"} 1"#,
            #"http_request_duration_seconds_count{route="/items/{id}"} 5"#,
        ]
        var lines: [String] = []
        for _ in 0..<20_000 where !expected.allSatisfy(lines.contains) {
            usleep(1000)
            lines = server.metrics.text().split(separator: "\n").map(String.init)
        }
        for line in expected { #expect(lines.contains(line), "\(lines)") }
        #expect(!lines.contains { $0.contains("nowhere") })
        let scraped = try server.get("/metrics")
        #expect(scraped.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
    }
}
