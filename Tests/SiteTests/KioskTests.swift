import HTTPCore
import Site
import Synchronization
import Testing

@Suite("Kiosk")
struct KioskTests {
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    private let clock = Clock()

    private func site(_ search: FixedItems = FixedItems(), publicAddress: String? = nil) throws -> TestSite {
        var options = SiteOptions()
        options.kiosk = KioskSettings(publicAddress: try publicAddress.map { try WebOrigin($0) })
        let clock = clock
        return try TestSite(search, results: ResultStore(now: { clock.now }), options: options)
    }

    private static let phone: HTTPHeaders = ["Host": "search.example:8080"]

    private func found(_ site: TestSite, headers: HTTPHeaders = KioskTests.phone) throws -> (
        token: String, html: String
    ) {
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        let response = try site.upload(photo, to: "/kiosk/search", headers: headers)
        #expect(response.status == 200)
        #expect(response.headers["Cache-Control"] == "private, no-store")
        let token = try #require(response.text.firstMatch(of: #/data-token="([^"]+)"/#)).1
        return (String(token), response.text)
    }

    @Test("is there only where it is asked for")
    func off() throws {
        let site = try TestSite()
        for address in ["/kiosk", "/kiosk/worker.js", "/kiosk/results/x/items/1"] {
            #expect(try site.get(address).status == 404)
        }
        #expect(try site.upload([1], to: "/kiosk/search").status == 404)
        #expect(try site.send(.post, "/kiosk/erase").status == 404)
    }

    @Test("neither its page nor any part of it has a link, a form or a field for files")
    func noWayOut() throws {
        let site = try site()
        let (token, results) = try found(site)
        let page = try site.get("/kiosk")
        #expect(page.headers["Cache-Control"] == "private, no-store")
        let piece = try site.get("/kiosk/results/\(token)/items/3").text
        #expect(piece.contains("Wrap dress") && piece.contains("$89.50"))
        let share = try site.send(.post, "/kiosk/results/\(token)/share", headers: Self.phone).text
        for html in [page.text, results, piece, share] {
            let body = html.firstRange(of: "<body").map { String(html[$0.lowerBound...]) } ?? html
            for tag in ["<a ", "<form", "<input", "<iframe", "https://shop.example", " style="] {
                #expect(!body.contains(tag), "\(tag)")
            }
        }
        #expect(page.text.contains("data-seconds=\"60.0\" data-warning=\"15.0\""))
    }

