import Foundation
import HTTPCore
import ImageCodecs
import Site
import Testing

@Suite("Comparing two pictures")
struct CompareTests {
    /// A photo whose left half has one colour and whose right half another.
    private func halves(_ left: [UInt8], _ right: [UInt8]) throws -> [UInt8] {
        let pixels = (0..<30).flatMap { _ in (0..<40).flatMap { $0 < 20 ? left : right } }
        return try JPEGEncoder.encode(RGBImage(width: 40, height: 30, pixels: pixels), quality: 90)
    }

    private func halfRed() throws -> [UInt8] { try halves([250, 20, 20], [0, 0, 0]) }

    /// The per cent on the card of item 3, and where the card leads for comparing.
    private func card(_ page: HTTPResponse) throws -> (percent: Substring, link: String) {
        let card = try #require(page.text.split(separator: "<li class=\"card\">").first { $0.contains("/compare/3") })
        let percent = try #require(card.firstMatch(of: /closeness-number">(\d+%)</)?.1)
        let link = try #require(card.firstMatch(of: /href="([^"]+\/compare\/3[^"]*)"/)?.1)
        return (percent, String(link).replacing("&amp;", with: "&"))
    }

    /// Every per cent that a comparison states before its pictures.
    private func stated(_ page: HTTPResponse) -> [Substring] {
        page.text.matches(of: /<p class="lead compared-lead">(.+)<\/p>/).flatMap {
            $0.1.matches(of: /\d+%/).map(\.0)
        }
    }

    @Test("shows both pictures, and tells in words which part agrees most")
    func photo() throws {
        let site = try TestSite()
        let results = try #require(try site.upload(halfRed()).headers["Location"])
        #expect(try site.get(results).text.contains("href=\"\(results)/compare/3\""))
        let page = try site.get(results + "/compare/3")
        #expect(page.status == 200)
        #expect(page.headers["Cache-Control"] == "private, no-store")
        #expect(page.text.contains("alt=\"Your photo. The left side agrees most"))
        #expect(page.text.contains("src=\"\(results)/photo.jpg\""))
        #expect(page.text.contains("src=\"/images/3.jpg\""))
        #expect(page.text.contains("<a class=\"button button-quiet\" href=\"\(results)\">"))
        #expect(page.text.contains("<dt>Colour</dt><dd>Red</dd>"))
        // One line round the left half, none between its parts.
        let line = try #require(page.text.firstMatch(of: /class="agreeing-line" d="([^"]*)"/)).1
        #expect(line.contains("M20 0L20 30") && !line.contains("L40"), "\(line)")
    }

    @Test("says the same per cent as the card, also of a part of the photo", arguments: ["", "&crop=500,0,500,1000"])
    func part(_ crop: String) throws {
        let site = try TestSite()
        let results = try #require(try site.upload(halves([250, 20, 20], [60, 60, 250])).headers["Location"])
        let card = try card(site.get(results + "?k=8" + crop))
        let page = try site.get(card.link)
        #expect(stated(page) == [card.percent])
        let whole = try self.card(site.get(results + "?k=8"))
        #expect(crop.isEmpty == (card.percent == whole.percent))
        #expect(page.text.contains("<a class=\"button button-quiet\" href=\"\(results)?"), "back to where it began")
        #expect(page.text.contains("k=8"))
    }

    @Test("shows the part that was looked for, and where in it the two agree")
    func picture() throws {
        let site = try TestSite()
        let results = try #require(try site.upload(halfRed()).headers["Location"])
        let page = try site.get(results + "/compare/3?crop=0,0,750,1000")
        #expect(page.text.contains("src=\"\(results)/part.jpg?crop=0%2C0%2C750%2C1000\""))
        #expect(page.text.contains("width=\"30\" height=\"30\""))
        #expect(page.text.contains("alt=\"Your photo: the part that was looked for. The left side agrees most"))
        let part = try site.get(results + "/part.jpg?crop=0,0,750,1000")
        #expect(part.headers["Content-Type"] == "image/jpeg")
        #expect(part.headers["Cache-Control"] == "private, no-store")
        guard case .bytes(let bytes) = part.body else { throw HTTPError(500, code: "test", message: "no bytes") }
        let shown = try ImageDecoder.decode(bytes)
        #expect((shown.width, shown.height) == (30, 30))
        #expect(try site.get("/results/none/part.jpg?crop=0,0,750,1000").status == 410)
    }

    @Test("of several photos together, shows the one most like the item, and says both numbers")
    func together() throws {
        let site = try TestSite()
        let photos = [try halves([30, 30, 250], [30, 30, 250]), try halfRed()]
        let results = try #require(try site.upload(photos).headers["Location"])
        let card = try card(site.get(results + "?k=8"))
        let page = try site.get(card.link)
        #expect(page.text.contains("src=\"\(results)/photo.jpg?photo=2\""))
        #expect(page.text.contains("All your photos together are \(card.percent) like this item. Photo 2, shown here"))
        let second = try self.card(site.get(results + "?k=8&photo=2"))
        #expect(stated(page) == [card.percent, second.percent])
        #expect(stated(try site.get(second.link)) == [second.percent])
    }

    @Test("says why the card's per cent is another one, where more counts", arguments: ["/items/5", ""])
    func refined(_ address: String) throws {
        let site = try TestSite()
        let address =
            address.isEmpty
            ? try #require(try site.upload(halves([250, 20, 20], [60, 60, 250])).headers["Location"]) : address
        let plain = try card(site.get(address + "?k=8"))
        let card = try card(site.get(address + "?k=8&less=6&as_colour=Red"))
        #expect(card.percent != plain.percent)
        let page = try site.get(card.link)
        #expect(stated(page) == [plain.percent, card.percent])
        #expect(page.text.contains("In the list it says \(card.percent), because"))
        #expect(page.text.contains("href=\"\(address)?"))
        #expect(page.text.contains("less=6"))
    }

    @Test("what the address has beyond the catalog's attributes does no harm")
    func strayParameters() throws {
        let site = try TestSite()
        #expect(try site.get("/items/3/compare/4?newsletter=may&more=none").status == 200)
        #expect(try site.get("/items/3/compare/4?as_colour=Plaid").status == 400)
        #expect(try site.get("/items/3/compare/4?k=many").status == 400)
    }

    @Test("two items can be compared; what is not there cannot")
    func items() throws {
        let site = try TestSite()
        let page = try site.get("/items/3/compare/4")
        #expect(page.status == 200)
        #expect(page.text.contains("<dt>Category</dt><dd>Dresses</dd>"))
        #expect(!page.text.contains("<dt>Colour</dt>"), "they differ in it")
        #expect(try site.get("/items/3/compare/none").status == 404)
        #expect(try site.get("/items/none/compare/3").status == 404)
        #expect(try site.get("/results/none/compare/3").status == 410)
        #expect(try site.get("/items/3/compare/" + TextFormat.encoded("a/b c?&#%ü")).status == 200)
    }
}
