import HTTPCore
import Logging
import Testing

@Suite("Logs")
struct LogTests {
    struct Entry: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]
    }

    struct Recorder: LogHandler {
        let entries: Guarded<[Entry]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let entry = Entry(
                level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" })
            entries.withLock { $0.append(entry) }
            entries.signalAll()
        }
    }

    @Test("one line a request, with its id, and without query or address")
    func requestLine() throws {
        let entries = Guarded([Entry]())
        let server = try TestServer(logger: Logger(label: "test") { _ in Recorder(entries: entries) }) { router, _ in
            router.on(.get, "/items/{id}") { _ in .text("12345") }
            router.on(.get, "/fails") { _ in throw CancellationError() }
        }
        let answer = try server.get("/items/7?email=someone")
        let line = try #require(
            entries.wait(until: .now + .seconds(60)) { $0.first { $0.message == "request" } })
        #expect(line.level == .info)
        #expect(line.metadata["request"] == answer.header("X-Request-Id"))
        #expect(line.metadata["method"] == "GET")
        #expect(line.metadata["path"] == "/items/{id}")
        #expect(line.metadata["status"] == "200")
        #expect(line.metadata["bytes"] == "5")
        #expect(Double(line.metadata["ms"] ?? "") != nil)
        let failed = try server.get("/fails")
        let error = try #require(entries.wait(until: .now + .seconds(60)) { $0.first { $0.level == .error } })
        #expect(error.metadata["request"] == failed.header("X-Request-Id"))
        // A mistaken address of something private.
        _ = try server.get("/results/secret/")
        let unmatched = try #require(
            entries.wait(until: .now + .seconds(60)) { $0.first { $0.metadata["status"] == "404" } })
        #expect(unmatched.metadata["path"] == "/results/...")
        let all = entries.withLock { "\($0)" }
        #expect(!all.contains("someone") && !all.contains("secret"))
        #expect(!all.contains("127.0.0.1"))
    }

    @Test("the library's own messages are at debug level")
    func library() throws {
        let entries = Guarded([Entry]())
        let server = try TestServer(logger: Logger(label: "test") { _ in Recorder(entries: entries) }) { router, _ in
            router.on(.get, "/") { _ in .text("home") }
        }
        _ = try server.send("GET / HTTP/9.9\r\nHost: a\r\n\r\n")
        let line = try #require(
            entries.wait(until: .now + .seconds(60)) { $0.first { $0.message.hasPrefix("libmicrohttpd: ") } })
        #expect(line.level == .debug)
    }
}
