import CatalogStore
import Testing

@Suite("CSV reader")
struct CSVReaderTests {
    private func fields(_ text: String) -> [[String]] {
        CSVReader(Array(text.utf8)).map(\.fields)
    }

    @Test("reads quoted fields, doubled quotes and line breaks inside quotes")
    func quoting() {
        #expect(
            fields("a,\"b, c\",\"say \"\"hi\"\"\"\r\n1,\"two\nlines\",3\n") == [
                ["a", "b, c", "say \"hi\""], ["1", "two\nlines", "3"],
            ])
    }

    @Test("takes LF, CRLF, CR and a missing last line end; leaves empty lines out")
    func lineEnds() {
        for end in ["\n", "\r\n", "\r"] {
            #expect(fields("a,b\(end)\(end)1,2\(end)3,4") == [["a", "b"], ["1", "2"], ["3", "4"]])
        }
    }

    @Test("keeps empty fields, also the last one")
    func emptyFields() {
        #expect(fields("a,b,c\n,,\n1,,") == [["a", "b", "c"], ["", "", ""], ["1", "", ""]])
    }

    @Test("drops a byte-order mark and finds semicolons and tabs by itself")
    func spreadsheets() {
        #expect(fields("\u{FEFF}id;image\n1;a,b.jpg\n") == [["id", "image"], ["1", "a,b.jpg"]])
        #expect(fields("id\timage\n1\ta.jpg\n") == [["id", "image"], ["1", "a.jpg"]])
    }

    @Test("numbers records by the line on which they start")
    func lineNumbers() {
        let lines = CSVReader(Array("a,b\n\"x\ny\",1\n\nz,2\n".utf8)).map(\.line)
        #expect(lines == [1, 2, 5])
    }

    @Test("keeps quotes in the middle of a field, and says where quotes were left open")
    func strayQuotes() {
        #expect(fields("a,5\" heel\n") == [["a", "5\" heel"]])
        var reader = CSVReader(Array("a,b\n1,\"open\n2,3\n".utf8))
        while reader.next() != nil {}
        #expect(reader.unterminatedQuoteLine == 2)
    }

    @Test("repairs invalid UTF-8 and never fails on any bytes")
    func anyBytes() {
        #expect(CSVReader([0x61, 0x2C, 0xFF, 0x0A]).map(\.fields) == [["a", "\u{FFFD}"]])
        for seed in 0..<200 {
            let bytes = (0..<64).map { UInt8(truncatingIfNeeded: ($0 &* 31 &+ seed) &* (seed &+ 7) >> 2) }
            let total = CSVReader(bytes).reduce(0) { $0 + $1.fields.count }
            #expect(total <= 65)
        }
    }
}
