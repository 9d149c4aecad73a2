import Foundation
import HTTPCore
import Site
import Testing

@Suite("Embedding")
struct EmbedTests {
    private static func site(_ search: FixedItems = FixedItems()) throws -> TestSite {
        var options = SiteOptions()
        options.embedOrigins = [try WebOrigin("https://shop.example"), try WebOrigin("http://localhost:3000")]
        return try TestSite(search, options: options)
    }

    private static func expectFramed(_ response: HTTPResponse) {
        let policy = response.headers["Content-Security-Policy"] ?? ""
        #expect(policy.hasSuffix("; frame-ancestors https://shop.example http://localhost:3000"))
        #expect(policy.hasPrefix("default-src 'none'; ") && !policy.contains("unsafe"))
        // Nothing: the standard field is left out.
        #expect(response.headers["X-Frame-Options"] == "")
    }

    @Test("is there only where sites are named")
    func off() throws {
        for address in ["/embed", "/embed.js", "/embed/results/AAAAAAAAAAAAAAAAAAAAAA"] {
            let response = try TestSite().get(address)
            #expect(response.status == 404)
            #expect(response.headers["Content-Security-Policy"] == nil && response.headers["X-Frame-Options"] == nil)
        }
    }

    @Test("a photo leads to five items with links into the tab around the frame")
    func search() throws {
        let site = try Self.site()
        let home = try site.get("/embed")
        Self.expectFramed(home)
        #expect(home.text.contains("data-parents=\"https://shop.example http://localhost:3000\""))
        let upload = try site.upload(TestSite.photo(red: 250, green: 20, blue: 20), to: "/embed/search")
        let address = try #require(upload.headers["Location"])
        #expect(upload.status == 303 && address.hasPrefix("/embed/results/"))
        let results = try site.get(address)
        Self.expectFramed(results)
        #expect(results.headers["Cache-Control"] == "private, no-store")
        #expect(results.headers["Set-Cookie"] == nil)
        let links = results.text.matches(of: #/<a href="([^"]+)" target="_top">/#).map { String($0.1) }
        #expect(links.count == 5 && links.first == "https://shop.example/3", "the shop's own page where there is one")
        let discarded = try site.send(.post, address + "/discard")
        #expect(discarded.headers["Location"] == "/embed")
        #expect(try site.get(address).status == 410)
    }

    @Test("an item without a page of its own leads to that of the search, and never to a script")
    func links() throws {
        let site = try Self.site(FixedItems(items: [FixedItems.wardrobe[7]]))
        let upload = try site.upload(TestSite.photo(red: 1, green: 2, blue: 3), to: "/embed/search")
        let html = try site.get(try #require(upload.headers["Location"])).text
        #expect(html.contains("<a href=\"/items/8\" target=\"_top\">"))
        #expect(!html.contains("javascript:"))
    }

    @Test("refusals are pages for the frame as well, or JSON for its script")
    func refusals() throws {
        let site = try Self.site()
        for response in [
            try site.get("/embed/results/AAAAAAAAAAAAAAAAAAAAAA"), try site.upload([], to: "/embed/search"),
        ] {
            #expect([400, 410].contains(response.status))
            Self.expectFramed(response)
            #expect(response.text.contains("class=\"embed\""))
        }
        let answer = try site.upload([], to: "/embed/search", headers: ["Accept": "application/json"])
        #expect((try answer.json()["error"] as? [String: String])?["code"] == "empty_image")
        #expect(try site.get("/items/none").headers["Content-Security-Policy"] == nil, "other pages keep the standard")
    }

    @Test("the language that the shop's page asks for stays on the way; one that is not there is the browser's")
    func language() throws {
        let site = try Self.site()
        let photo = try TestSite.photo(red: 1, green: 2, blue: 3)
        let home = try site.get("/embed?language=en", headers: ["Cookie": "language=xx"])
        #expect(home.text.contains("action=\"/embed/search?language=en\""))
        let address = try #require(
            try site.upload(photo, to: "/embed/search?language=en").headers["Location"])
        #expect(address.hasSuffix("?language=en"))
        let results = try site.get(address).text
        #expect(results.contains("/discard?language=en\"") && results.contains("href=\"/embed?language=en\""))
        #expect(try !site.get("/embed?language=xx").text.contains("language=xx"))
        let hostile = try site.get("/embed?language=%22%3E%3Cscript%3E")
        #expect(!hostile.text.contains("\"><script>"))
    }

    @Test("the colours that the shop's page asks for stay on the way; others are the system's")
    func scheme() throws {
        let site = try Self.site()
        let photo = try TestSite.photo(red: 1, green: 2, blue: 3)
        let home = try site.get("/embed?language=de&scheme=dark").text
        #expect(home.contains("<html lang=\"de\" dir=\"ltr\" data-scheme=\"dark\">"))
        #expect(home.contains("<meta name=\"color-scheme\" content=\"dark\">"))
        #expect(home.contains("action=\"/embed/search?language=de&amp;scheme=dark\""))
        #expect(home.contains("data-name=\"Suche mit einem Foto\""))
        let address = try #require(
            try site.upload(photo, to: "/embed/search?language=de&scheme=light").headers["Location"])
        #expect(address.hasSuffix("?language=de&scheme=light"))
        let results = try site.get(address).text
        #expect(results.contains("data-scheme=\"light\"") && results.contains("discard?language=de&amp;scheme=light\""))
        let gone = try site.get("/embed/results/AAAAAAAAAAAAAAAAAAAAAA?scheme=light").text
        #expect(gone.contains("data-scheme=\"light\"") && gone.contains("href=\"/embed?scheme=light\""))
        for other in ["/embed", "/embed?scheme=auto", "/embed?scheme=%22%3E%3Cb%3E"] {
            let html = try site.get(other).text
            #expect(!html.contains("data-scheme") && html.contains("content=\"light dark\""))
            #expect(!html.contains("scheme=auto") && !html.contains("<b>"))
        }
    }

    @Test("the colours of a frame are those of the site")
    func palette() throws {
        func colours(_ file: String, after start: String) throws -> [String: String] {
            let css = try String(contentsOfFile: "\(TestSite.publicFiles)/\(file)", encoding: .utf8)
            let block = try #require(css.firstRange(of: start)).upperBound
            let pairs = css[block...].prefix { $0 != "}" }.matches(of: #/--([a-z-]+): (#[0-9a-f]+);/#).map {
                (String($0.1), String($0.2))
            }
            return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }
        let light = try colours("base.css", after: ":root {")
        let dark = try colours("base.css", after: "prefers-color-scheme: dark) {\n  :root {")
        #expect(light.count > 8 && dark.count > 8)
        #expect(try colours("embed.css", after: ":root[data-scheme=\"light\"] {") == light)
        #expect(try colours("embed.css", after: ":root[data-scheme=\"dark\"] {") == light.merging(dark) { $1 })
    }

    @Test("its script may be loaded by every page, and may be cached")
    func script() throws {
        let response = try Self.site().get("/embed.js")
        #expect(response.headers["Content-Type"]?.hasPrefix("text/javascript") == true)
        #expect(response.headers["Cross-Origin-Resource-Policy"] == "cross-origin")
        #expect(response.headers["Cache-Control"]?.contains("max-age") == true)
    }
}
