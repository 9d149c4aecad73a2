import Foundation
import Testing

import PhotoFetch

@Suite("Fetching photos")
struct PhotoFetcherTests {
    /// The public internet and the test's own server, which stands for it.
    private func fetcher(_ server: RemoteServer, _ change: (inout FetchPolicy) -> Void = { _ in }) -> PhotoFetcher {
        var policy = FetchPolicy()
        // Time enough on a busy machine too; where it is what is tested, the test says how much.
        (policy.total, policy.connecting) = (.seconds(60), .seconds(60))
        let (port, standard) = (server.port, policy.allows)
        policy.allows = { address in
            address == SocketAddress("127.0.0.1", port: port) || standard(address)
        }
        policy.allowsPort = { $0 == port || [80, 443].contains($0) }
        change(&policy)
        return PhotoFetcher(policy: policy)
    }

    private func failure(_ fetcher: PhotoFetcher, _ address: String) -> PhotoFetchError? {
        do {
            _ = try fetcher.photo(at: address)
            return nil
        } catch {
            return error
        }
    }

    @Test("a photo's bytes come as they are, whatever type its server gives it, and nothing is told to the server")
    func fetches() throws {
        let types = ["image/jpeg", "image/png; charset=x", "application/octet-stream", nil]
        for type in types {
            let server = try RemoteServer { _, send in _ = send(RemoteServer.answer("bytes", type: type)) }
            let bytes = try fetcher(server).photo(at: "  http://127.0.0.1:\(server.port)/a.jpg?size=2#part\n")
            #expect(bytes == Array("bytes".utf8))
            let head = try #require(server.requests.first).lowercased()
            #expect(head.hasPrefix("get /a.jpg?size=2 http/1.1\r\n"))
            for field in ["cookie", "referer", "authorization", "range", "via", "from", "proxy"] {
                #expect(!head.contains("\n\(field)"), "\(field)")
            }
        }
    }

    @Test("redirects are followed, relative ones too, and not without end")
    func redirects() throws {
        let server = try RemoteServer { path, send in
            switch path {
            case "/0": _ = send(RemoteServer.answer("here"))
            case "/loop": _ = send(RemoteServer.redirect("/loop"))
            case let path where Int(path.dropFirst()) != nil:
                _ = send(RemoteServer.redirect("/\((Int(path.dropFirst()) ?? 1) - 1)"))
            default: _ = send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")
            }
        }
        let base = "http://127.0.0.1:\(server.port)"
        #expect(try fetcher(server).photo(at: base + "/5") == Array("here".utf8))
        #expect(failure(fetcher(server), base + "/6") == .tooManyRedirects(limit: 5))
        #expect(failure(fetcher(server), base + "/loop") == .tooManyRedirects(limit: 5))
        guard case .unreachable = failure(fetcher(server), base + "/nowhere") else {
            Issue.record("a redirect without an address")
            return
        }
    }

    /// Each kind of address that must not be connected to, as it may be written.
    static let forbidden = [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "0.0.0.0",
        "0",
        "10.1.2.3", "172.16.9.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255",
        "[::1]", "[::]", "[fd00:ec2::254]", "[fe80::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::1]",
    ]

    @Test("addresses of private networks are refused however they are written", arguments: forbidden)
    func refuses(host: String) throws {
        var policy = FetchPolicy()
        policy.total = .seconds(60)
        let error = failure(PhotoFetcher(policy: policy), "http://\(host)/a.jpg")
        #expect(error == .notAllowed)
    }

    @Test("and so they are behind a redirect", arguments: forbidden)
    func refusesRedirects(host: String) throws {
        let server = try RemoteServer { _, send in _ = send(RemoteServer.redirect("http://\(host)/a.jpg")) }
        #expect(failure(fetcher(server), "http://127.0.0.1:\(server.port)/") == .notAllowed)
        #expect(server.requests.count == 1)
    }

