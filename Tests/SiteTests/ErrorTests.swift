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
