import Foundation
import HTTPCore
import Site
import Testing

@Suite("Pages")
struct PageTests {
    /// The page as it was when somebody last looked at it and found it right. To accept a change, remove the file of the
    /// page in `Golden` and run the test once; it then fails and leaves the new one.
    private func expectGolden(_ name: String, _ response: HTTPResponse, token: String = "TOKEN") throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Golden/\(name).html"
        let html = response.text.replacing(token, with: "TOKEN")
            .replacing(#/\?v=[0-9a-f]+/#, with: "?v=HASH").replacing(#/scripts-[0-9a-f]+/#, with: "scripts-HASH")
            .replacing(#/in [0-9.,]+\u{A0}ms/#, with: "in 1 ms")
            .replacing(#/data-texts>[^<]*</#, with: "data-texts>TEXTS<")
        guard let golden = FileManager.default.contents(atPath: path) else {
            try Data(html.utf8).write(to: URL(fileURLWithPath: path))
            Issue.record("\(name).html was not there; it has been written and wants to be looked at")
            return
        }
        let expected = String(decoding: golden, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let lines = html.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, (line, wanted)) in zip(lines, expected).enumerated() where line != wanted {
            Issue.record("\(name).html, line \(number + 1):\n  is     \(line)\n  should \(wanted)")
            return
        }
        #expect(lines.count == expected.count)
    }

    private func uploaded(_ site: TestSite, red: UInt8 = 250, green: UInt8 = 20, blue: UInt8 = 20) throws -> String {
        let response = try site.upload(TestSite.photo(red: red, green: green, blue: blue))
        #expect(response.status == 303)
        return try #require(response.headers["Location"])
    }

    @Test("each page is as it was found right")
    func golden() throws {
        let site = try TestSite()
        try expectGolden("home", site.get("/"))
        try expectGolden("item", site.get("/items/3"))
        try expectGolden("catalog", site.get("/catalog?colour=White"))
        try expectGolden("favourites", site.get("/favourites", headers: ["Cookie": "favourites=3:5"]))
        try expectGolden("about", site.get("/about"))
        try expectGolden("error", site.get("/items/none"))
        let address = try uploaded(site)
        let token = String(address.dropFirst("/results/".count))
        try expectGolden("results", site.get(address), token: token)
    }

    @Test("a photo leads to its results: the photo, five items, how close each one is")
    func results() throws {
        let site = try TestSite()
        let address = try uploaded(site)
        let response = try site.get(address)
        #expect(response.status == 200)
        #expect(response.headers["Cache-Control"] == "private, no-store")
        #expect(response.text.ranges(of: "<li class=\"card\">").count == 5)
        #expect(response.text.contains("<span class=\"closeness-words\">Very close</span>"))
        #expect(response.text.contains("src=\"\(address)/photo.jpg\""))
        let photo = try site.get(address + "/photo.jpg")
        #expect(photo.headers["Content-Type"] == "image/jpeg")
        #expect(photo.headers["Cache-Control"] == "private, no-store")
        guard case .bytes(let bytes) = photo.body else {
            Issue.record("the photo is not in memory")
            return
        }
        #expect(bytes.starts(with: [0xFF, 0xD8, 0xFF]))
    }

    @Test("results can be filtered by their address, and what is no attribute says nothing")
    func filteredResults() throws {
        let site = try TestSite()
        let address = try uploaded(site)
        let shirts = try site.get(address + "?category=Shirts&colour=").text
        #expect(shirts.ranges(of: "<li class=\"card\">").count == 2)
        #expect(shirts.contains("value=\"Shirts\" checked> <span class=\"choice-text\">Shirts</span>"))
        #expect(try site.get(address + "?category=Socks").text.contains("No item passes these filters"))
        let tagged = try site.get(address + "?fbclid=x1&category=Shirts&gclid=y2")
        #expect(tagged.status == 200)
        #expect(tagged.text.ranges(of: "<li class=\"card\">").count == 2)
        #expect(!tagged.text.contains(#/href="[^"]*fbclid/#), "no link carries it on")
        let similar = try site.get("/api/v1/items/3/similar?fabric=silk")
        #expect(similar.status == 400)
        #expect(similar.text.contains("Filter by: category, colour"))
    }

    @Test("a photo that nothing is close to is said to be so")
    func nothingClose() throws {
        let site = try TestSite(FixedItems(embedding: [-1, 0, 0]))
        #expect(try site.get(uploaded(site)).text.contains("Nothing in the catalog comes close to your photo"))
        let unknown = try TestSite(FixedItems(recognises: false))
        #expect(try unknown.get(uploaded(unknown)).text.contains("Nothing in the catalog comes close to your photo"))
        let other = try TestSite()
        #expect(!(try other.get(uploaded(other)).text.contains("Nothing in the catalog comes close")))
    }

    @Test("a photo can be discarded at once")
    func discard() throws {
        let site = try TestSite()
        let address = try uploaded(site)
        let answer = try site.send(.post, address + "/discard")
        #expect(answer.headers["Location"] == "/")
        #expect(answer.headers["Clear-Site-Data"] == "\"cache\"", "also the page behind the back button")
        #expect(try site.get(address).status == 410)
    }

    @Test("a large photo is kept at 960 pixels a side at most")
    func displayPhoto() throws {
        let site = try TestSite()
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20, width: 1200, height: 1600)
        let address = try #require(try site.upload(photo).headers["Location"])
        #expect(try site.get(address).text.contains("width=\"720\" height=\"960\""))
        #expect(site.site.results.usage.bytes < 100_000)
    }

    @Test("an item shows what is known of it, and its nearest without itself")
    func item() throws {
        let html = try TestSite().get("/items/3").text
        for text in ["Wrap dress", "$89.50", "Made to be worn often.", "Sleeve length", "https://shop.example/3"] {
            #expect(html.contains(text), "\(text)")
        }
        let nearest =
            try #require(html.split(separator: "id=\"similar\"").last)
            .split(separator: "id=\"outfit\"").first ?? ""
        #expect(nearest.ranges(of: "<li class=\"card\">").count == 5)
        #expect(!html.contains("href=\"/items/3\""))
    }

    @Test("the catalog has pages with an end")
    func catalogPages() throws {
        let items = (0..<60).map { number in
            let item = FixedItems.wardrobe[number % 6]
            return CatalogItemCopy.of(item, id: "\(100 + number)")
        }
        let site = try TestSite(FixedItems(items: items))
        let second = try site.get("/catalog?page=2&category=Shirts&category=Dresses").text
        #expect(second.ranges(of: "<li class=\"card\">").count == 16)
        let third = try site.get("/catalog?page=3").text
        #expect(third.contains("rel=\"prev\"") && !third.contains("rel=\"next\""))
        #expect(third.contains("<span aria-current=\"page\" aria-label=\"Page 3\">3</span>"))
        for page in ["4", "0", "x", "-1"] {
            #expect([400, 404].contains(try site.get("/catalog?page=\(page)").status))
        }
        #expect(try site.get("/catalog?page=4").status == 404)
        for address in ["/catalog?page=", "/catalog?gclid=x&page=1&fbclid=y"] {
            let first = try site.get(address)
            #expect(first.status == 200)
            #expect(first.text.contains("aria-label=\"Page 1\">1</span>"))
            #expect(!first.text.contains(#/href="[^"]*clid/#))
        }
    }

    @Test("an empty catalog is a friendly page everywhere")
    func empty() throws {
        let site = try TestSite(FixedItems(items: []))
        for address in ["/", "/catalog"] {
            let response = try site.get(address)
            #expect(response.status == 200)
            #expect(response.text.contains("The catalog is still empty"))
        }
        for address in [try uploaded(site), try uploaded(site) + "?fbclid=1", "/catalog?category=Shirts"] {
            let response = try site.get(address)
            #expect(response.status == 200)
            #expect(response.text.contains("The catalog is still empty"))
            #expect(!response.text.contains("passes these filters"))
        }
    }
}