    @Test(
        "and behind a name",
        arguments: [
            "127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1", "[::1]", "[fd00:ec2::254]", "[fe80::1]",
            "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "127.0.0.1,[::1]",
        ])
    func refusesNames(answer: String) throws {
        let server = try RemoteServer { _, send in _ = send(RemoteServer.redirect("http://shop.example/a.jpg")) }
        let fetcher = fetcher(server) { $0.names = ["shop.example:80:\(answer)", "shop.example:443:\(answer)"] }
        #expect(failure(fetcher, "http://shop.example/a.jpg") == .notAllowed)
        #expect(failure(fetcher, "https://shop.example/a.jpg") == .notAllowed)
        #expect(failure(fetcher, "http://127.0.0.1:\(server.port)/") == .notAllowed, "a redirect to that name")
    }

    @Test("a name with an allowed and a forbidden address is connected to at the allowed one alone")
    func mixedNames() throws {
        let server = try RemoteServer { _, send in _ = send(RemoteServer.answer("good")) }
        let fetcher = fetcher(server) { $0.names = ["shop.example:\(server.port):[::1],127.0.0.1"] }
        #expect(try fetcher.photo(at: "http://shop.example:\(server.port)/") == Array("good".utf8))
    }

    @Test("a server over IPv6 is refused by the standard rules, and reached where they allow it")
    func overIPv6() throws {
        guard let server = try? RemoteServer(overIPv6: true, { _, send in _ = send(RemoteServer.answer("six")) }) else {
            return  // There is no IPv6 here.
        }
        let address = "http://[::1]:\(server.port)/"
        #expect(failure(fetcher(server), address) == .notAllowed)
        let open = fetcher(server) { $0.allows = { _ in true } }
        #expect(try open.photo(at: address) == Array("six".utf8))
    }

    @Test("unusual ports are refused, by redirect too")
    func ports() throws {
        for port in [22, 25, 8080, 6379] {
            #expect(failure(PhotoFetcher(), "http://1.1.1.1:\(port)/") == .notAllowed)
        }
        let server = try RemoteServer { _, send in _ = send(RemoteServer.redirect("http://1.1.1.1:8080/")) }
        #expect(failure(fetcher(server), "http://127.0.0.1:\(server.port)/") == .notAllowed)
    }

    @Test(
        "what is no address of http is refused, by redirect too",
        arguments: [
            "ftp://1.1.1.1/a.jpg", "file:///etc/passwd", "gopher://1.1.1.1/", "data:image/png;base64,AA",
            "javascript://x/%0aalert(1)", "http://user:secret@1.1.1.1/", "https://user@1.1.1.1/", "http://",

            "dict://1.1.1.1/", "unix:///tmp/socket",
        ])
    func invalid(address: String) throws {
        func isInvalid(_ error: PhotoFetchError?) -> Bool {
            if case .invalidAddress = error { true } else { false }
        }
        #expect(isInvalid(failure(PhotoFetcher(), address)))
        let server = try RemoteServer { _, send in _ = send(RemoteServer.redirect(address)) }
        let error = failure(fetcher(server), "http://127.0.0.1:\(server.port)/")
        if case .unreachable = error { return }  // libcurl does not take it for an address to go to.
        #expect(isInvalid(error), "\(String(describing: error))")
    }

    @Test("a text that is none says why")
    func texts() throws {
        for (text, problem) in [
            ("", .empty), (" \t\u{A0}\n", .empty), (String(repeating: "a", count: 5000), .tooLong(limit: 4000)),
            ("a photo of a dress", .unreadable), ("http://1.1.1.1/a\nb", .unreadable), ("https:///a.jpg", .unreadable),
            ("https:a.jpg", .unreadable), ("https://a b.example/", .unreadable), ("https://a.example:8o/", .unreadable),
            ("ftp://example.com/a.jpg", .scheme), ("file:///etc/passwd", .scheme),
            ("data:image/png;base64,AA", .scheme),
            ("https://user@example.com/", .credentials), ("https://ü:ö@example.com/", .credentials),
        ] as [(String, AddressProblem)] {
            #expect(failure(PhotoFetcher(), text) == .invalidAddress(problem), "\(text.prefix(30))")
        }
        #expect(try PhotoFetcher.address("example.com/a.jpg") == "https://example.com/a.jpg")
        #expect(try PhotoFetcher.address("example.com:443/a.jpg") == "https://example.com:443/a.jpg")
        #expect(try PhotoFetcher.address("localhost:80/?to=http://a") == "https://localhost:80/?to=http://a")
        #expect(try PhotoFetcher.address(" HTTP://example.com ") == "http://example.com")
        #expect(try PhotoFetcher.address("http://[::1]:80/a") == "http://[::1]:80/a")
    }

