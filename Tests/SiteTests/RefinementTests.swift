import CatalogStore
import Foundation
import HTTPCore
import Site
import Testing

@Suite("Refining on pages and in the API")
struct RefinementPageTests {
    let site: TestSite
    let results: String

    init() throws {
        site = try TestSite()
        // Red, and so near the wrap dress.
        let response = try site.upload(TestSite.photo(red: 250, green: 20, blue: 20))
        results = try #require(response.headers["Location"])
    }

    private func ids(_ response: HTTPResponse) throws -> [String] {
        (try response.json()["results"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    private func cards(_ html: String) -> Int { html.ranges(of: "<li class=\"card\">").count }

    @Test("what is marked moves the search, and is not found again")
    func feedback() throws {
        let plain = try ids(site.get("/api/v1/items/3/similar?k=3"))
        let more = try ids(site.get("/api/v1/items/3/similar?k=3&more=6"))
        let less = try ids(site.get("/api/v1/items/3/similar?k=3&less=\(TextFormat.encoded(plain[0]))"))
        #expect(!more.contains("6") && !more.contains("3"))
        #expect(!less.contains(plain[0]))
        #expect(more.count == 3 && less.count == 3)
        // Green is wanted more of, so that what is furthest from it falls behind.
        #expect(more != plain.filter { $0 != "6" })
    }

    @Test("where each product is found once, no other version of what is marked comes in its place")
    func markedProducts() throws {
        let shop = try TestSite(FixedItems(products: [["1", "5"]]))
        let found = try ids(shop.get("/api/v1/items/3/similar?k=50&less=1"))
        #expect(!found.contains("1") && !found.contains("5"))
        let apart = try ids(shop.get("/api/v1/items/3/similar?k=50&less=1&collapse=0"))
        #expect(!apart.contains("1") && apart.contains("5"))
    }

    @Test("another colour finds that colour, of the same kind where there is one")
    func colour() throws {
        #expect(try ids(site.get("/api/v1/items/3/similar?as_colour=black")) == ["4"])
        // A red dress comes before other red things.
        #expect(try ids(site.get("/api/v1/items/4/similar?as_colour=Red")) == ["3", "a/b c?&#%ü"])
        // There is no blue dress.
        #expect(try ids(site.get("/api/v1/items/3/similar?as_colour=Blue")) == ["2"])
        #expect(try ids(site.get("/api/v1/items/3/similar?as_colour=Blue&colour=Red")).isEmpty)
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        #expect(try ids(site.upload(photo, to: "/api/v1/search?as_colour=Green&k=1")) == ["6"])
    }

    private static func piece(_ id: String, _ category: String, _ colour: String?) -> CatalogItem {
        CatalogItem(id: id, name: "Piece \(id)", category: category, colour: colour)
    }

    @Test(
        "less like one of a kind is not less of that kind: the others of it come before what is like it in another kind"
    )
    func lessOfTheKind() throws {
        // An item's vector is its colour; without one it is purple.
        let purple = ["p1", "p2", "p3"].map { Self.piece($0, "Dresses", nil) }
        let shoes = ["s1", "s2", "s3"].map { Self.piece($0, "Sneakers", "Red") }
        let shop = try TestSite(
            FixedItems(items: [Self.piece("q", "Dresses", "Red"), Self.piece("r", "Dresses", "Red")] + purple + shoes))
        #expect(try ids(shop.get("/api/v1/items/q/similar?k=4")) == ["r", "s1", "s2", "s3"])
        #expect(try ids(shop.get("/api/v1/items/q/similar?k=3&less=r")) == ["p1", "p2", "p3"])
        // Whoever wants more of the shoes does not look for dresses.
        #expect(try ids(shop.get("/api/v1/items/q/similar?k=2&less=r&more=s1")) == ["s2", "s3"])
    }

    /// What an answer says of where the kind ended: its category, the colour and how many there were.
    private func sameCut(_ response: HTTPResponse) throws -> [String]? {
        try (response.json()["same_cut"] as? [String: Any]).map { told in
            ["category", "colour", "count"].map { name in told[name].map { "\($0)" } ?? "" }
        }
    }

    @Test("where a kind has ended in another colour is told, and other pieces follow, the nearest in kind first")
    func kindEnds() throws {
        let none = try site.get("/api/v1/items/3/similar?as_colour=Blue")
        #expect(try sameCut(none) == ["Dresses", "Blue", "0"])
        #expect(try sameCut(site.get("/api/v1/items/3/similar?colour=Blue")) == nil)
        let one = try site.get("/items/4?as_colour=Red").text
        let line = try #require(one.range(of: "Only 1 of this kind in Red. Other pieces in this colour:"))
        #expect(one[..<line.lowerBound].contains("Wrap dress</bdi></a>"))
        #expect(one[line.upperBound...].contains("Odd number</bdi></a>"))
        #expect(try site.get("/items/3?as_colour=Blue").text.contains("Nothing of this kind in Blue."))
        #expect(try !site.get("/items/4?as_colour=Red&category=Dresses").text.contains("Other pieces"))

        let pieces = [("1", "Handbags"), ("2", "Dresses"), ("3", "Polos"), ("4", "Caps"), ("5", "T-Shirts")]
        let shop = try TestSite(
            FixedItems(items: pieces.map { Self.piece($0, $1, "Red") } + [Self.piece("q", "T-Shirts", "White")]))
        let found = try shop.get("/api/v1/items/q/similar?as_colour=Red")
        #expect(try ids(found) == ["5", "3", "2", "1", "4"])
        #expect(try sameCut(found) == ["T-Shirts", "Red", "1"])
        let photos = try #require(try shop.upload(TestSite.photo(red: 255, green: 255, blue: 255)).headers["Location"])
        #expect(try shop.get(photos + "?as_colour=Red").text.contains("Only 1 of this kind in Red."))
    }

    @Test("the item's own product in the other colour is found as well")
    func ownProduct() throws {
        let shop = try TestSite(FixedItems(products: [["3", "4"]]))
        #expect(try ids(shop.get("/api/v1/items/3/similar?as_colour=Black")) == ["4"])
        #expect(try !ids(shop.get("/api/v1/items/3/similar?k=50&more=1")).contains("4"))
    }

    @Test(
        "a program is told what is wrong with what it says",
        arguments: [
            ("more=none", "unknown_marked_item"), ("less=none", "unknown_marked_item"),
            ("as_colour=Red&as_colour=Blue", "invalid_parameter"), ("as_colour=Turquoise", "unknown_colour"),
            ((0...12).map { "more=\($0)" }.joined(separator: "&"), "invalid_parameter"),
        ])
    func refusals(query: String, code: String) throws {
        let response = try site.get("/api/v1/items/3/similar?" + query)
        #expect(response.status == 400)
        #expect(response.text.contains("\"\(code)\""))
    }

    @Test("a page goes on without items that are not there, and follows no more than it can")
    func forgivingPage() throws {
        let gone = try site.get(results + "?more=none&less=gone")
        #expect(gone.status == 200)
        #expect(cards(gone.text) == 5)
        let many = (0..<40).map { "less=x\($0)" }.joined(separator: "&")
        let page = try site.get(results + "?" + many)
        #expect(page.status == 200)
        #expect(!page.text.contains("Less like x"))
        #expect(page.text.contains("12 marked items are no longer in the catalog, and were left out."))
    }

    @Test("each thing said is a chip that takes it back, and the cards add to what was said")
    func chips() throws {
        let html = try site.get(results + "?colour=Red&more=3&less=4&k=20").text
        #expect(html.contains("More like Wrap dress"))
        #expect(html.contains("href=\"\(results)?colour=Red&amp;less=4&amp;k=20\""))
        #expect(html.contains("href=\"\(results)?colour=Red&amp;more=3&amp;k=20\""))
        #expect(html.contains("href=\"\(results)?more=3&amp;less=4&amp;k=20\""))
        #expect(html.contains("href=\"\(results)?colour=Red&amp;more=3&amp;less=4&amp;less=8&amp;k=20\"") == false)
        #expect(html.contains("href=\"\(results)?k=20\""), "all at once")
        // The form narrows down what was said, and does not forget it.
        #expect(html.contains("<input type=\"hidden\" name=\"more\" value=\"3\">"))
        let marked = try site.get(results + "?more=3").text
        #expect(marked.contains("href=\"\(results)?more=3&amp;less=4\""))
        #expect(marked.contains("href=\"\(results)?more=3&amp;more=4\""))
    }

    @Test("the photo's kind and colour are told and corrected by one tap")
    func looks() throws {
        let red = try site.get(results).text
        #expect(red.contains("Looks like: Red."), "half of the red things are dresses, so no kind is sure")
        #expect(red.contains("Not so?"))
        // What was chosen is a choice, and not what the photo looks like.
        for query in ["?category=Dresses", "?category=Ties&colour=Nosuch"] {
            let corrected = try site.get(results + query).text
            #expect(corrected.contains("<strong>Looks like: Red.</strong></p>"))
        }
        #expect(try site.get(results + "?colour=Nosuch").text.contains("</span>Colour: Nosuch <span"))
        let dresses = try site.get(results + "?category=Dresses").text
        #expect(dresses.contains("aria-current=\"true\">Dresses <span"))
        #expect(dresses.contains("</span>Category: Dresses <span"))
        let unknown = try TestSite(FixedItems(recognises: false))
        let address = try #require(
            try unknown.upload(TestSite.photo(red: 250, green: 20, blue: 20)).headers["Location"])
        #expect(!(try unknown.get(address).text.contains("Looks like")))
    }

    @Test("another colour of the cut is one tap away, and is no colour to narrow down to as well")
    func sameCut() throws {
        let html = try site.get(results + "?colour=Red&category=Dresses").text
        #expect(html.contains("href=\"\(results)?category=Dresses&amp;as_colour=Black\""))
        let black = try site.get(results + "?category=Dresses&as_colour=Black").text
        #expect(black.contains("Same cut, in Black"))
        #expect(cards(black) == 1)
        #expect(!black.contains("value=\"Black\" checked"), "the form has it as a hidden field alone")
    }

    /// The choices of one kind on a page: their texts with their counts.
    private func row(_ name: String, _ html: String) throws -> [String] {
        let start = try #require(html.range(of: "<ul class=\"quick-list\" aria-label=\"\(name)\"")).upperBound
        let end = try #require(html.range(of: "</div>", range: start..<html.endIndex)).lowerBound
        return html[start..<end].matches(of: #/>([^<>]+) <span class="quick-count">([^<]+)</#).map { "\($0.1) \($0.2)" }
    }

    @Test("a choice says how many items it leaves beside what else is chosen")
    func counts() throws {
        #expect(try row("Category", site.get(results).text).contains("Dresses 2"))
        let red = try site.get(results + "?colour=Red").text
        #expect(try row("Category", red) == ["Dresses 1", "Caps 1"])
        #expect(try row("Colour", red).first == "Red 2", "what is chosen comes first")
        #expect(try row("Colour", red).contains("White 2"))
        #expect(
            try row("Same cut in", site.get(results + "?gender=Men&category=Shirts").text) == ["Blue 1", "White 1"])
    }

    @Test("the same cut is offered in all colours that its category has, the rare ones behind a disclosure")
    func cutColours() throws {
        #expect(try row("Same cut in", site.get("/items/3").text) == ["Black 1"])
        let colours = (1...12).map { Self.piece("\($0)", "Dresses", "Hue \($0)") }
        let shop = try TestSite(
            FixedItems(items: colours + [Self.piece("x", "Dresses", "Hue 12"), Self.piece("y", "Caps", "Lime")]))
        let html = try shop.get("/items/1").text
        let choices = try row("Same cut in", html)
        #expect(choices.count == 11 && choices[0] == "Hue 12 2" && !choices.contains("Lime 1"))
        let further = try #require(html.range(of: "<summary class=\"quick-chip\">More colours</summary>"))
        #expect(html[further.upperBound...].contains("as_colour=Hue%209"))
        // The chosen one is in view wherever it would stand.
        let chosen = try shop.get("/items/1?as_colour=Hue%209").text
        #expect(try row("Same cut in", chosen).first == "Hue 9 1")
    }

    @Test("what an item has in common with the one on the page is told")
    func common() throws {
        let html = try site.get("/items/3").text
        #expect(html.contains("In common: Category\u{A0}· Gender\u{A0}· Season\u{A0}· Sleeve length"))
    }

    @Test("shows twenty, then fifty, and measures as asked")
    func further() throws {
        let items = (0..<60).map { CatalogItemCopy.of(FixedItems.wardrobe[$0 % 6], id: "\(100 + $0)") }
        let shop = try TestSite(FixedItems(items: items))
        let address = try #require(try shop.upload(TestSite.photo(red: 250, green: 20, blue: 20)).headers["Location"])
        #expect(try shop.get(address).text.contains("href=\"\(address)?k=20\""))
        #expect(try shop.get(address + "?k=20").text.contains("href=\"\(address)?k=50\""))
        let all = try shop.get(address + "?k=50&metric=euclidean").text
        #expect(cards(all) == 50)
        #expect(!all.contains(#/>Show \d/#))
        #expect(all.contains("href=\"\(address)?k=50\""), "back to the angle")
    }
}
