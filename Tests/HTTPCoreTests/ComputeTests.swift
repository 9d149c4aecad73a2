import Glibc
import HTTPCore
import Testing

/// Lets a test hold handlers, and let them go.
final class Gate: Sendable {
    private let state = Guarded((open: false, inside: 0))

    func pass() {
        state.withLock { $0.inside += 1 }
        state.signalAll()
        _ = state.wait(until: .now + .seconds(120)) { $0.open ? true : nil }
    }

    /// Waits until so many handlers have come.
    func waitForVisitors(_ count: Int) -> Bool {
        state.wait(until: .now + .seconds(60)) { $0.inside >= count ? true : nil } ?? false
    }

    func open() {
        state.withLock { $0.open = true }
        state.signalAll()
    }
}

@Suite("Compute lane over a socket")
struct ComputeTests {
    private func server(_ gate: Gate, threads: Int = 1, capacity: Int = 1) throws -> TestServer {
        try TestServer({
            $0.computeThreads = threads
            $0.queueCapacity = capacity
        }) { router, _ in
            router.on(.get, "/inline") { _ in .text("inline") }
            router.on(.post, "/compute/{id}", lane: .compute, bodyLimit: 1000) { request in
                gate.pass()
                guard case .raw(_, let bytes) = request.body else { return .text("none") }
                return .text((request.parameters["id"] ?? "") + String(decoding: bytes, as: UTF8.self))
            }
            router.on(.get, "/fails", lane: .compute) { _ in
                throw HTTPError(422, code: "no", message: "No.")
            }
        }
    }

    private func post(_ id: Int) -> String {
        "POST /compute/\(id) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
    }

    @Test("HTTP threads go on while handlers compute, and a full queue is 503 with Retry-After")
    func queue() throws {
        let gate = Gate()
        let server = try server(gate)
        let first = try server.connect()
        try first.send(post(1))
        #expect(gate.waitForVisitors(1))
        let second = try server.connect()
        try second.send(post(2))
        #expect(server.waitForRequests(2, queued: 1))
        #expect(try server.get("/inline").text == "inline")
        let refused = try server.send(post(3))
        #expect(refused.status == 503)
        #expect(refused.header("Retry-After") == "1")
        #expect(refused.text.hasPrefix("overloaded"))
        gate.open()
        #expect(try first.read().text == "1body")
        #expect(try second.read().text == "2body")
        #expect(server.metrics.text().contains("http_requests_rejected_total 1"))
    }

    @Test("requests that wait for somebody else take no thread from those that compute, and are bounded on their own")
    func waiting() throws {
        let gate = Gate()
        let server = try TestServer({
            $0.computeThreads = 1
            $0.queueCapacity = 1
            $0.waitingThreads = 2
        }) { router, _ in
            router.on(.get, "/work", lane: .compute, waits: { $0.query("slow") != nil }) { request in
                if request.query("slow") != nil { gate.pass() }
                return .text("done")
            }
        }
        let slow = try (0..<5).map { index in
            let connection = try server.connect()
            try connection.send("GET /work?slow=\(index) HTTP/1.1\r\nHost: a\r\n\r\n")
            return connection
        }
        #expect(gate.waitForVisitors(2))
        // Two run, two wait, and the last one is refused, whichever that is.
        #expect(server.waitForMetrics("http_requests_rejected_total 1"))
        for _ in 0..<20 { #expect(try server.get("/work").text == "done") }
        gate.open()
        let answers = try slow.map { try $0.read() }
        let refused = answers.filter { $0.status == 503 }
        #expect(refused.map { $0.header("Retry-After") } == ["1"])
        #expect(answers.count { $0.text == "done" } == 4)
    }

    @Test("an error thrown on the compute lane is the answer, and keep-alive goes on")
    func errors() throws {
        let gate = Gate()
        gate.open()
        let server = try server(gate)
        let client = try server.connect()
        for id in 0..<20 {
            try client.send("GET /fails HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.read().status == 422)
            try client.send(post(id))
            #expect(try client.read().text == "\(id)body")
        }
    }

    @Test("requests pipelined behind a computing one are answered after it")
    func pipelined() throws {
        let gate = Gate()
        let server = try server(gate)
        let client = try server.connect()
        try client.send(post(1) + "GET /inline HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(gate.waitForVisitors(1))
        gate.open()
        #expect(try client.read().text == "1body")
        #expect(try client.read().text == "inline")
    }

    @Test("clients that leave while their request computes or waits do no harm")
    func disconnect() throws {
        for round in 0..<10 {
            let gate = Gate()
            let server = try server(gate, threads: 2, capacity: 10)
            let clients = try (0..<8).map { _ in try server.connect() }
            for (id, client) in clients.enumerated() { try client.send(post(id)) }
            #expect(gate.waitForVisitors(2))
            for client in clients { client.abort() }
            if round % 2 == 0 { usleep(20_000) }
            gate.open()
            let last = try server.connect()
            try last.send(post(9))
            #expect(try last.read().text == "9body")
        }
    }

    @Test("a pool takes its threads' and its queue's number of jobs, and runs them in order")
    func pool() {
        let gate = Gate()
        let order = Guarded([Int]())
        let depths = Guarded([Int]())
        let pool = ComputePool(threads: 1, capacity: 3) { depth in depths.withLock { $0.append(depth) } }
        for index in 0..<4 {
            #expect(pool.reserve())
            pool.submit {
                gate.pass()
                order.withLock { $0.append(index) }
                order.signalAll()
            }
        }
        #expect(!pool.reserve())
        gate.open()
        let all = order.wait(until: .now + .seconds(60)) { $0.count == 4 ? $0 : nil }
        #expect(all == [0, 1, 2, 3])
        #expect(depths.withLock { $0.contains(3) })
        pool.stop()
        #expect(!pool.reserve())
    }
}