    @Test(
        "international names and paths are written as browsers write them",
        arguments: [
            ("https://bücher.example/schön.jpg", "https://xn--bcher-kva.example/sch%C3%B6n.jpg"),
            ("https://BU\u{308}CHER.example", "https://xn--bcher-kva.example"),
            ("https://straße.example/", "https://xn--strae-oqa.example/"),
            ("https://例え。テスト/a", "https://xn--r8jz45g.xn--zckzah/a"),
            ("https://пример.испытание:443/", "https://xn--e1afmkfd.xn--80akhbyknj4f:443/"),
            ("https://उदाहरण.परीक्षा/", "https://xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g/"),
            ("https://مثال.إختبار/", "https://xn--mgbh0fb.xn--kgbechtv/"),
            ("https://☃.example./", "https://xn--n3h.example/"),
            ("https://example.com/a b.jpg?q=ä b#ü", "https://example.com/a%20b.jpg?q=%C3%A4%20b"),
            ("https://example.com/a%20b%C3%BC.jpg?x=[1]&y='", "https://example.com/a%20b%C3%BC.jpg?x=[1]&y='"),
            ("https://example.com\\a\\b?c\\d", "https://example.com/a/b?c%5Cd"),
            ("https://example.com/\"<>`{|}^", "https://example.com/%22%3C%3E%60%7B%7C%7D%5E"),
            ("http://１２７.0.0.1/", "http://127.0.0.1/"),
        ])
    func international(text: String, address: String) throws {
        #expect(try PhotoFetcher.address(text) == address)
    }

    @Test(
        "a name that is none once it is in ASCII is refused",
        arguments: [
            "https://ü／.example/", "https://ü＠1.1.1.1/", "https://ü：80/", "https://-ü.example/", "https://ü..example/",
            "https://\u{308}.example/", "https://ü\u{200D}.example/", "https://ü？.example/", "https://ü%41.example/",
            "https://" + String(repeating: "ü", count: 80) + ".example/",
        ])
    func noName(text: String) throws {
        #expect(failure(PhotoFetcher(), text) == .invalidAddress(.unreadable))
    }

    @Test("the server is asked for the encoded path, of the converted name, whose addresses are checked")
    func convertedName() throws {
        let server = try RemoteServer { _, send in _ = send(RemoteServer.answer("bytes")) }
        let fetcher = fetcher(server) {
            $0.names = [
                "xn--bcher-kva.example:\(server.port):127.0.0.1", "xn--bcher-kva.example:80:10.0.0.1",
            ]
        }
        let photo = try fetcher.photo(at: "http://bücher.example:\(server.port)/schön rot.jpg?ü")
        #expect(photo == Array("bytes".utf8))
        let head = try #require(server.requests.first)
        #expect(head.hasPrefix("GET /sch%C3%B6n%20rot.jpg?%C3%BC HTTP/1.1\r\n"))
        #expect(head.contains("\r\nHost: xn--bcher-kva.example:\(server.port)\r\n"))
        #expect(failure(fetcher, "http://bücher.example/a.jpg") == .notAllowed)
        #expect(failure(fetcher, "http://１２７.0.0.1/") == .notAllowed)
        #expect(failure(fetcher, "http://168.63.129.16/") == .notAllowed)
    }

    @Test("what is larger than a photo may be is not read to its end, declared or not")
    func tooLarge() throws {
        let server = try RemoteServer { path, send in
            if path == "/declared" {
                _ = send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 5000000000\r\n\r\nx")
            } else if path == "/head" {
                _ = send("HTTP/1.1 200 OK\r\n")
                while send("X-Field: \(String(repeating: "x", count: 1000))\r\n") {}
            } else {
                _ = send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
                while send(String(repeating: "x", count: 10_000)) {}
            }
        }
        for path in ["declared", "streamed", "head"] {
            let start = ContinuousClock.now
            let fetcher = fetcher(server) { $0.bytes = 1_000_000 }
            #expect(failure(fetcher, "http://127.0.0.1:\(server.port)/\(path)") == .tooLarge(limit: 1_000_000))
            #expect(ContinuousClock.now - start < .seconds(30))
        }
    }

