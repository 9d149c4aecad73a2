import HTTPCore
import Site
import Testing

@Suite("Errors")
struct ErrorTests {
    @Test("a browser gets a page, a program gets JSON")
    func forms() throws {
        let site = try TestSite()
        let page = try site.get("/items/none", headers: ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"])
        #expect(page.status == 404)
        #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(page.text.contains("<h1 id=\"error-title\" class=\"page-title\">There is nothing here</h1>"))
        for response in [
            try site.get("/items/none", headers: ["Accept": "application/json"]), try site.get("/api/v1/items/none"),
        ] {
            #expect(response.status == 404)
            #expect(response.headers["Content-Type"] == "application/json")
            #expect((try response.json()["error"] as? [String: String])?["code"] == "unknown_item")
        }
        #expect(try site.get("/items/none").headers["Content-Type"] == "text/html; charset=utf-8")
    }

    @Test("keeps the fields that a refusal must carry, and is never cached")
    func headers() throws {
        let site = try TestSite()
        let busy = HTTPError(503, code: "busy", message: "Too many at once.", headers: ["Retry-After": "2"])
        for path in ["/search", "/api/v1/search"] {
            let response = site.site.errorPage(busy, HTTPRequest(method: .post, path: path))
            #expect(response.status == 503)
            #expect(response.headers["Retry-After"] == "2")
            #expect(response.headers["Cache-Control"] == "no-store")
            #expect(response.text.contains("Too many at once."))
        }
    }

    @Test("a bad photo is a page that says what is wrong and what is accepted")
    func badPhoto() throws {
        let response = try TestSite().upload(Array("%PDF-1.7\n".utf8))
        #expect(response.status == 415)
        #expect(response.text.contains("PDF"))
        #expect(response.text.contains("JPEG, PNG or WebP"))
        #expect(response.text.contains("href=\"/\""))
    }

    @Test("a form without a photo says so")
    func noPhoto() throws {
        let site = try TestSite()
        let body = HTTPBody.form([FormField(name: "image", filename: "", content: [])])
        let response = try site.send(.post, "/search", body: body)
        #expect(response.status == 400)
        #expect(response.text.contains("There is no photo in the request"))
    }

    @Test("a token that is unknown or over says that the photo is gone", arguments: ["", "/photo.jpg"])
    func unknownToken(suffix: String) throws {
        let response = try TestSite().get("/results/AAAAAAAAAAAAAAAAAAAAAA" + suffix)
        #expect(response.status == 410)
        #expect(response.text.contains("This photo is gone"))
    }

    @Test(
        "a wrong value in a page's address is refused with its name, and with a link to the page without it",
        arguments: [
            ("/items/3?k=0&colour=Red", "k", "0", "/items/3?colour=Red"),
            ("/items/3?metric=foo", "metric", "foo", "/items/3"),
            ("/items/3?as_colour=Nosuch&more=1", "as_colour", "Nosuch", "/items/3?more=1"),
            ("/items/3?collapse=maybe", "collapse", "maybe", "/items/3"),
            ("/catalog?page=x&colour=Red&colour=White", "page", "x", "/catalog?colour=Red&amp;colour=White"),
            ("RESULTS?crop=1,2,3&k=7", "crop", "1,2,3", "RESULTS?k=7"),
            ("RESULTS?crop=0,0,1,1", "crop", "0,0,1,1", "RESULTS"),
            ("RESULTS?crop=-5,0,500,500", "crop", "-5,0,500,500", "RESULTS"),
            ("RESULTS?photo=3", "photo", "3", "RESULTS"), ("RESULTS?photo=%3Cb%3E", "photo", "&lt;b&gt;", "RESULTS"),
            ("RESULTS/compare/1?photo=3&crop=0,0,500,500", "photo", "3", "RESULTS/compare/1?crop=0%2C0%2C500%2C500"),
        ])
    func wrongValue(address: String, name: String, value: String, without: String) throws {
        let site = try TestSite()
        let results = try #require(
            try site.upload(TestSite.photo(red: 250, green: 20, blue: 20)).headers["Location"])
        let page = try site.get(address.replacing("RESULTS", with: results))
        #expect(page.status == 400 && page.text.contains("This address is not right"))
        #expect(page.text.contains(value) && page.text.contains(name))
        let link = "href=\"\(without.replacing("RESULTS", with: results))\">Open the page without it"
        #expect(page.text.contains(link))
        let german = try site.get(
            address.replacing("RESULTS", with: results), headers: ["Accept-Language": "de"])
        #expect(german.text.contains("Diese Adresse stimmt nicht") && german.text.contains(value))
        let mended = try site.get(
            without.replacing("RESULTS", with: results).replacing("&amp;", with: "&"))
        #expect(mended.status == 200)
    }

