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

    @Test("every status has a heading that a shopper understands")
    func headings() throws {
        for status in 400...599 { #expect(!ErrorPage.title(of: status, in: TestSite.english).isEmpty) }
        #expect(ErrorPage.title(of: 418, in: TestSite.english) == "Something is missing")
        #expect(ErrorPage.title(of: 500, in: TestSite.english) == "Something went wrong")
        for (code, heading) in [
            ("missing_image", "Something is missing"), ("invalid_parameter", "That cannot be done here"),
        ] {
            let error = HTTPError(400, code: code, message: "No.")
            #expect(ErrorPage.title(of: error, in: TestSite.english) == heading)
        }
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
