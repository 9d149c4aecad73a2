import HTTPCore
import Testing

@Suite("Heads that are refused, over a socket")
struct RefusedHeadTests {
    private func server() throws -> TestServer {
        try TestServer { router, _ in
            router.on(.get, "/api/items/{id}") { .text($0.query.map(\.name).joined()) }
            router.on(.post, "/api/search", bodyLimit: 100) { _ in .text("found") }
        }
    }

    @Test(
        "a refused framing knows the path that was asked for",
        arguments: [
            "Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n",
            "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "Host: a\r\nTransfer-Encoding: gzip\r\n", "",
            "Host: a\r\nX-A: \(String(repeating: "a", count: 40_000))\r\n",
        ])
    func framing(_ fields: String) throws {
        let answer = try server().send("POST /api/search HTTP/1.1\r\n\(fields)\r\n")
        #expect([400, 431, 501].contains(answer.status))
        #expect(answer.text.split(separator: "\n").first?.hasSuffix(" /api/search") == true)
    }

    @Test(
        "a refused address is known as far as it can be read",
        arguments: [
            ("/api/items/%zz", "malformed_uri /api/items/"), ("/api/items/%0C", "malformed_uri /api/items/"),
            ("/api/%ff/items", "malformed_uri /api/"), ("/api/items/1?a=%ff", "malformed_uri /api/items/1"),
            ("http://shop.example/api/%zz", "malformed_uri /api/"), ("nowhere", "malformed_uri /"),
            ("/%zz/api/", "malformed_uri /"),
        ])
    func target(_ target: String, _ start: String) throws {
        let answer = try server().get(target)
        #expect(answer.status == 400)
        #expect(answer.text.split(separator: "\n").first.map(String.init) == start)
    }

    @Test("a long address is known by its beginning")
    func longTarget() throws {
        for address in [
            "/api/items/\(String(repeating: "a", count: 9000))", "/api/items/1?\(String(repeating: "a", count: 9000))",
        ] {
            let answer = try server().get(address)
            #expect(answer.status == 414)
            #expect(answer.text.hasPrefix("uri_too_long /api/items/"))
        }
    }

    @Test("any number of parameters gets an answer", arguments: [1, 256, 257, 950, 1000, 4000])
    func parameters(_ count: Int) throws {
        let query = Array(repeating: "a", count: count).joined(separator: "&")
        let answer = try server().get("/api/items/1?" + query)
        #expect(answer.status == (count > RequestTarget.mostParameters ? 400 : 200))
        if answer.status == 200 {
            #expect(answer.body.count == count)
        } else {
            #expect(answer.text.hasPrefix("too_many_parameters /api/items/1"))
        }
        let empty = try server().get("/api/items/1?" + String(repeating: "&", count: 8000))
        #expect(empty.status == 400)
    }
}
