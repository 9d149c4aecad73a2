import Site
import Testing

@Suite("Text format")
struct TextFormatTests {
    @Test(
        "prices are written as their currency is",
        arguments: [
            (39.9, "EUR", "€39.90"), (39.9, "USD", "$39.90"), (1234.5, "GBP", "£1,234.50"), (1299, "INR", "₹1,299"),
            (1299.5, "INR", "₹1,299.50"), (4900, "JPY", "¥4,900"), (39.9, "CHF", "39.90 CHF"), (39.9, "", "39.90"),
            (40, "", "40"), (0, "EUR", "€0.00"), (19.99, "eur", "€19.99"), (0.05, "USD", "$0.05"),
            (1_234_567.891, "EUR", "€1,234,567.89"),
        ])
    func prices(amount: Double, currency: String, text: String) {
        #expect(TextFormat.price(amount, currency: currency) == text)
    }

    @Test("there is no price for what is no sum of money", arguments: [nil, Double.nan, .infinity, -1, 1e300])
    func noPrice(amount: Double?) {
        #expect(TextFormat.price(amount, currency: "EUR") == nil)
    }

    @Test("counts have commas between thousands")
    func counts() {
        #expect(
            [0, 999, 1000, 42_212, 1_000_000, -1234].map(TextFormat.count) == [
                "0", "999", "1,000", "42,212", "1,000,000", "-1,234",
            ])
    }

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

    @Test("milliseconds have a decimal only where it says something")
    func milliseconds() {
        #expect(
            [0.04, 0.44, 9.94, 9.96, 12.6].map(TextFormat.milliseconds) == [
                "0.0\u{A0}ms", "0.4\u{A0}ms", "9.9\u{A0}ms", "10\u{A0}ms", "13\u{A0}ms",
            ])
    }

    @Test("column names become words")
    func columns() {
        #expect(ItemDetailPage.words("sleeve_length") == "Sleeve length")
        #expect(ItemDetailPage.words("baseColour") == "Base colour")
        #expect(ItemDetailPage.words("season") == "Season")
        #expect(ItemDetailPage.words("") == "")
    }

    @Test("a long listing shows its first and last page, and those around the current one")
    func pagination() {
        func shown(_ page: Int, _ pages: Int) -> String {
            Pagination(address: "/catalog", filters: [], page: page, pages: pages).places
                .map { $0.isGap ? "…" : $0.isCurrent ? "[\($0.number)]" : $0.number }.joined(separator: " ")
        }
        #expect(shown(1, 1) == "[1]")
        #expect(shown(1, 12) == "[1] 2 … 12")
        #expect(shown(3, 12) == "1 2 [3] 4 … 12")
        #expect(shown(4, 12) == "1 2 3 [4] 5 … 12")
        #expect(shown(6, 12) == "1 … 5 [6] 7 … 12")
        #expect(shown(12, 12) == "1 … 11 [12]")
        let middle = Pagination(address: "/catalog", filters: [("colour", "Navy Blue")], page: 2, pages: 3)
        #expect(middle.previous == "/catalog?colour=Navy%20Blue")
        #expect(middle.next == "/catalog?colour=Navy%20Blue&page=3")
    }
}
