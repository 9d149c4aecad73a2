import Site
import Testing

@Suite("Text format")
struct TextFormatTests {
    @Test("percentages stay between 0 and 100, whatever the score")
    func percentages() {
        #expect([0.934, 1.0001, -0.3, .nan, 0.005].map(TextFormat.percent) == [93, 100, 0, 0, 1])
    }

    @Test("everything but unreserved characters is percent-encoded")
    func encoding() {
        #expect(TextFormat.encoded("a-Z_0.9~") == "a-Z_0.9~")
        #expect(TextFormat.encoded("a/b c?&#%ü\u{7}") == "a%2Fb%20c%3F%26%23%25%C3%BC%07")
        #expect(TextFormat.address("/catalog", []) == "/catalog")
        #expect(TextFormat.address("/catalog", [("a b", "c&d"), ("page", "2")]) == "/catalog?a%20b=c%26d&page=2")
    }

    @Test("column names become words")
    func columns() {
        #expect(TextFormat.words("sleeve_length") == "Sleeve length")
        #expect(TextFormat.words("baseColour") == "Base colour")
        #expect(TextFormat.words("season") == "Season")
        #expect(TextFormat.words("") == "")
    }

    @Test("a long listing shows its first and last page, and those around the current one")
    func pagination() {
        func shown(_ page: Int, _ pages: Int) -> String {
            Pagination(address: "/catalog", filters: [], page: page, pages: pages, in: TestSite.english).places
                .map { $0.isGap ? "…" : $0.isCurrent ? "[\($0.number)]" : $0.number }.joined(separator: " ")
        }
        #expect(shown(1, 1) == "[1]")
        #expect(shown(1, 12) == "[1] 2 … 12")
        #expect(shown(3, 12) == "1 2 [3] 4 … 12")
        #expect(shown(4, 12) == "1 2 3 [4] 5 … 12")
        #expect(shown(6, 12) == "1 … 5 [6] 7 … 12")
        #expect(shown(12, 12) == "1 … 11 [12]")
        let middle = Pagination(
            address: "/catalog", filters: [("colour", "Navy Blue")], page: 2, pages: 3,
            in: TestSite.english)
        #expect(middle.previous == "/catalog?colour=Navy%20Blue")
        #expect(middle.next == "/catalog?colour=Navy%20Blue&page=3")
    }
}
