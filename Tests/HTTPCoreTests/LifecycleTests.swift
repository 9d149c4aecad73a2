import Glibc
import HTTPCore
import Testing

@Suite("Deadlines and shutdown")
struct LifecycleTests {
    private func server(
        _ gate: Gate = Gate(), _ change: (inout HTTPServerConfiguration) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(change) { router, configuration in
            HealthRoutes.register(on: &router, lifecycle: configuration.lifecycle) { .ready("ready") }
            router.on(.get, "/") { _ in .text("home") }
            router.on(.get, "/slow", lane: .compute) { _ in
                gate.pass()
                return .text("slow")
            }
            router.on(.post, "/upload", bodyLimit: 1000) { _ in .text("uploaded") }
        }
    }

    private static let slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Sends a byte every 50 ms until the server closes, for a minute at the most; how long that took from `start`.
    private func trickle(_ client: RawClient, _ text: String, since start: ContinuousClock.Instant) -> Duration {
        while ContinuousClock.now - start < .seconds(60), (try? client.send(text)) != nil { usleep(50_000) }
        return ContinuousClock.now - start
    }

    @Test("bytes that trickle do not extend a request's deadline", arguments: ["", "GET / HT", "POST /upload"])
    func slowLoris(_ beginning: String) throws {
        let server = try server {
            $0.requestDeadline = .milliseconds(500)
            $0.idleTimeout = .seconds(2)
        }
        let start = ContinuousClock.now
        let client = try server.connect()
        switch beginning {
        case "POST /upload": try client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n")
        default: try client.send(beginning)
        }
        let time = trickle(client, "a", since: start)
        #expect(time < .seconds(30))
        if beginning == "POST /upload" {
            #expect(time > .milliseconds(300))
        }
        // Half a second may be short for this thread, too.
        let end = ContinuousClock.now + .seconds(60)
        while (try? server.get("/").text) != "home" { try #require(ContinuousClock.now < end) }
    }

    @Test("a request that is too slow is told so")
    func requestTimeout() throws {
        let server = try server { $0.requestDeadline = .seconds(6) }
        let client = try server.connect()
        try client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nabc")
        let answer = try client.read()
        #expect(answer.status == 408)
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        #expect(client.isClosedByServer())
    }

    @Test("a request on a kept connection has its own deadline, and computing has none")
    func keptConnection() throws {
        let gate = Gate()
        let server = try server(gate) { $0.requestDeadline = .seconds(6) }
        let client = try server.connect()
        for _ in 0..<4 {
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.read().text == "home")
            usleep(2_000_000)
        }
        try client.send(Self.slow)
        usleep(7_000_000)
        gate.open()
        #expect(try client.read().text == "slow")
    }

    @Test("an idle connection is closed")
    func idle() throws {
        let server = try server { $0.idleTimeout = .seconds(8) }
        let client = try server.connect()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.read().text == "home")
        #expect(client.isClosedByServer())
    }

    @Test("shutdown finishes what runs, says so to /readyz, and takes no more connections")
    func graceful() throws {
        let gate = Gate()
        let server = try server(gate) { $0.computeThreads = 1 }
        let kept = try server.connect()
        try kept.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try kept.read().status == 200)
        let running = try (0..<3).map { _ in try server.connect() }
        for client in running { try client.send(Self.slow) }
        #expect(gate.waitForVisitors(1))
        #expect(server.waitForRequests(3, queued: 2))
        let result = Guarded(Bool?.none)
        let stopping = server.server
        let thread = Thread {
            let finished = stopping.shutdown(grace: .seconds(60))
            result.withLock { $0 = finished }
            result.signalAll()
        }
        // It says so a moment before it closes the listening socket.
        let end = ContinuousClock.now + .seconds(60)
        while (try? server.connect()) != nil, ContinuousClock.now < end { usleep(10_000) }
        #expect(server.lifecycle.isDraining)
        #expect(throws: RawClient.Failure.self) { try server.connect() }
        try kept.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        let unready = try kept.read()
        #expect(unready.status == 503)
        #expect(unready.header("Connection") == "close")
        gate.open()
        for client in running {
            #expect(try client.read().text == "slow")
            #expect(client.isClosedByServer())
        }
        #expect(result.wait(until: .now + .seconds(60)) { $0 } == true)
        thread.join()
    }

    @Test("what does not finish in the grace is cut with 503, and nothing panics")
    func cut() throws {
        for _ in 0..<5 {
            let gate = Gate()
            let server = try server(gate) { $0.computeThreads = 2 }
            let running = try (0..<6).map { _ in try server.connect() }
            for client in running { try client.send(Self.slow) }
            let sending = try server.connect()
            try sending.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nabc")
            #expect(gate.waitForVisitors(2))
            #expect(server.waitForRequests(7, queued: 4))
            #expect(!server.server.shutdown(grace: .milliseconds(100)))
            for client in running { #expect(try client.read().status == 503) }
            #expect(sending.isClosedByServer())
            gate.open()
        }
    }

    @Test("shutdown under load answers what it took and never panics")
    func shutdownUnderLoad() throws {
        for _ in 0..<10 {
            let gate = Gate()
            gate.open()
            let server = try server(gate) { $0.computeThreads = 2 }
            let port = server.port
            let (right, wrong) = (Guarded(0), Guarded(0))
            let clients = (0..<8).map { index in
                Thread {
                    while let client = try? RawClient(port: port) {
                        for _ in 0..<20 {
                            guard
                                (try? client.send(index % 2 == 0 ? Self.slow : "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
                                    != nil, let answer = try? client.read()
                            else { break }
                            guard answer.status == 200 || answer.status == 503 else {
                                wrong.withLock { $0 += 1 }
                                continue
                            }
                            right.withLock { $0 += 1 }
                            right.signalAll()
                        }
                    }
                }
            }
            #expect(right.wait(until: .now + .seconds(60)) { $0 > 50 ? true : nil } == true)
            #expect(server.server.shutdown(grace: .seconds(60)))
            for client in clients { client.join() }
            #expect(wrong.withLock { $0 } == 0)
        }
    }

    @Test("a server is started once, and stopped as often as one likes")
    func states() throws {
        let server = try server()
        #expect(throws: HTTPServerError.alreadyStarted) { try server.server.start() }
        #expect(server.server.shutdown(grace: .zero))
        #expect(server.server.shutdown(grace: .zero))
        #expect(throws: HTTPServerError.alreadyStarted) { try server.server.start() }
    }

    @Test("hosts and ports that cannot be listened on are told apart")
    func listening() throws {
        let first = try server()
        #expect(throws: HTTPServerError.addressInUse(host: "127.0.0.1", port: first.port)) {
            try server { $0.port = first.port }
        }
        #expect(throws: HTTPServerError.invalidHost("shop.example")) { try server { $0.host = "shop.example" } }
        #expect(throws: HTTPServerError.invalidPort(70_000)) { try server { $0.port = 70_000 } }
        #expect(throws: HTTPServerError.addressNotAvailable(host: "192.0.2.1")) {
            try server { $0.host = "192.0.2.1" }
        }
        #expect(try server { $0.host = "localhost" }.get("/").text == "home")
        #expect(try server { $0.host = "0.0.0.0" }.get("/").text == "home")
    }

    @Test("connections over the most wait until one closes")
    func connectionLimit() throws {
        let server = try server { $0.maximumConnections = 4 }
        let held = try (0..<4).map { _ in try server.connect() }
        for client in held {
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.read().text == "home")
        }
        let fifth = try server.connect()
        try fifth.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        held[0].abort()
        #expect(try fifth.read().text == "home")
    }
}
