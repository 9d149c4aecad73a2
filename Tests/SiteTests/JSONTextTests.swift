import CatalogStore
import Foundation
import Recommender
import Site
import Testing

@Suite("JSON of a search")
struct JSONTextTests {
    private static func encoded(_ answer: APISearchAnswer) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(answer), as: UTF8.self)
    }

    private static func match(_ text: String, price: Double?, score: Float) -> Match {
        let item = CatalogItem(
            id: text, name: text, category: text, colour: nil, gender: text, price: price, currency: "EUR", url: text,
            description: text,
            attributes: [
                (name: text, value: text), (name: "b", value: ""), (name: "B", value: "2"), (name: "a10", value: "x"),
                (name: "a9", value: "y"), (name: "ü", value: "é"), (name: "", value: "nameless"),
            ], contentHash: "h", imagePath: "i.jpg")
        return Match(item: item, score: score, closeness: .similar)
    }

    @Test(
        "is what an encoder writes, to the byte",
        arguments: [
            "plain", "", "with \"quotes\" and \\ and / and </script>",
            "\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1B}\u{1F}\u{7F}",
            "ä ß 漢字 👗 e\u{301} \u{2028}\u{2029}\u{FEFF}",
        ])
    func sameAsEncoder(text: String) throws {
        let prices: [Double?] = [nil, 0, -0.0, 5, 1299, 39.9, 0.1 + 0.2, 1e-7, 1e15, 1e16, 1.5e300, 123_456_789.25]
        let matches = prices.map { Self.match(text, price: $0, score: 0.98765) }
        for answer in [
            APISearchAnswer(model: text, timings: .init(decode: 1.25, embed: 9, since: .now), matches: matches),
            APISearchAnswer(model: text, timings: .init(since: .now), matches: []),
        ] {
            #expect(try Self.encoded(answer) == String(decoding: answer.json, as: UTF8.self))
        }
    }

    @Test("leaves out a price that is no number")
    func noNumber() throws {
        let matches = [Double.nan, .infinity].map { Self.match("x", price: $0, score: 1) }
        let answer = APISearchAnswer(model: "m", timings: .init(since: .now), matches: matches)
        #expect(try Self.encoded(answer) == String(decoding: answer.json, as: UTF8.self))
        #expect(!String(decoding: answer.json, as: UTF8.self).contains("price"))
    }
}
