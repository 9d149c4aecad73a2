import Glibc
import HTTPCore
import Testing

@Suite("Many clients at once", .serialized)
struct LoadTests {
    private static func server(
        _ change: (inout HTTPServerConfiguration) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(change) { router, _ in
            router.on(.get, "/inline/{id}") { .text($0.parameters["id"] ?? "") }
            router.on(.post, "/sum/{id}", lane: .compute, bodyLimit: 1 << 20) { request in
                guard case .form(let fields) = request.body else {
                    throw HTTPError(400, code: "no_form", message: "")
                }
                let sum = fields.reduce(0) { $0 + $1.content.reduce(0) { $0 &+ Int($1) } }
                return .text("\(request.parameters["id"] ?? ""):\(sum)")
            }
        }
    }

    private static func form(_ id: Int) -> (request: [UInt8], sum: Int) {
        let content = (0..<(1 + id &* 37 % 20_000)).map { UInt8(truncatingIfNeeded: $0 &* id) }
        let head = "--b\r\nContent-Disposition: form-data; name=f\r\n\r\n"
        let body = Array(head.utf8) + content + Array("\r\n--b--\r\n".utf8)
        let fields = "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: \(body.count)\r\n"
        let start = "POST /sum/\(id) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
        return (Array(start.utf8) + body, content.reduce(0) { $0 + Int($1) })
    }

    @Test("16 clients get the right answer to each of their 300 requests")
    func rightAnswers() throws {
        let server = try Self.server { $0.queueCapacity = 1000 }
        let wrong = Guarded([String]())
        let threads = (0..<16).map { client in
            Thread {
                do {
                    var connection = try server.connect()
                    for request in 0..<300 {
                        let id = client * 1000 + request
                        if request % 50 == 49 { connection = try server.connect() }
                        if request % 3 == 0 {
                            let (bytes, sum) = Self.form(id)
                            try connection.send(bytes)
                            let answer = try connection.read()
                            if answer.text != "\(id):\(sum)" { wrong.withLock { $0.append(answer.text) } }
                        } else {
                            try connection.send("GET /inline/\(id) HTTP/1.1\r\nHost: a\r\n\r\n")
                            let answer = try connection.read()
                            if answer.text != "\(id)" { wrong.withLock { $0.append(answer.text) } }
                        }
                    }
                } catch {
                    wrong.withLock { $0.append("\(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(wrong.withLock { $0 }.isEmpty)
    }

    @Test("memory does not grow with the number of requests served")
    func memory() async {
        // In a process of its own, which no other test takes memory of.
        await #expect(processExitsWith: .success) {
            let server = try LoadTests.server()
            let client = try server.connect()
            let content = String(repeating: "x", count: 200_000)
            let body = "--b\r\nContent-Disposition: form-data; name=f\r\n\r\n\(content)\r\n--b--\r\n"
            let fields = "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: \(body.utf8.count)\r\n"
            let request = Array("POST /sum/1 HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)".utf8)
            func serve(_ count: Int) throws {
                for _ in 0..<count {
                    try client.send(request)
                    _ = try client.read()
                }
            }
            try serve(100)
            let before = LoadTests.residentBytes()
            try serve(5000)
            // A body kept of each would be 1 GB.
            #expect(LoadTests.residentBytes() - before < 100 << 20)
        }
    }

    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
