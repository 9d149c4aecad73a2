import CatalogStore
import HTTPCore
import Site
import Testing

@Suite("Pages in the visitor's language")
struct LanguagePageTests {
    @Test("a page says which language it is in, and what that was chosen by")
    func headers() throws {
        let site = try TestSite()
        for address in ["/", "/catalog", "/about", "/items/1", "/items/none"] {
            let page = try site.get(address)
            #expect(page.headers["Content-Language"] == "en")
            #expect(page.headers["Vary"]?.hasPrefix("Accept-Language, Cookie") == true)
            #expect(page.text.contains("<html lang=\"en\" dir=\"ltr\">"))
        }
        let refusal = try site.get("/items/none", headers: ["Accept": "application/json"])
        #expect(refusal.headers["Content-Language"] == "en")
        for address in ["/api/v1/items/1", "/api/v1/items/none", "/openapi.json"] {
            #expect(try site.get(address).headers["Content-Language"] == nil)
        }
    }

    @Test("every page is in the language that the browser asks for, and right to left where that is so")
    func everyLanguage() throws {
        let site = try TestSite()
        let languages = try Languages(directory: TestSite.languages)
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        let results = try #require(try site.upload(photo).headers["Location"])
        for language in languages.all {
            for address in ["/", "/catalog?colour=Red&price_max=100", "/about", "/items/1", "/items/none", results] {
                let page = try site.get(address, headers: ["Accept-Language": "\(language.tag);q=0.9, xx"])
                let html = page.text.replacing(#/data-texts>[^<]*</#, with: "<")
                let direction = language.tag == "ar" ? "rtl" : "ltr"
                #expect(page.headers["Content-Language"] == language.tag)
                #expect(html.contains("<html lang=\"\(language.tag)\" dir=\"\(direction)\">"))
                #expect(html.contains(">" + language.text("layout.catalog") + "</a>"))
                #expect(!html.contains("{{t:") && !html.contains("{count}"), "\(language.tag) \(address)")
            }
        }
    }

    @Test("a filter shows the word of the language, and its address keeps the catalog's own")
    func filters() throws {
        let html = try TestSite().get("/catalog?colour=Red", headers: ["Accept-Language": "de"]).text
        #expect(html.contains("value=\"Red\" checked> <span class=\"choice-text\">Rot</span>"))
        #expect(html.contains("Farbe: Rot<span class=\"unseen\"> entfernen</span>"))
        #expect(html.contains("<p class=\"card-detail\">Kleider\u{A0}· Rot</p>"))
        #expect(html.contains("89,50\u{A0}$"))
    }

    @Test("a refusal is in the visitor's language, as a page and in JSON, and the API speaks English")
    func translatedRefusals() throws {
        let site = try TestSite()
        let german = "Im Katalog gibt es keinen Artikel „none“. Vielleicht wurde er herausgenommen."
        let headers: HTTPHeaders = ["Accept-Language": "de"]
        #expect(try site.get("/items/none", headers: headers).text.contains(german))
        let json = try site.get("/items/none", headers: ["Accept-Language": "de", "Accept": "application/json"]).json()
        #expect((json["error"] as? [String: String])?["message"] == german)
        let program = try site.get("/api/v1/items/none", headers: headers).text
        #expect(program.contains("It may have been taken out"))
        let reversed = try site.get("/catalog?price_min=90&price_max=20", headers: headers).text
        #expect(reversed.contains("Der niedrigste Preis liegt über dem höchsten"))
    }

    @Test("names and descriptions say which language they are in where the page is in another")
    func catalogLanguage() throws {
        var options = SiteOptions()
        options.catalogLanguage = "en-GB"
        options.kiosk = KioskSettings()
        let site = try TestSite(options: options)
        let headers: HTTPHeaders = ["Accept-Language": "de"]
        let item = try site.get("/items/3", headers: headers).text
        #expect(item.contains("<h1 class=\"page-title\"><bdi lang=\"en-GB\">Wrap dress</bdi>"))
        #expect(item.contains("<bdi lang=\"en-GB\">Made to be worn often.</bdi>"))
        for address in ["/", "/catalog", "/items/3", "/items/3/compare/4"] {
            #expect(try site.get(address, headers: headers).text.contains("<bdi lang=\"en-GB\">Slip dress</bdi>"))
            #expect(try !site.get(address).text.contains("lang=\"en-GB\""), "the page is in English itself")
            #expect(try !TestSite().get(address, headers: headers).text.contains("<bdi lang"), "nobody knows")
        }
        let nameless = try TestSite(
            FixedItems(items: [CatalogItem(id: "1", category: "Dresses", colour: "Red")]), options: options)
        let kind = try nameless.get("/catalog", headers: headers).text
        #expect(!kind.contains("<bdi lang"), "what stands for a name is in the page's language")
    }

    @Test("choosing a language sets a cookie for a year and leads back to where it was chosen")
    func choice() throws {
        func choose(_ fields: [String: String]) throws -> HTTPResponse {
            let fields = fields.map { FormField(name: $0.key, content: Array($0.value.utf8)) }
            return try TestSite().send(.post, "/language", body: .form(fields))
        }
        let response = try choose(["language": "en", "back": "/catalog?colour=Red"])
        #expect(response.status == 303 && response.headers["Location"] == "/catalog?colour=Red")
        #expect(
            response.headers["Set-Cookie"] == "language=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly")
        for fields in [[:], ["language": "xx"], ["language": "../en"], ["language": "en\r\nX: y"]] {
            let refusal = try choose(fields)
            #expect(refusal.status == 400 && refusal.headers["Set-Cookie"] == nil)
            #expect(refusal.text.contains("There are no pages in that language."))
        }
        #expect(try TestSite().send(.post, "/language").status == 400)
    }

    @Test(
        "choosing a language never leads to another site",
        arguments: [
            "", "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
            "javascript:alert(1)", "evil.example", "/a\r\nSet-Cookie: x=y", "/ä", "/a b",
            "/" + String(repeating: "x", count: 2000),
        ])
    func openRedirect(back: String) throws {
        let fields = [
            FormField(name: "language", content: Array("en".utf8)), FormField(name: "back", content: Array(back.utf8)),
        ]
        let response = try TestSite().send(.post, "/language", body: .form(fields))
        #expect(response.status == 303 && response.headers["Location"] == "/")
    }

    @Test("a refusal's own words stand where there is no text for its code, or one that says more than it knows")
    func refusals() throws {
        let english = TestSite.english
        #expect(english.message(of: HTTPError(418, code: "teapot", message: "Short and stout.")) == "Short and stout.")
        #expect(english.message(of: HTTPError(404, code: "unknown_item", message: "Own words.")) == "Own words.")
        let item = HTTPError(404, code: "unknown_item", message: "Own words.", details: ["id": "{id}"])
        #expect(english.message(of: item) == "The catalog has no item \"{id}\". It may have been taken out.")
        func pastEnd(_ pages: String) -> String {
            english.message(of: HTTPError(404, code: "page_past_end", message: "Own.", details: ["count": pages]))
        }
        #expect(pastEnd("1") == "The catalog has one page here.")
        #expect(pastEnd("1200") == "The catalog ends with page 1,200 here.")
        #expect(pastEnd("x") == "Own.")
    }
}
