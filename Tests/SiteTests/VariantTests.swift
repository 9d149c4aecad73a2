import CatalogStore
import HTTPCore
import Site
import Testing

@Suite("Each product once, on pages and in the API")
struct VariantTests {
    /// The white and the blue shirt are one product, and so are the two pairs of sneakers.
    private func site(collapses: Bool = true) throws -> TestSite {
        try TestSite(FixedItems(products: [["1", "2"], ["5", "6"]]), collapses: collapses)
    }

    private func ids(_ response: HTTPResponse) throws -> [String] {
        (try response.json()["results"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    @Test("a search finds each product once unless it is told not to, by the address or by the server")
    func search() throws {
        let photo = try TestSite.photo(red: 250, green: 250, blue: 250)
        func found(_ site: TestSite, _ query: String) throws -> [String] {
            try ids(site.upload(photo, to: "/api/v1/search?k=50" + query))
        }
        #expect(try found(site(), "").count == 6)
        #expect(try found(site(), "&collapse=0").count == 8)
        #expect(try found(site(collapses: false), "").count == 8)
        #expect(try found(site(collapses: false), "&collapse=1").count == 6)
        #expect(try found(site(), "&colour=Blue") == ["2"], "a colour that is asked for is not hidden by another")
        #expect(try site().upload(photo, to: "/api/v1/search?collapse=maybe").status == 400)
    }

    @Test("an item tells what else there is of its product")
    func fields() throws {
        let item = try site().get("/api/v1/items/1").json()
        let variants = try #require(item["variants"] as? [String: Any])
        #expect(variants["count"] as? Int == 2 && variants["colours"] as? Int == 2)
        #expect(variants["others"] as? [String] == ["2"])
        #expect(try site().get("/api/v1/items/3").json()["variants"] == nil)
        let similar = try #require(try site().get("/api/v1/items/1/similar?k=50").json()["results"] as? [[String: Any]])
        #expect(!similar.contains { $0["id"] as? String == "2" })
        let sneakers = try #require(similar.first { $0["id"] as? String == "5" })
        #expect((sneakers["variants"] as? [String: Any])?["others"] as? [String] == ["6"])
    }

    @Test("a card says in how many colours there is a product, and its link shows them")
    func pages() throws {
        let site = try site()
        let photo = try TestSite.photo(red: 250, green: 250, blue: 250)
        let address = try #require(try site.upload(photo).headers["Location"])
        let html = try site.get(address).text
        let link = "<a href=\"/items/1#variants\"><span class=\"unseen\">Linen shirt </span>in 2 colours</a>"
        #expect(html.contains(link))
        #expect(!html.contains("href=\"/items/2\""))
        #expect(html.contains("href=\"\(address)?collapse=0\">Show every version on its own</a>"))
        let every = try site.get(address + "?collapse=0").text
        #expect(every.contains("href=\"/items/2\""))
        #expect(every.contains("href=\"\(address)?collapse=1\">Show each product once</a>"))
        #expect(every.contains("<input type=\"hidden\" name=\"collapse\" value=\"0\">"), "filters keep it")

        let item = try site.get("/items/1").text
        #expect(item.contains("<h2 id=\"variants\">In other colours</h2>"))
        #expect(item.ranges(of: "href=\"/items/2\"").count == 1, "among its colours, and not among its nearest")
        #expect(!(try site.get("/items/3").text.contains("In other colours")))
    }

    @Test("what is not told apart by colour is called a version")
    func versions() throws {
        let items = (1...3).map { CatalogItem(id: "\($0)", name: "Cap", category: "Caps") }
        let site = try TestSite(FixedItems(items: items, products: [["1", "2"]]))
        #expect(try site.get("/items/3").text.contains("<span class=\"unseen\">Cap </span>in 2 versions</a>"))
        #expect(try site.get("/items/1").text.contains("Other versions"))
    }
}