    @Test("a marked item that is gone is left out of a page with a word about it, and the rest of the address holds")
    func goneMarks() throws {
        let site = try TestSite()
        let page = try site.get("/items/3?more=nosuch&less=1&more=none&k=4")
        #expect(page.status == 200)
        #expect(page.text.contains("2 marked items are no longer in the catalog, and were left out."))
        #expect(page.text.contains("Less like Linen shirt") && !page.text.contains("More like nosuch"))
        #expect(page.text.contains("name=\"back\" value=\"/items/3?more=nosuch&amp;less=1&amp;more=none&amp;k=4\""))
        #expect(try !site.get("/items/3?more=1").text.contains("no longer in the catalog"))
    }

    @Test("a program is told which colours there are when it asks for the same cut in another")
    func unknownColour() throws {
        let site = try TestSite()
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        for response in [
            try site.upload(photo, to: "/api/v1/search?as_colour=Nosuch"),
            try site.get("/api/v1/items/3/similar?as_colour=Nosuch"),
        ] {
            #expect(response.status == 400 && response.text.contains("unknown_colour"))
            #expect(response.text.contains("Black") && response.text.contains("Green"))
        }
        #expect(try site.get("/api/v1/items/3/similar?as_colour=green").status == 200)
    }

    @Test("every status has a heading that a shopper understands")
    func headings() throws {
        func title(_ status: Int, _ code: String = "x") -> String {
            ErrorPage.title(of: HTTPError(status, code: code, message: "No."), in: TestSite.english)
        }
        for status in 400...599 { #expect(!title(status).isEmpty) }
        #expect(title(400, "missing_image") == "Something is missing")
        #expect(title(400, "invalid_parameter") == "This address is not right")
        #expect(title(400, "several_images") == "That cannot be done here")
        #expect(title(500) == "Something went wrong")
    }

    @Test("the code is there for support, in the words of the page's language", arguments: ["/items/none", "/embed/x"])
    func supportCode(path: String) throws {
        var options = SiteOptions()
        options.embedOrigins = [try WebOrigin("https://shop.example")]
        let site = try TestSite(options: options)
        let code = path == "/embed/x" ? "not_found" : "unknown_item"
        #expect(try site.get(path).text.contains(">Code for support: <code dir=\"ltr\">404 \(code)</code></p>"))
        let german = try site.get(path, headers: ["Accept-Language": "de"]).text
        #expect(german.contains(">Code für den Support: <code dir=\"ltr\">404 \(code)</code></p>"))
    }

    @Test(
        "the first way on is the likeliest: again where waiting helps, the page without what it does not take, the catalog",
        arguments: [
            (HTTPMethod.get, "/results/x?k=20", 503, "overloaded", "/results/x?k=20", "Try again"),
            (.post, "/search", 503, "overloaded", "/", "Choose a photo"),
            (.get, "/results/x?k=zz", 400, "invalid_parameter", "/results/x", "Go to the page"),
            (.get, "/catalog?page=0", 400, "invalid_parameter", "/catalog", "Browse the catalog"),
            (.get, "/catalog?page=99", 404, "page_past_end", "/catalog", "Browse the catalog"),
            (.get, "/items/none", 404, "unknown_item", "/catalog", "Browse the catalog"),
            (.get, "/results/x", 410, "photo_discarded", "/", "Choose a photo"),
            (.get, "/?x=1", 400, "invalid_parameter", "/", "Choose a photo"),
        ])
    func waysOn(method: HTTPMethod, target: String, status: Int, code: String, href: String, text: String) throws {
        let site = try TestSite()
        let page = site.site.errorPage(
            HTTPError(status, code: code, message: "No."),
            HTTPRequest(method: method, path: String(target.prefix { $0 != "?" }), target: target)
        ).text
        let first = try #require(page.firstMatch(of: #/<a class="button" href="([^"]*)"(?: data-choose)?>([^<]*)</#))
        #expect(first.1 == href && first.2 == text)
        #expect(page.contains("href=\"/catalog\"") && page.contains("data-choose"), "the others are there too")
    }

    @Test("a site without its templates or files does not start, and names the file")
    func missingFiles() throws {
        #expect(throws: SiteError.unreadableFile("/nowhere/home.mustache")) {
            try Site(
                search: FixedItems(), templates: "/nowhere", languages: TestSite.languages,
                publicFiles: TestSite.publicFiles)
        }
        #expect(throws: SiteError.unreadableFile("/nowhere/en.json")) {
            try Site(
                search: FixedItems(), templates: TestSite.templates, languages: "/nowhere",
                publicFiles: TestSite.publicFiles)
        }
        #expect(throws: SiteError.unreadableFile("/nowhere/base.css")) {
            try Site(
                search: FixedItems(), templates: TestSite.templates, languages: TestSite.languages,
                publicFiles: "/nowhere")
        }
    }
}
