import CatalogStore
import Foundation
import Testing

@Suite("Text of a table")
struct TableTextTests {
    private func table(_ bytes: [UInt8], _ encoding: TableEncoding? = nil) throws -> CatalogTable {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "0.jpg")
        try folder.write(bytes, to: "items.csv")
        return try CatalogFolder(path: folder.path, encoding: encoding).read()
    }

    private let header = Array("id,image,name\n".utf8)

    @Test("what is no UTF-8 is read as Windows-1252, and said to be")
    func windows1252() throws {
        let bytes = header + Array("1,0.jpg,".utf8) + [0xC9, 0x6C, 0x61, 0x6E, 0x20, 0x80, 0x35, 0x0A]
        let table = try table(bytes)
        #expect(table.rows.map(\.item.name) == ["Élan €5"] && table.skipped.isEmpty)
        #expect(table.notes.listed == [TableNote(.encodingGuessed(.windows1252))])
    }

    @Test("bytes that fit neither leave out their row, by its name")
    func neither() throws {
        let bytes = header + Array("1,0.jpg,".utf8) + [0xC9, 0x0A] + Array("2,0.jpg,".utf8) + [0x81, 0x0A]
        let table = try table(bytes)
        #expect(table.rows.map(\.item.name) == ["É"])
        #expect(table.skipped == [SkippedRow(line: 3, id: "2", reason: .undecodable("name", .windows1252))])
    }

    @Test("one damaged row does not make Windows-1252 of a table in UTF-8")
    func damagedUTF8() throws {
        let good = Array("1,0.jpg,Grün\n2,0.jpg,Élan\n".utf8)
        let table = try table(header + good + Array("3,0.jpg,x".utf8) + [0xC3, 0x0A])
        #expect(table.rows.map(\.item.name) == ["Grün", "Élan"] && table.notes.count == 0)
        #expect(table.skipped.map(\.reason) == [.undecodable("name", .utf8)])
    }

    @Test("an encoding that is given counts")
    func forced() throws {
        let text = "1,0.jpg,Élan\n"
        let utf8 = header + Array(text.utf8)
        #expect(try table(utf8, .windows1252).rows.map(\.item.name) == ["Ã‰lan"])
        #expect(
            try table(header + Array("1,0.jpg,".utf8) + [0xC9, 0x0A], .utf8).skipped.map(\.reason.code) == [
                "undecodable"
            ])
        let utf16 = ("id,image,name\n" + text).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try table(utf16, .utf16).rows.map(\.item.name) == ["Élan"])
        // Half a pair.
        let half = try table(utf16 + Array("2,0.jpg,".utf16.flatMap { [UInt8($0 & 0xFF), 0] }) + [0x3D, 0xD8], .utf16)
        #expect(half.rows.count == 1 && half.skipped.map(\.reason) == [.undecodable("name", .utf16)])
    }

    @Test("a NUL leaves out its row; other control characters are removed and noted; a description keeps its lines")
    func controls() throws {
        let text = """
            id,image,name,description,fit\n1,0.jpg,a\0b,,\n2,0.jpg,"Red\u{1B}[31m\u{9B}\ntee","one\n\ttwo\u{7}",sl\u{8}im
            3\u{1B},0.jpg,x,,\n4,0.jpg,plain,,\0\n
            """
        let table = try table(Array(text.utf8))
        #expect(
            table.skipped == [
                SkippedRow(line: 2, id: "1", reason: .nulCharacter("name")),
                SkippedRow(line: 6, id: "3\u{1B}", reason: .badID),
                SkippedRow(line: 7, id: "4", reason: .nulCharacter("fit")),
            ])
        let item = try #require(table.rows.first?.item)
        #expect(
            item.name == "Red[31m tee" && item.description == "one\n\ttwo" && item.attributes.map(\.value) == ["slim"])
        #expect(table.notes.listed.map(\.kind).contains(.controlsRemoved("name")) && table.notes.count == 3)
    }

    @Test("a field has the API's bound, and so has the number of attributes")
    func bounds() throws {
        let long = String(repeating: "é", count: 5001)
        let fits = String(long.dropLast())
        let bounded = try table(header + Array("1,0.jpg,\(long)\n2,0.jpg,\(fits)\n".utf8))
        #expect(bounded.rows.map(\.item.id) == ["2"])
        #expect(bounded.skipped == [SkippedRow(line: 2, id: "1", reason: .fieldTooLong("name", bytes: 10_002))])
        func wide(_ count: Int) -> [UInt8] {
            Array(("id,image," + (0..<count).map { "c\($0)" }.joined(separator: ",") + "\n").utf8)
        }
        #expect(try table(wide(200)).rows.isEmpty)
        let error = #expect(throws: CatalogError.self) { try table(wide(3000)) }
        let text = "\(try #require(error))"
        #expect(text.contains("3000 columns") && text.contains("200"))
        #expect(throws: CatalogError.self) {
            try table(Array("id,image,\(String(repeating: "x", count: 201))\n".utf8))
        }
    }
}
