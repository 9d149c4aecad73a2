import CatalogStore
import Foundation
import Testing

@Suite("Prices of a table")
struct PriceTests {
    /// The items of a table with a price column, and maybe a currency column, and the notes on it.
    private func table(_ prices: [String], currencies: [String]? = nil) throws -> CatalogTable {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "a.jpg")
        let rows = prices.enumerated().map { index, price in
            "\(index),a.jpg,\"\(price)\"" + (currencies.map { "," + $0[index] } ?? "")
        }
        let header = "id,image,price" + (currencies == nil ? "" : ",currency")
        try folder.write(([header] + rows).joined(separator: "\n"), to: "items.csv")
        return try CatalogFolder(path: folder.path).read()
    }

    @Test(
        "a price is read as people write it",
        arguments: [
            ("39.90", 39.9, nil), ("1.234,50", 1234.5, nil), ("1,234.50", 1234.5, nil), ("1.234.567", 1_234_567, nil),
            ("1,234,567.5", 1_234_567.5, nil), ("1 299,00", 1299, nil), ("1'299.00", 1299, nil),
            ("12,34,567", 1_234_567, nil),
            ("19,9", 19.9, nil), (".5", 0.5, nil), ("12,-", 12, nil), ("1234.567", 1234.567, nil),
            ("0,125", 0.125, nil),
            ("0", 0, nil), ("£12.50", 12.5, "GBP"), ("10 EUR", 10, "EUR"), ("EUR10", 10, "EUR"),
            ("12,50 €", 12.5, "EUR"),
            ("€ 12,-", 12, "EUR"), ("US$12", 12, "USD"), ("1\u{A0}299 zł", 1299, "PLN"), ("$12", 12, nil),
            ("Rs. 500", 500, nil),
        ] as [(String, Double, String?)])
    func forms(text: String, amount: Double, currency: String?) throws {
        let table = try table([text])
        #expect(table.rows.first?.item.price == amount && table.rows.first?.item.currency == currency, "\(table)")
        #expect(table.notes.listed.map(\.kind.code) == (["$12", "Rs. 500"].contains(text) ? ["currency_unclear"] : []))
    }

    @Test(
        "what is no price is named with its row, and the item kept without it",
        arguments: [
            "abc", "-5", "NaN", "1e20", "inf", "0x10", "12-15", "1.23.45", "1,2,3", "12 34", "1,234.56.78", "10 XYZ",
            "€10 USD",
            "99999999999999", "(12)", "1..2",
        ])
    func noPrices(text: String) throws {
        let table = try table(["5", text])
        #expect(table.rows.map(\.item.price) == [5, nil] && table.skipped.isEmpty)
        let note = try #require(table.notes.listed.first)
        #expect(table.notes.count == 1 && note.line == 3 && note.id == "1" && note.kind.code == "price_not_understood")
        #expect(note.kind.description.contains(text))
    }

    @Test(
        "three digits behind one mark are what the other prices of the column say, else thousands, which is noted once")
    func ambiguous() throws {
        func prices(_ texts: String...) throws -> [Double?] { try table(texts).rows.map(\.item.price) }
        #expect(try prices("1.234", "19.99") == [1.234, 19.99])
        #expect(try prices("1.234", "19,99") == [1234, 19.99])
        #expect(try prices("1,234", "1.234.567") == [1.234, 1_234_567])
        #expect(try prices("1,234", "12.50", "8.99", "7,5") == [1234, 12.5, 8.99, 7.5])
        let alone = try table(["1.299", "2.499", "5"])
        #expect(alone.rows.map(\.item.price) == [1299, 2499, 5])
        #expect(alone.notes.listed == [TableNote(line: 2, id: "0", .priceGrouped("1.299"))])
    }

    @Test("the row's currency counts, and a price in another one is not taken")
    func currencies() throws {
        let table = try table(["€5", "$5", "$5", "5", "5 USD"], currencies: ["", "CAD", "EUR", "€", "usd"])
        #expect(table.rows.map(\.item.price) == [5, 5, nil, 5, 5])
        #expect(table.rows.map(\.item.currency) == ["EUR", "CAD", "EUR", "EUR", "USD"])
        #expect(table.notes.listed.map(\.line) == [4])
    }
}
