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

    /// What CLDR says (release 46), but for the space before English's per cent sign and the codes behind English's sums.
    private static let tables: [String: [String]] = [
        "en": ["1,234", "12,345", "1,234,567", "93%", "0.4 ms", "€1,234,567.50", "$39.90", "₹12,345", "CHF"],
        "de": ["1.234", "12.345", "1.234.567", "93 %", "0,4 ms", "1.234.567,50 €", "39,90 $", "12.345 ₹", "CHF"],
        "fr": ["1 234", "12 345", "1 234 567", "93 %", "0,4 ms", "1 234 567,50 €", "39,90 $US", "12 345 ₹", "CHF"],
        "es": ["1234", "12.345", "1.234.567", "93 %", "0,4 ms", "1.234.567,50 €", "39,90 US$", "12.345 INR", "CHF"],
        "hi": ["1,234", "12,345", "12,34,567", "93%", "0.4 मि॰से॰", "€12,34,567.50", "$39.90", "₹12,345", "CHF"],
        "ar": [
            "1,234", "12,345", "1,234,567", "93%", "0.4 ملي ثانية", "1,234,567.50 €", "39.90 US$", "12,345 ₹", "CHF",
        ],
    ]

    @Test("numbers and prices are written as each language does", arguments: ["en", "de", "fr", "es", "hi", "ar"])
    func eachLanguage(tag: String) throws {
        let language = try #require(try Languages(directory: TestSite.languages).language(tag))
        let written = [
            language.number(1234), language.number(12_345), language.number(1_234_567), language.percent(0.93),
            language.milliseconds(0.44), language.price(1_234_567.5, currency: "EUR"),
            language.price(39.9, currency: "USD"), language.price(12_345, currency: "INR"),
            language.price(39.9, currency: "chf").map { $0.contains("CHF") ? "CHF" : $0 },
        ].map { text in
            // Spaces that no line is broken at, and marks of direction, are not told apart here.
            (text ?? "nil").filter { !["\u{200E}", "\u{200F}"].contains($0) }
                .replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ")
        }
        #expect(written == Self.tables[tag])
    }

    @Test(
        "a price is read as the language writes it, and in the plain form",
        arguments: [
            ("en", "39.90", "39.90"), ("en", "1,299", "1299"), ("en", "1,299,000.5", "1299000.5"), ("en", " 5 ", "5"),
            ("en", "39,90", nil), ("en", "1,2999", nil), ("en", ",299", nil), ("en", "1.2.3", nil), ("en", "abc", nil),
            ("en", "", nil), ("en", ".", nil), ("en", "-5", nil), ("en", "1e5", nil), ("en", "0x10", nil),
            ("de", "39,90", "39.90"), ("de", "39.90", "39.90"), ("de", "1.299,50", "1299.50"), ("de", ",5", ".5"),
            ("de", "1.299.000", "1299000"), ("de", "1.299", "1.299"), ("de", "1.29,50", nil), ("de", "39,90,0", nil),
            ("de", "1,299.50", nil), ("de", "1 299,50", nil),
            ("fr", "1 299,50", "1299.50"), ("fr", "1\u{202F}299,50", "1299.50"), ("fr", "1\u{A0}299", "1299"),
            ("fr", "12 99", nil), ("es", "39,9", "39.9"), ("hi", "12,34,567.5", "1234567.5"), ("hi", "1,234,567", nil),
            ("ar", "39.90", "39.90"), ("en", String(repeating: "1", count: 101), nil),
        ])
    func reading(tag: String, text: String, plain: String?) throws {
        let language = try #require(try Languages(directory: TestSite.languages).language(tag))
        #expect(language.numbers.plain(text) == plain)
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
        #expect([0.934, 1.0001, -0.3, .nan].map(english.percent) == ["93%", "100%", "0%", "0%"])
    }
}
