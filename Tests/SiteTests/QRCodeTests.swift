import Site
import Testing

@Suite("QR codes")
struct QRCodeTests {
    private static let address = "https://search.shop.example/results/ABCDEFGHIJKLMNOPQRSTUv"

    @Test("have the size of the smallest version that holds the text, and its three finder patterns")
    func structure() throws {
        let code = try #require(QRCode(Self.address))
        // 58 bytes at level M: version 4 (ISO/IEC 18004, table 7).
        #expect(Self.address.utf8.count == 58 && code.side == 33)
        let finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
        for (top, left) in [(0, 0), (0, code.side - 7), (code.side - 7, 0)] {
            for (row, line) in finder.enumerated() {
                for (column, module) in line.enumerated() {
                    #expect(code.isDark(row: top + row, column: left + column) == (module == "1"))
                }
            }
        }
        #expect(code.isDark(row: code.side - 8, column: 8), "the dark module")
    }

    @Test("are drawn as a path with every dark module and a quiet zone of four")
    func path() throws {
        let code = try #require(QRCode(Self.address))
        #expect(code.pictureSide == 41)
        var drawn = Array(repeating: Array(repeating: false, count: code.pictureSide), count: code.pictureSide)
        for run in code.path.matches(of: #/M(\d+) (\d+)h(\d+)v1h-(\d+)z/#) {
            let (x, y, length) = (try #require(Int(run.1)), try #require(Int(run.2)), try #require(Int(run.3)))
            #expect(run.3 == run.4)
            for column in x..<x + length { drawn[y][column] = true }
        }
        for y in 0..<code.pictureSide {
            for x in 0..<code.pictureSide {
                let (row, column) = (y - 4, x - 4)
                let isInside = (0..<code.side).contains(row) && (0..<code.side).contains(column)
                #expect(drawn[y][x] == (isInside && code.isDark(row: row, column: column)))
            }
        }
    }

    @Test("hold up to 2,331 bytes")
    func limits() throws {
        #expect(QRCode("") == nil)
        #expect(try #require(QRCode(String(repeating: "a", count: 2331))).side == 177)
        #expect(QRCode(String(repeating: "a", count: 2332)) == nil)
    }
}
