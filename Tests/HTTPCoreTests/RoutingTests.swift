import HTTPCore
import Testing

@Suite("Routing over a socket", .serialized)
struct RoutingTests {
    private func server() throws -> TestServer {
        try TestServer { router, _ in
            router.on(.get, "/") { _ in .text("home") }
            router.on(.get, "/items/{id}") { .text($0.parameters["id"] ?? "?") }
            router.on(.get, "/files/{path...}") { .text($0.parameters["path"] ?? "?") }
            router.on(.get, "/query") { .text(($0.query("a") ?? "-") + "|" + $0.path) }
            router.on(.post, "/items/{id}", bodyLimit: 100) { request in
                guard case .raw(let type, let bytes) = request.body else { return .text("none") }
                return .text("\(type ?? "-") \(bytes.count)")
            }
            router.on(.get, "/broken") { _ in throw TestFailure(secret: "hunter2") }
            router.on(.get, "/refused") { _ in
                throw HTTPError(418, code: "teapot", message: "Short and stout.", headers: ["X-Tea": "green"])
            }
        }
    }

    private struct TestFailure: Error {
        let secret: String
    }

    @Test("a pattern's places are filled, percent-decoded")
    func parameters() throws {
        let server = try server()
        #expect(try server.get("/").text == "home")
        #expect(try server.get("/items/15970").text == "15970")
        #expect(try server.get("/items/a%20b%2Fc").text == "a b/c")
        #expect(try server.get("/items/%E2%82%AC").text == "€")
        #expect(try server.get("/files/a/b.css").text == "a/b.css")
        #expect(try server.get("/items/").status == 404)
        #expect(try server.get("/items/a/b").status == 404)
    }

    @Test("a query is decoded, and is no part of the path")
    func query() throws {
        let server = try server()
        #expect(try server.get("/query?a=x+y%26z&b=1").text == "x y&z|/query")
        #expect(try server.get("/query?b=1").text == "-|/query")
        #expect(try server.send("GET http://shop.example/query?a=1 HTTP/1.1\r\nHost: a\r\n\r\n").text == "1|/query")
    }

    @Test("an unknown path is 404, and the connection goes on")
    func notFound() throws {
        let server = try server()
        let client = try server.connect()
        try client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let missing = try client.read()
        #expect(missing.status == 404)
        #expect(missing.text.hasPrefix("not_found /nowhere"))
        #expect(try client.read().text == "home")
    }

    @Test("a known path with another method is 405 and says which are allowed")
    func methodNotAllowed() throws {
        let server = try server()
        let answer = try server.send("DELETE /items/1 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.status == 405)
        #expect(answer.header("Allow") == "GET, HEAD, POST, OPTIONS")
    }

    @Test("methods that no route can have are 501", arguments: ["BREW", "TRACE", "CONNECT", "get"])
    func unknownMethod(_ method: String) throws {
        let answer = try server().send("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.status == 501)
        #expect(answer.text.hasPrefix("method_not_implemented"))
    }

    @Test("OPTIONS says what a path allows, and * what the server does")
    func options() throws {
        let server = try server()
        let path = try server.send("OPTIONS /items/1 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(path.status == 204)
        #expect(path.header("Allow") == "GET, HEAD, POST, OPTIONS")
        #expect(path.header("Content-Length") == nil)
        let all = try server.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(all.status == 204)
        #expect(all.header("Allow") == "GET, HEAD, POST, OPTIONS")
        #expect(try server.send("OPTIONS /nowhere HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
    }

    @Test("HEAD has GET's length and no body, and the connection goes on")
    func head() throws {
        let server = try server()
        let client = try server.connect()
        try client.send("HEAD /items/12345 HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try client.read(toHead: true)
        #expect(head.status == 200)
        #expect(head.header("Content-Length") == "5")
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.read().text == "home")
    }

    @Test("an unexpected error is 500 without its details")
    func internalError() throws {
        let answer = try server().get("/broken")
        #expect(answer.status == 500)
        #expect(answer.text.hasPrefix("internal_error"))
        #expect(!answer.text.contains("hunter2"))
    }

    @Test("a thrown HTTPError is the answer, with its fields")
    func thrown() throws {
        let answer = try server().get("/refused")
        #expect(answer.status == 418)
        #expect(answer.header("X-Tea") == "green")
        #expect(answer.text.contains("Short and stout."))
    }

    @Test("every answer has the security headers and an id of its own")
    func securityHeaders() throws {
        let server = try server()
        for target in ["/", "/nowhere", "/broken", "/%00"] {
            let answer = try server.get(target)
            #expect(answer.header("Content-Security-Policy") == SecurityHeaders.contentSecurityPolicy)
            #expect(answer.header("X-Content-Type-Options") == "nosniff")
            #expect(answer.header("X-Frame-Options") == "DENY")
            #expect(answer.header("Referrer-Policy") == "same-origin")
            #expect(answer.header("Cross-Origin-Opener-Policy") == "same-origin")
            #expect(answer.header("X-Request-Id")?.count == 16)
        }
        #expect(try server.get("/").header("X-Request-Id") != server.get("/").header("X-Request-Id"))
    }

    @Test(
        "an address with control characters, bad escapes or bad UTF-8 is 400",
        arguments: [
            "/a%00b", "/%0a", "/%7F", "/%zz", "/%4", "/%ff", "/%C3%28", "/query?a=%ff", "/query?a=%", "nowhere", "/a b",
        ])
    func malformedTarget(_ target: String) throws {
        let answer = try server().get(target)
        #expect(answer.status == 400)
        #expect(answer.text.hasPrefix("malformed_uri"))
    }

    @Test("a long address is 414, large header fields are 431")
    func tooLong() throws {
        let server = try server()
        let long = String(repeating: "a", count: 9000)
        #expect(try server.get("/" + long).status == 414)
        #expect(try server.get("/", headers: "X-A: \(String(repeating: long, count: 5))\r\n").status == 431)
        #expect(try server.get("/" + String(repeating: long, count: 10)).status == 414)
        #expect(try server.get("/", headers: "X-A: \(String(repeating: long, count: 10))\r\n").status == 431)
    }

    @Test("keep-alive serves many requests on one connection, pipelined too, in order")
    func pipelining() throws {
        let server = try server()
        let client = try server.connect()
        for id in 0..<50 {
            try client.send("GET /items/\(id) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.read().text == "\(id)")
        }
        try client.send((0..<20).map { "GET /items/p\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        for id in 0..<20 { #expect(try client.read().text == "p\(id)") }
        try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(try client.read().text == "home")
        #expect(client.isClosedByServer())
    }
}