    @Test("finds five items, the nearest first, by a photo or by an item's own")
    func search() throws {
        let site = try site(FixedItems(items: FixedItems.wardrobe))
        let (_, html) = try found(site)
        let ids = html.matches(of: #/data-do="piece" data-value="([^"]*)"/#).map { String($0.1) }
        #expect(ids.count == 5 && ids.first == "3")
        let body = HTTPBody.form([FormField(name: "item", content: Array("1".utf8))])
        #expect(try site.send(.post, "/kiosk/search", body: body).text.contains("data-token="))
        for (id, status) in [("none", 404), ("", 404)] {
            let body = HTTPBody.form([FormField(name: "item", content: Array(id.utf8))])
            let answer = try site.send(.post, "/kiosk/search", headers: ["Accept": "application/json"], body: body)
            #expect(answer.status == status)
            #expect((try answer.json()["error"] as? [String: String])?["message"]?.isEmpty == false)
        }
        let gone = try self.site(FixedItems(imagePath: "/nowhere.jpg"))
        #expect(try gone.send(.post, "/kiosk/search", body: body).text.contains("no_picture"))
    }

    @Test("a kiosk that was switched off leaves results for some minutes, and looking at one keeps them")
    func lifetime() throws {
        let site = try site()
        let token = try found(site).token
        clock.advance(.seconds(350))
        #expect(try site.get("/kiosk/results/\(token)/items/1").status == 200)
        clock.advance(.seconds(350))
        #expect(try site.get("/results/\(token)").status == 200)
        clock.advance(.seconds(361))
        #expect(try site.get("/kiosk/results/\(token)/items/1").status == 410)
        #expect(site.site.results.usage.count == 0)
    }

    @Test("erasing forgets results at once, and the browser's cookies whatever they are called")
    func erase() throws {
        let site = try site()
        let tokens = [try found(site).token, try found(site).token]
        let kept = try found(site).token
        let response = try site.send(
            .post, "/kiosk/erase", headers: ["Cookie": "language=de; likes=1,2; =x; bad name=3"],
            body: .form(tokens.map { FormField(name: "token", content: Array($0.utf8)) }))
        #expect(response.status == 204)
        #expect(response.headers["Clear-Site-Data"] == "\"cache\"")
        #expect(
            response.headers.values(of: "Set-Cookie").map { String($0.prefix { $0 != ";" }) }
                == ["language=", "likes="])
        #expect(response.headers.values(of: "Set-Cookie").allSatisfy { $0.contains("Max-Age=0") })
        for token in tokens {
            for suffix in ["", "/photo.jpg"] { #expect(try site.get("/results/\(token)\(suffix)").status == 410) }
        }
        #expect(try site.get("/results/\(kept)").status == 200)
        #expect(try site.send(.post, "/kiosk/erase").status == 204)
    }

    @Test("the phone gets a copy of its own, which works for ten minutes, whatever happens at the kiosk")
    func share() throws {
        let site = try site(publicAddress: "https://search.example")
        let token = try found(site).token
        let response = try site.send(.post, "/kiosk/results/\(token)/share")
        #expect(response.status == 200 && response.headers["Cache-Control"] == "private, no-store")
        #expect(response.text.contains("10 minutes"))
        #expect(response.text.contains("role=\"img\"") && response.text.contains("<title id=\"kiosk-code\">QR code"))
        // The address has 54 bytes or so: version 4, 33 modules and the quiet zone.
        #expect(response.text.contains("viewBox=\"0 0 41 41\" shape-rendering=\"crispEdges\""))
        #expect(!response.text.contains(token))
        #expect(site.site.results.usage.count == 2)
        let body = HTTPBody.form([FormField(name: "token", content: Array(token.utf8))])
        _ = try site.send(.post, "/kiosk/erase", body: body)
        #expect(site.site.results.usage.count == 1, "the phone's copy is still there")
        clock.advance(.seconds(599))
        site.site.results.discardExpired()
        #expect(site.site.results.usage.count == 1)
        clock.advance(.seconds(1))
        site.site.results.discardExpired()
        #expect(site.site.results.usage.count == 0)
        #expect(try site.send(.post, "/kiosk/results/\(token)/share").status == 410)
    }

    @Test("the phone's page says for how many minutes more it lasts, and afterwards how long copies do")
    func copy() throws {
        let site = try site()
        let token = try found(site).token
        let own = try site.get("/results/\(token)").text
        #expect(!own.contains("more minute"))
        let entry = try #require(site.site.results.entry(token))
        let copy = site.site.results.insert(entry, lifetime: .fixed(KioskSettings.shareLifetime))
        func page(_ language: String = "en") throws -> HTTPResponse {
            try site.get("/results/\(copy)", headers: ["Accept-Language": language])
        }
        let left = "These results can be seen here for 10 more minutes; then they erase themselves."
        #expect(try page().text.contains(left))
        clock.advance(.seconds(301))
        #expect(try page().text.contains("for 5 more minutes"), "begun ones count")
        clock.advance(.seconds(298))
        #expect(try page().text.contains("for 1 more minute;"))
        #expect(try page("de").text.contains("noch 1 Minute lang"))
        clock.advance(.seconds(1))
        let gone = try page()
        #expect(gone.status == 410 && gone.text.contains("This photo is gone"))
        #expect(gone.text.contains("taken along from a kiosk can be seen for 10 minutes"))
        #expect(try site.get("/results/\(copy)/photo.jpg").status == 410)
        let other = try site.get("/results/AAAAAAAAAAAAAAAAAAAAAA")
        #expect(other.status == 410 && !other.text.contains("kiosk can be seen"))
        #expect(site.site.results.timeLeft(token) == nil && site.site.results.timeLeft(copy) == nil)
    }

    @Test(
        "without an address that phones can reach there is no code",
        arguments: ["localhost:8080", "127.0.0.1", "[::1]:8080", "bad host/", ""])
    func noPublicAddress(host: String) throws {
        let site = try site()
        let (token, html) = try found(site, headers: ["Host": host])
        #expect(!html.contains("data-do=\"share\""))
        let refused = try site.send(.post, "/kiosk/results/\(token)/share", headers: ["Host": host])
        #expect(refused.status == 409 && site.site.results.usage.count == 1)
        #expect(try found(site).html.contains("data-do=\"share\""))
    }

    @Test("an empty catalog is a kiosk as well")
    func empty() throws {
        let site = try site(FixedItems(items: []))
        #expect(try site.get("/kiosk").status == 200)
        #expect(try found(site).html.contains("class=\"notice\""))
    }

    @Test("the wall has pictures of many kinds")
    func wall() throws {
        let html = try site().get("/kiosk").text
        #expect(html.ranges(of: "<li class=\"well\">").count >= 3)
        #expect(Set(html.matches(of: #/<li class="well"><img src="([^"]+)"/#).map(\.1)).count >= 3)
    }

    @Test("its worker may look after the page alone")
    func worker() throws {
        let response = try site().get("/kiosk/worker.js")
        #expect(response.headers["Service-Worker-Allowed"] == "/kiosk")
        #expect(response.headers["Content-Type"]?.hasPrefix("text/javascript") == true)
    }
}
