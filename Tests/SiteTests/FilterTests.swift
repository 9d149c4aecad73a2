import CatalogStore
import HTTPCore
import Site
import Testing

@Suite("Filters")
struct FilterTests {
    private func ids(_ response: HTTPResponse, in list: String = "items") throws -> [String] {
        (try response.json()[list] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    private func chips(_ html: String) -> [(link: String, text: String)] {
        html.matches(of: #/class="chip" href="([^"]*)"><span class="unseen">Remove </span>(.*?) <span/#).map {
            (link: String($0.1).replacing("&amp;", with: "&"), text: String($0.2))
        }
    }

    @Test("several values of an attribute accept any of them, several attributes all must hold")
    func combined() throws {
        let site = try TestSite()
        #expect(
            try ids(site.get("/api/v1/items?colour=white&colour=Red&category=Shirts&category=Dresses")) == ["1", "3"])
        #expect(try ids(site.get("/api/v1/items?season=Summer&gender=Women")) == ["3", "4"])
        let similar = try site.get("/api/v1/items/3/similar?gender=Women&gender=Unisex&k=50")
        #expect(try Set(ids(similar, in: "results")) == ["4", "5", "6", "a/b c?&#%ü"])
    }

    @Test("a price is within its range, in one currency, and items without a price are left out")
    func price() throws {
        let site = try TestSite()
        #expect(try ids(site.get("/api/v1/items?price_min=12&price_max=39.9&currency=EUR")) == ["1", "a/b c?&#%ü"])
        #expect(try ids(site.get("/api/v1/items?price_max=100&currency=USD")) == ["3"])
        let response = try site.get("/api/v1/items?price_max=100")
        #expect(response.status == 400)
        let error = try #require(try response.json()["error"] as? [String: String])
        #expect(error["code"] == "invalid_parameter" && error["message"]?.contains("currency=EUR") == true)
        #expect(try site.get("/api/v1/items/3/similar?price_min=9&price_max=3&currency=EUR").status == 400)
    }

    @Test("an answer has facets if they are asked for, with what each choice would give")
    func facets() throws {
        let site = try TestSite()
        #expect(try site.get("/api/v1/items?colour=Red").json()["facets"] == nil)
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        for answer in [
            try site.get("/api/v1/items?colour=Red&facets=1"),
            try site.get("/api/v1/items/1/similar?colour=Red&facets=1"),
            try site.upload(photo, to: "/api/v1/search?colour=Red&facets=1"),
        ] {
            let facets = try #require(try answer.json()["facets"] as? [String: Any])
            #expect(facets["matching"] as? Int == 2)
            let attributes = try #require(facets["attributes"] as? [[String: Any]])
            #expect(attributes.compactMap { $0["name"] as? String }.prefix(3) == ["category", "colour", "gender"])
            let colours = try #require(attributes[1]["values"] as? [[String: Any]])
            let red = try #require(colours.first { $0["value"] as? String == "Red" })
            #expect(red["count"] as? Int == 2 && red["selected"] as? Bool == true)
            #expect(colours.count == 6, "other colours can be chosen as well")
            let categories = try #require(attributes[0]["values"] as? [[String: Any]])
            #expect(categories.compactMap { $0["value"] as? String } == ["Caps", "Dresses"])
            #expect((facets["prices"] as? [[String: Any]])?.compactMap { $0["currency"] as? String } == ["EUR", "USD"])
        }
    }

    @Test("the values of an attribute can be listed to any length")
    func facetLimit() throws {
        let answer = try TestSite().get("/api/v1/items?facets=1&facet_limit=2").json()
        let colours = try #require((answer["facets"] as? [String: Any])?["attributes"] as? [[String: Any]])[1]
        #expect((colours["values"] as? [Any])?.count == 2 && colours["further"] as? Int == 4)
    }

    @Test("each chosen filter has a link that leaves it out and keeps the others, and there is one that clears all")
    func chips() throws {
        let site = try TestSite()
        let html = try site.get("/catalog?colour=red&colour=White&season=Summer&price_max=60&currency=CHF").text
        let chips = chips(html)
        #expect(chips.map(\.text) == ["Colour: Red", "Colour: White", "Season: Summer", "Price: up to 60.00 CHF"])
        #expect(chips[0].link == "/catalog?colour=White&season=Summer&currency=CHF&price_max=60")
        #expect(chips[3].link == "/catalog?colour=red&colour=White&season=Summer")
        #expect(html.contains("<a class=\"quiet-link\" href=\"/catalog\">Clear all</a>"))
        for chip in chips { #expect(try site.get(chip.link).status == 200) }
        #expect(!(try site.get("/catalog").text.contains("Clear all")))
    }

    @Test("an item's nearest can be narrowed down, and its links lead back to them")
    func itemPage() throws {
        let html = try TestSite().get("/items/3?category=Shirts").text
        let nearest =
            try #require(html.split(separator: "id=\"similar\"").last)
            .split(separator: "id=\"outfit\"").first ?? ""
        #expect(nearest.ranges(of: "<li class=\"card\">").count == 2)
        #expect(html.contains("action=\"/items/3#similar\""))
        #expect(chips(html).map(\.link) == ["/items/3#similar"])
        #expect(try TestSite().get("/items/3?category=Socks").text.contains("No other item passes these filters"))
        let alone = try TestSite(FixedItems(items: [FixedItems.wardrobe[0]])).get("/items/1").text
        #expect(!alone.contains("Nearest to this"))
    }

    @Test("a page keeps how many items it shows, and links to more keep the filters")
    func count() throws {
        let site = try TestSite()
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        let address = try #require(try site.upload(photo).headers["Location"])
        let five = try site.get(address + "?season=Summer").text
        #expect(five.contains("href=\"\(address)?season=Summer&amp;k=20\">Show 20"))
        let twenty = try site.get(address + "?season=Summer&k=20").text
        #expect(twenty.contains("<input type=\"hidden\" name=\"k\" value=\"20\">"))
        #expect(chips(twenty).map(\.link) == [address + "?k=20"])
    }

    @Test("a price may be typed as the page's language writes it, and links carry it in the plain form")
    func typedPrice() throws {
        let site = try TestSite()
        func page(_ tag: String, _ query: String) throws -> String {
            let page = try site.get("/catalog?" + query, headers: ["Accept-Language": tag])
            #expect(page.status == 200)
            return page.text
        }
        for tag in ["de", "fr", "es"] {
            let html = try page(tag, "price_max=39%2C90&currency=EUR&colour=White")
            #expect(html.contains("Linen shirt") && !html.contains("Wrap dress"))
            #expect(html.contains("name=\"price_max\" value=\"39.90\""))
            #expect(html.contains("value=\"/catalog?currency=EUR&amp;colour=White&amp;price_max=39.90\""))
            // The form's own way, in every language.
            #expect(try page(tag, "price_max=39.90&currency=EUR").contains("value=\"39.90\""))
        }
        #expect(try page("de", "price_min=1.299,00&currency=INR").contains("value=\"1299.00\""))
        let wrong = try page("de", "price_min=39,90,0")
        #expect(wrong.contains("„39,90,0“ ist kein Preis. Schreiben Sie eine Zahl wie 39,90."))
        #expect(try page("en", "price_min=39,90").contains("“39,90” is no price. Write a number such as 39.90."))
        let program = try site.get(
            "/api/v1/items?price_min=39,90&currency=EUR", headers: ["Accept-Language": "de"])
        #expect(program.status == 400)
    }

    @Test("another language leads back to the address as it was, also where a part of it is wrong")
    func addressStays() throws {
        let site = try TestSite()
        for address in [
            "/catalog?price_min=abc&price_max=50", "/items/3?price_min=9&price_max=3&k=7", "/catalog?page=0",
            "/items/none?k=7",
        ] {
            let html = try site.get(address).text
            #expect(html.contains("name=\"back\" value=\"\(address.replacing("&", with: "&amp;"))\""), "\(address)")
        }
    }

    @Test("a price on a page without its currency is in the most frequent one; nonsense is said and left out")
    func forgivingPrice() throws {
        let site = try TestSite()
        let html = try site.get("/catalog?price_min=20&currency=").text
        #expect(chips(html).map(\.text) == ["Price: from €20.00"])
        #expect(html.contains("<option value=\"EUR\" selected>"))
        #expect(html.ranges(of: "<li class=\"card\">").count == 1)
        let nonsense = try site.get("/catalog?price_min=90&price_max=20&colour=Red")
        #expect(nonsense.status == 200 && nonsense.text.contains("The lowest price is above the highest"))
        #expect(nonsense.text.ranges(of: "<li class=\"card\">").count == 2)
    }

    @Test("an attribute with many values shows the most frequent, more behind a disclosure, and a field for the rest")
    func manyValues() throws {
        let items = (0..<400).map {
            CatalogItem(id: "\($0)", attributes: [(name: "brand", value: "Brand \($0 < 20 ? 0 : $0 / 2)")])
        }
        let html = try TestSite(FixedItems(items: items)).get("/catalog?brand=brand+17").text
        #expect(html.ranges(of: "type=\"checkbox\"").count == 101)
        #expect(html.contains("<summary>89 more</summary>"))
        #expect(html.contains("<span>One of 90 others</span>\n<input type=\"text\" name=\"brand\""))
        let first = try #require(html.firstRange(of: "type=\"checkbox\""))
        #expect(html[first.upperBound...].hasPrefix(" name=\"brand\" value=\"Brand 17\" checked>"))
    }
}
