import CatalogStore
import Foundation
import HTTPCore
import Site
import Testing

@Suite("Favourites")
struct FavouritesTests {
    let site: TestSite

    init() throws { site = try TestSite() }

    private func form(_ fields: [String: String]) -> HTTPBody {
        .form(fields.sorted { $0.key < $1.key }.map { FormField(name: $0.key, content: Array($0.value.utf8)) })
    }

    private func change(
        _ action: String, _ id: String, cookie: String? = nil, back: String = "/items/3", headers: HTTPHeaders = [:]
    ) throws -> HTTPResponse {
        var headers = headers
        headers["Cookie"] = cookie
        return try site.send(
            .post, "/favourites", headers: headers, body: form(["action": action, "item": id, "back": back]))
    }

    /// The cookie that a browser sends after an answer.
    private func cookie(_ response: HTTPResponse) throws -> String {
        let field = try #require(response.headers["Set-Cookie"])
        return String(field.prefix { $0 != ";" })
    }

    @Test("a heart puts the item in a cookie that no script and no other site gets, and leads back")
    func add() throws {
        let response = try change("add", "3")
        #expect(response.status == 303)
        #expect(response.headers["Location"] == "/items/3")
        #expect(
            response.headers["Set-Cookie"] == "favourites=3; Path=/; Max-Age=15552000; SameSite=Lax; HttpOnly")
        let second = try change("add", "a/b c?&#%ü", cookie: cookie(response))
        #expect(
            try cookie(second) == "favourites=a%2Fb%20c%3F%26%23%25%C3%BC:3", "the latest first, without a sign amiss")
        let removed = try change("remove", "3", cookie: cookie(second))
        #expect(try cookie(removed) == "favourites=a%2Fb%20c%3F%26%23%25%C3%BC")
        let none = try change("remove", "a/b c?&#%ü", cookie: cookie(removed))
        #expect(none.headers["Set-Cookie"]?.contains("Max-Age=0") == true, "an empty list is no cookie")
    }

    @Test("scripts are told the new state")
    func script() throws {
        let response = try change("add", "3", cookie: "favourites=1", headers: ["Accept": "application/json"])
        #expect(response.status == 200)
        let answer = try response.json()
        #expect(answer["liked"] as? Bool == true)
        #expect(answer["count"] as? Int == 2)
        #expect(response.headers["Cache-Control"] == "no-store")
    }

    @Test("unknown items, unknown actions, other sites and addresses elsewhere are refused")
    func refusals() throws {
        #expect(try change("add", "none").status == 404)
        #expect(try change("love", "3").status == 400)
        #expect(try change("add", "3", headers: ["Sec-Fetch-Site": "cross-site"]).status == 403)
        #expect(try change("add", "3", headers: ["Sec-Fetch-Site": "same-origin"]).status == 303)
        #expect(try change("add", "3", back: "//evil.example").headers["Location"] == "/")
        #expect(
            try site.send(.post, "/favourites/forget", headers: ["Sec-Fetch-Site": "cross-site"]).status == 403)
    }

    @Test("a heart that takes the oldest item off a full list says so, on the page after it and to a script")
    func fullList() throws {
        let full = Favourites((0..<Favourites.most).map { "item-\($0)" })
        let cookie = String(full.setCookie.prefix { $0 != ";" })
        let response = try change("add", "3", cookie: cookie, back: "/catalog?colour=Red")
        #expect(response.headers["Location"] == "/catalog?colour=Red&heart_dropped=1")
        #expect(try self.cookie(response).contains("item-58") && !self.cookie(response).contains("item-59"))
        let address = try #require(response.headers["Location"])
        let page = try site.get(address, headers: ["Cookie": self.cookie(response)])
        let notice = "The list of favourites is full: the item that was marked longest ago was taken off it."
        #expect(page.status == 200 && page.text.contains(notice))
        // What leads on from there does not say it again.
        #expect(page.text.ranges(of: "heart_dropped").isEmpty)
        for place in ["/?heart_dropped=1", "/items/3?heart_dropped=1", "/favourites?heart_dropped=1"] {
            let html = try site.get(place).text
            #expect(html.contains(notice) && !html.contains("heart_dropped"), "\(place)")
        }
        for nonsense in ["0", "61", "x", "-1"] {
            #expect(try !site.get("/catalog?heart_dropped=\(nonsense)").text.contains("list of favourites is full"))
        }
        let again = try change("add", "1", cookie: self.cookie(response), back: "/items/3?heart_dropped=1&k=7")
        #expect(again.headers["Location"] == "/items/3?k=7&heart_dropped=1")

        let headers: HTTPHeaders = ["Accept": "application/json"]
        let answer = try change("add", "3", cookie: cookie, headers: headers).json()
        #expect(answer["dropped"] as? Int == 1 && answer["notice"] as? String == notice)
        let marked = Favourites(["3"] + full.ids)
        for (action, list) in [("add", marked), ("remove", marked), ("add", Favourites(["1"]))] {
            let cookie = String(list.setCookie.prefix { $0 != ";" })
            let answer = try change(action, "3", cookie: cookie, headers: headers).json()
            #expect(answer["dropped"] as? Int == 0 && answer["notice"] == nil)
        }
    }

    @Test(
        "another site's page can change nothing by a form, whichever way the browser says where it comes from",
        arguments: [
            "/language", "/favourites", "/favourites/forget", "/search", "/results/x/discard", "/kiosk/search",
            "/kiosk/erase", "/kiosk/results/x/share", "/embed/search", "/embed/results/x/discard",
        ])
    func otherSites(address: String) throws {
        var options = SiteOptions()
        options.kiosk = KioskSettings()
        options.embedOrigins = [try WebOrigin("https://shop.example")]
        let site = try TestSite(options: options)
        func status(_ headers: HTTPHeaders) throws -> Int {
            var headers = headers
            headers["Host"] = "search.example:8080"
            let response = try site.send(.post, address, headers: headers, body: form(["language": "de"]))
            if response.status == 403 {
                #expect(response.headers["Set-Cookie"] == nil && response.text.contains("other_site"))
            }
            return response.status
        }
        for headers in [
            ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "cross-site", "Origin": "http://search.example:8080"],
            ["Origin": "https://evil.com"], ["Origin": "null"], ["Origin": "http://search.example"],
            ["Origin": "http://search.example:8081"], ["Origin": "https://evil.com:8080"], ["Origin": ""],
            ["Origin": "http://search.example:8080.evil.com"], ["Origin": "ftp://search.example:8080"],
        ] as [HTTPHeaders] {
            #expect(try status(headers) == 403, "\(headers)")
        }
        for headers in [
            [:], ["Sec-Fetch-Site": "same-origin"], ["Sec-Fetch-Site": "none"], ["Sec-Fetch-Site": "same-site"],
            ["Sec-Fetch-Site": "same-origin", "Origin": "null"], ["Origin": "http://search.example:8080"],
            ["Origin": "https://Search.example:8080"],
        ] as [HTTPHeaders] {
            #expect(try status(headers) != 403, "\(headers)")
        }
    }

    @Test("a host with its standard port is the host, and the API is no form")
    func standardPorts() throws {
        func status(_ path: String, _ origin: String, _ host: String) throws -> Int {
            try site.send(
                .post, path, headers: ["Origin": origin, "Host": host], body: form(["language": "de"])
            ).status
        }
        #expect(try status("/language", "https://a.example", "a.example:443") == 303)
        #expect(try status("/language", "http://a.example", "a.example:80") == 303)
        #expect(try status("/language", "http://[::1]:8080", "[::1]:8080") == 303)
        #expect(try status("/language", "http://a.example:443", "a.example") == 403)
        #expect(try status("/api/v1/search", "https://evil.com", "a.example") == 400)
    }

    @Test("the cookie is bounded in items and bytes, and anything else in it is no harm")
    func bounds() {
        let many = Favourites((0..<100).map { "item-\($0)" })
        #expect(many.ids.count == Favourites.most)
        #expect(many.ids.first == "item-0", "the oldest go")
        let long = Favourites((0..<60).map { String(repeating: "ü", count: 90) + "\($0)" })
        #expect(long.setCookie.utf8.count < 4096)
        #expect(!long.ids.isEmpty)
        func read(_ cookie: String) -> [String] {
            Favourites(HTTPRequest(method: .get, path: "/", headers: ["Cookie": cookie])).ids
        }
        #expect(read("favourites=3:%zz::3:4; language=de") == ["3", "4"])
        #expect(read("language=de").isEmpty)
        #expect(read("favourites=" + String(repeating: "a:", count: 9000)).isEmpty)
    }

    @Test("the page shows what is marked, what is near to it with why, and forgets all at once")
    func page() throws {
        let headers: HTTPHeaders = ["Cookie": "favourites=3:gone"]
        let response = try site.get("/favourites", headers: headers)
        #expect(response.headers["Cache-Control"] == "private, no-store")
        let html = response.text
        #expect(html.contains("Wrap dress"))
        #expect(html.contains("1 marked item is no longer in the catalog."))
        #expect(html.contains("Because you like Wrap dress"))
        #expect(html.contains("aria-pressed=\"true\""))
        let forgotten = try site.send(.post, "/favourites/forget", headers: headers)
        #expect(forgotten.headers["Location"] == "/favourites")
        #expect(forgotten.headers["Clear-Site-Data"] == "\"cache\"", "also the pages behind the back button")
        #expect(
            forgotten.headers["Set-Cookie"] == "favourites=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly")
        let empty = try site.get("/favourites").text
        #expect(empty.contains("Nothing is marked yet"))
        #expect(!empty.contains("For you"))
    }

    @Test("a script is told which items are marked, to bring a page in line")
    func list() throws {
        let response = try site.get("/favourites", headers: ["Cookie": "favourites=3:1", "Accept": "application/json"])
        #expect(try response.json()["items"] as? [String] == ["3", "1"])
        #expect(response.headers["Cache-Control"] == "private, no-store")
    }

    @Test("hearts are on every card, and pressed where the visitor pressed them")
    func hearts() throws {
        for address in ["/", "/catalog", "/items/3"] {
            let html = try site.get(address, headers: ["Cookie": "favourites=1"]).text
            let cards = html.ranges(of: "<li class=\"card\">").count
            #expect(html.ranges(of: "data-heart").count == cards + (address == "/items/3" ? 1 : 0), "\(address)")
            #expect(html.ranges(of: "aria-pressed=\"true\"").count >= 1, "\(address)")
        }
    }

    @Test("suggestions leave out what is liked, with its product, and are of several interests")
    func suggestions() throws {
        let shop = try TestSite(FixedItems(products: [["3", "a/b c?&#%ü"]]))
        let answer = try shop.get("/api/v1/suggestions?liked=3&liked=6&k=4").json()
        let found = try #require(answer["suggestions"] as? [[String: Any]])
        let ids = found.compactMap { ($0["item"] as? [String: Any])?["id"] as? String }
        #expect(ids.count == 4)
        #expect(Set(ids).isDisjoint(with: ["3", "6", "a/b c?&#%ü"]))
        #expect(Set(found.compactMap { $0["because"] as? String }) == ["3", "6"])
        #expect(try shop.get("/api/v1/suggestions").status == 400)
        #expect(try shop.get("/api/v1/suggestions?liked=none").json()["suggestions"] as? [String] == [])
    }

    @Test("an outfit has a piece of each other kind, with the reason in words")
    func outfit() throws {
        let html = try site.get("/items/3").text
        #expect(html.contains("Goes with it"))
        #expect(html.contains("White goes with everything."))
        let answer = try site.get("/api/v1/items/3/outfit").json()
        let pieces = try #require(answer["pieces"] as? [[String: Any]])
        #expect(pieces.first?["group"] as? String == "shoes")
        #expect(pieces.first?["harmony"] as? String == "neutral")
        #expect(Set(pieces.compactMap { $0["group"] as? String }).count == pieces.count)
        #expect(try site.get("/api/v1/items/none/outfit").status == 404)
    }
}
