import Glibc
import HTTPCore
import Logging
import Metrics

/// A server on a free port, stopped when it goes.
final class TestServer: Sendable {
    let server: HTTPServer
    let port: Int
    let metrics: PrometheusMetrics
    let lifecycle: ServerLifecycle

    init(
        _ change: (inout HTTPServerConfiguration) -> Void = { _ in }, logger: Logger? = nil,
        routes: (inout Router, HTTPServerConfiguration) -> Void
    ) throws {
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        change(&configuration)
        lifecycle = configuration.lifecycle
        var router = Router()
        routes(&router, configuration)
        metrics = PrometheusMetrics()
        server = HTTPServer(
            configuration: configuration, router: router,
            logger: logger ?? Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), metrics: metrics
        ) { error, request in
            .text("\(error.code) \(request.path)\n\(error.message)", status: error.status)
        }
        port = try server.start()
    }

    deinit { server.shutdown(grace: .seconds(1)) }

    func connect(timeout: Int = 60) throws -> RawClient {
        try RawClient(port: port, timeout: timeout, owner: self)
    }

    /// Waits until the server has so many requests, some of which wait for the compute pool.
    func waitForRequests(_ count: Int, queued: Int) -> Bool {
        waitForMetrics("http_requests_in_flight \(count)", "http_compute_queue_depth \(queued)")
    }

    /// Waits until the metrics have all these lines at the same time.
    func waitForMetrics(_ expected: Substring...) -> Bool {
        for _ in 0..<6000 {
            if Set(metrics.text().split(separator: "\n")).isSuperset(of: expected) { return true }
            usleep(10_000)
        }
        return false
    }

    /// One request on a connection of its own.
    func send(_ request: String, toHead: Bool = false) throws -> RawClient.Answer {
        try send(Array(request.utf8), toHead: toHead)
    }

    func send(_ request: [UInt8], toHead: Bool = false) throws -> RawClient.Answer {
        let client = try connect()
        try client.send(request)
        return try client.read(toHead: toHead)
    }

    func get(_ target: String, headers: String = "") throws -> RawClient.Answer {
        try send("GET \(target) HTTP/1.1\r\nHost: a\r\n\(headers)\r\n")
    }
}
