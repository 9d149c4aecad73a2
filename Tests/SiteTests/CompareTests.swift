import HTTPCore
import ImageCodecs
import Site
import Testing

@Suite("Comparing two pictures")
struct CompareTests {
    /// A photo whose left half is red and whose right half is black.
    private func halfRed() throws -> [UInt8] {
        let pixels = (0..<30).flatMap { _ in (0..<40).flatMap { $0 < 20 ? [250, 20, 20] : [0, 0, 0] as [UInt8] } }
        return try JPEGEncoder.encode(RGBImage(width: 40, height: 30, pixels: pixels), quality: 90)
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
