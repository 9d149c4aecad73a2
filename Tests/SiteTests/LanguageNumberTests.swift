import Site
import Testing

@Suite("Numbers of languages")
struct LanguageNumberTests {
    private let english = TestSite.english

    @Test(
        "prices are written as their currency is",
        arguments: [
            (39.9, "EUR", "€39.90"), (39.9, "USD", "$39.90"), (1234.5, "GBP", "£1,234.50"), (1299, "INR", "₹1,299"),
            (1299.5, "INR", "₹1,299.50"), (4900, "JPY", "¥4,900"), (39.9, "CHF", "39.90 CHF"), (39.9, "", "39.90"),
            (40, "", "40"), (0, "EUR", "€0.00"), (19.99, "eur", "€19.99"), (0.05, "USD", "$0.05"),
            (1_234_567.891, "EUR", "€1,234,567.89"),
        ])
    func prices(amount: Double, currency: String, text: String) {
        #expect(english.price(amount, currency: currency) == text)
    }

    @Test("there is no price for what is no sum of money", arguments: [nil, Double.nan, .infinity, -1, 1e300])
    func noPrice(amount: Double?) {
        #expect(english.price(amount, currency: "EUR") == nil)
    }

    @Test("counts have commas between thousands")
    func counts() {
        #expect(
            [0, 999, 1000, 42_212, 1_000_000, -1234].map(english.number) == [
                "0", "999", "1,000", "42,212", "1,000,000", "-1,234",
            ])
        #expect(english.number(.min) == "-9,223,372,036,854,775,808")
    }

    @Test("milliseconds have a decimal only where it says something")
    func milliseconds() {
        #expect(
            [0.04, 0.44, 9.94, 9.96, 12.6, -1, .infinity].map(english.milliseconds) == [
                "0.0\u{A0}ms", "0.4\u{A0}ms", "9.9\u{A0}ms", "10\u{A0}ms", "13\u{A0}ms", "0.0\u{A0}ms",
                "1,000,000,000,000\u{A0}ms",
            ])
    }

    @Test("percentages stay between 0 and 100, whatever the score")
    func percentages() {
        #expect([0.934, 1.0001, -0.3, .nan].map(english.percent) == ["93 %", "100 %", "0 %", "0 %"])
    }
}