    @Test("a slow server is left, one that trickles too, and one that sends from redirect to redirect")
    func tooSlow() throws {
        let server = try RemoteServer { path, send in
            switch path {
            case "/silent": Thread.sleep(forTimeInterval: 60)
            case "/trickle":
                _ = send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
                for _ in 0..<600 where send("x") { Thread.sleep(forTimeInterval: 0.1) }
            default:
                Thread.sleep(forTimeInterval: 0.3)
                _ = send(RemoteServer.redirect("/on"))
            }
        }
        for path in ["silent", "trickle", "on"] {
            let start = ContinuousClock.now
            let fetcher = fetcher(server) { $0.total = .milliseconds(700) }
            #expect(failure(fetcher, "http://127.0.0.1:\(server.port)/\(path)") == .timedOut, "\(path)")
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }

    @Test("pages and films are no photos, and are not read")
    func wrongType() throws {
        let server = try RemoteServer { path, send in
            _ = send(RemoteServer.answer("<html>", type: path == "/film" ? "video/mp4" : "Text/HTML; charset=utf-8"))
        }
        let base = "http://127.0.0.1:\(server.port)"
        #expect(failure(fetcher(server), base + "/page") == .noPhoto(contentType: "text/html"))
        #expect(failure(fetcher(server), base + "/film") == .noPhoto(contentType: "video/mp4"))
    }

    @Test("a missing page, an empty answer, no HTTP and no server are said as such")
    func unreachable() throws {
        let server = try RemoteServer { path, send in
            switch path {
            case "/404": _ = send(RemoteServer.answer("gone", status: "404 Not Found"))
            case "/empty": _ = send(RemoteServer.answer(""))
            case "/short": _ = send("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\nhalf")
            default: _ = send("220 mail.example ESMTP\r\n")
            }
        }
        let base = "http://127.0.0.1:\(server.port)"
        for path in ["/404", "/empty", "/short", "/mail"] {
            guard case .unreachable(let reason) = failure(fetcher(server), base + path) else {
                Issue.record("\(path)")
                continue
            }
            if path == "/404" { #expect(reason.contains("404")) }
        }
        guard case .unreachable = failure(fetcher(server), "https://nowhere.invalid/a.jpg") else {
            Issue.record("a name that does not exist")
            return
        }
    }

    @Test("no more photos are fetched at once than the policy says")
    func busy() throws {
        let (answers, group) = (DispatchSemaphore(value: 0), DispatchGroup())
        let server = try RemoteServer { _, send in
            _ = answers.wait(timeout: .now() + 60)
            _ = send(RemoteServer.answer("late"))
        }
        let fetcher = fetcher(server) { $0.atOnce = 2 }
        let address = "http://127.0.0.1:\(server.port)/"
        for _ in 0..<2 {
            group.enter()
            Thread {
                do { #expect(try fetcher.photo(at: address) == Array("late".utf8)) } catch { Issue.record(error) }
                group.leave()
            }.start()
        }
        let end = ContinuousClock.now + .seconds(60)
        while server.requests.count < 2, ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.01) }
        #expect(failure(fetcher, address) == .busy)
        for _ in 0..<3 { answers.signal() }
        group.wait()
        #expect(try fetcher.photo(at: address) == Array("late".utf8), "the places are free again")
    }

    @Test("a proxy in the environment is not asked")
    func proxies() async {
        // In a process of its own: the environment is shared with all that other tests fetch.
        await #expect(processExitsWith: .success) {
            let server = try RemoteServer { _, send in _ = send(RemoteServer.answer("direct")) }
            let address = "http://127.0.0.1:\(server.port)"
            for name in ["http_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] { setenv(name, address, 1) }
            let tests = PhotoFetcherTests()
            #expect(try tests.fetcher(server).photo(at: address + "/a.jpg") == Array("direct".utf8))
            #expect(tests.failure(tests.fetcher(server), "http://10.0.0.1/") == .notAllowed)
            // Who asks a proxy names the whole address.
            #expect(server.requests.map { $0.prefix(11) } == ["GET /a.jpg "])
        }
    }
}
