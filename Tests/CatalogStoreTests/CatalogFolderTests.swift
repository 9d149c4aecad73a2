import CatalogStore
import Foundation
import Testing

/// A folder below the temporary one that is removed at the end.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "vitrine-test-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try write(Array(text.utf8), to: name)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }
}

@Suite("Catalog folder")
struct CatalogFolderTests {
    @Test("reads items.csv: known columns, other columns as attributes, images beside it or in images/")
    func ownLayout() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "a.jpg")
        try folder.write("x", to: "images/b.png")
        try folder.write(
            """
            id,image,name,category,color,gender,price,currency,url,description,Season,fit
            1,a.jpg,"Tee, red",T-shirts,Red,Women,"19,90",EUR,https://shop.example/1,Soft,Summer,
            2,b.png,,,,,"1,299.00",,,,,slim
            """, to: "items.csv")
        let table = try CatalogFolder(path: folder.path).read()
        #expect(table.skipped.isEmpty)
        #expect(
            table.rows.map(\.item) == [
                CatalogItem(
                    id: "1", name: "Tee, red", category: "T-shirts", colour: "Red", gender: "Women", price: 19.9,
                    currency: "EUR", url: "https://shop.example/1", description: "Soft",
                    attributes: [(name: "Season", value: "Summer")], imagePath: "a.jpg"),
                CatalogItem(
                    id: "2", price: 1299, attributes: [(name: "fit", value: "slim")], imagePath: "images/b.png"),
            ])
    }

    @Test("reads the Kaggle layout, with unquoted commas in the last column")
    func kaggleLayout() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "images/15970.jpg")
        try folder.write(
            """
            id,gender,masterCategory,articleType,baseColour,season,year,usage,productDisplayName
            15970,Men,Apparel,Shirts,Navy Blue,Fall,2011,Casual,Turtle, Check, Men Shirt
            39386,Men,Apparel,Jeans,Blue,Summer,2012,Casual,Jeans
            """, to: "styles.csv")
        let table = try CatalogFolder(path: folder.path).read()
        let item = try #require(table.rows.first?.item)
        #expect(item.name == "Turtle, Check, Men Shirt" && item.category == "Shirts" && item.colour == "Navy Blue")
        #expect(item.attributes.map(\.name) == ["masterCategory", "season", "year", "usage"])
        #expect(item.imagePath == "images/15970.jpg")
        #expect(table.skipped == [SkippedRow(line: 3, id: "39386", reason: .noSuchImage("images/39386.jpg"))])
    }

    @Test("reports every unusable row with its line and reason, and keeps the others")
    func skippedRows() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "a.jpg")
        try folder.write(
            """
            id,image,name
            1,a.jpg,good
            2,a.jpg
            3,a.jpg,one,too many
            ,a.jpg,no id
            a/b,a.jpg,slash
            1,a.jpg,again
            4,,no image
            5,gone.jpg,missing
            6,../a.jpg,outside
            7,/etc/hostname,absolute
            8,a.jpg,good
            9,a.jpg,"open
            """, to: "items.csv")
        let table = try CatalogFolder(path: folder.path).read()
        #expect(table.rows.map(\.item.id) == ["1", "8"])
        #expect(
            table.skipped == [
                SkippedRow(line: 3, id: "2", reason: .fieldCount(got: 2, expected: 3)),
                SkippedRow(line: 4, id: "3", reason: .fieldCount(got: 4, expected: 3)),
                SkippedRow(line: 5, id: nil, reason: .badID),
                SkippedRow(line: 6, id: "a/b", reason: .badID),
                SkippedRow(line: 7, id: "1", reason: .duplicateID(firstLine: 2)),
                SkippedRow(line: 8, id: "4", reason: .noImageName),
                SkippedRow(line: 9, id: "5", reason: .noSuchImage("gone.jpg")),
                SkippedRow(line: 10, id: "6", reason: .noSuchImage("../a.jpg")),
                SkippedRow(line: 11, id: "7", reason: .noSuchImage("/etc/hostname")),
                SkippedRow(line: 13, id: nil, reason: .unterminatedQuote),
            ])
    }

    @Test("reads a table in UTF-16, as spreadsheets write it")
    func utf16() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "a.jpg")
        let text = "id\timage\tname\n1\ta.jpg\tGrün\n"
        for isLittle in [true, false] {
            var data: [UInt8] = isLittle ? [0xFF, 0xFE] : [0xFE, 0xFF]
            for unit in text.utf16 {
                let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
                data += isLittle ? bytes : bytes.reversed()
            }
            try folder.write(data, to: "items.csv")
            #expect(try CatalogFolder(path: folder.path).read().rows.map(\.item.name) == ["Grün"])
        }
    }

    @Test("says what is missing when a folder is no catalog")
    func notACatalog() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CatalogError.noFolder(folder.path + "/none")) { try CatalogFolder(path: folder.path + "/none") }
        #expect(throws: CatalogError.noTable(folder: folder.path, found: [])) { try CatalogFolder(path: folder.path) }
        try folder.write("name\nx\n", to: "one.csv")
        #expect(throws: CatalogError.missingColumn("id", file: folder.path + "/one.csv", found: ["name"])) {
            try CatalogFolder(path: folder.path).read()
        }
        try folder.write("id,name\n1,x\n", to: "one.csv")
        #expect(throws: CatalogError.missingColumn("image", file: folder.path + "/one.csv", found: ["id", "name"])) {
            try CatalogFolder(path: folder.path).read()
        }
        try folder.write("id\n", to: "two.csv")
        #expect(throws: CatalogError.noTable(folder: folder.path, found: ["one.csv", "two.csv"])) {
            try CatalogFolder(path: folder.path)
        }
    }

    @Test(
        "photos are opened below the folder alone: what a link leads out to is skipped, what it leads to within is read"
    )
    func links() throws {
        let folder = try TemporaryFolder()
        try folder.write("secret", to: "elsewhere/secret.jpg")
        try folder.write("within", to: "real/images/a.jpg")
        try folder.write(
            "id,image\n1,a.jpg\n2,out.jpg\n3,b/secret.jpg\n4,rel.jpg\n5,abs.jpg\n6,up.jpg\n7,gone.jpg\n8,self.jpg\n",
            to: "real/items.csv")
        for (name, target) in [
            ("real/images/out.jpg", folder.path + "/elsewhere/secret.jpg"),
            ("real/images/b", folder.path + "/elsewhere"),
            ("real/images/rel.jpg", "a.jpg"), ("real/images/abs.jpg", folder.path + "/real/images/a.jpg"),
            ("real/images/up.jpg", "../../elsewhere/secret.jpg"), ("real/images/gone.jpg", "nothing.jpg"),
            ("real/images/self.jpg", "self.jpg"), ("catalog", "real"),
        ] {
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + name, withDestinationPath: target)
        }
        let catalog = try CatalogFolder(path: folder.path + "/catalog")
        let table = try catalog.read()
        #expect(table.rows.map(\.item.id) == ["1", "4", "5"])
        #expect(
            table.skipped.map(\.reason) == [
                .outsideImage("out.jpg"), .outsideImage("b/secret.jpg"), .outsideImage("up.jpg"),
                .noSuchImage("gone.jpg"), .noSuchImage("self.jpg"),
            ])
        for row in table.rows { #expect(try catalog.photo(row.item.imagePath).bytes() == Array("within".utf8)) }
        #expect(throws: OpenPhoto.Problem.outside) { try catalog.photo("images/b/secret.jpg") }
        // A pipe in the place of a photo is none, and nobody waits for it.
        try #require(mkfifo(folder.path + "/real/pipe.jpg", 0o600) == 0)
        #expect(throws: OpenPhoto.Problem.unreadable("it is no file")) { try catalog.photo("pipe.jpg") }
    }
}
