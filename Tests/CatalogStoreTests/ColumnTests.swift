import CatalogStore
import Foundation
import Testing

@Suite("Columns of a table")
struct ColumnTests {
    /// Imports a table with one row of the same value everywhere, and a photo of that name.
    private func importing(_ header: String, _ map: [(String, String)] = []) throws -> ImportReport {
        let folder = try TemporaryFolder()
        try folder.write(try photo(1), to: "s/x")
        let row = header.split(separator: ",", omittingEmptySubsequences: false).map { _ in "x" }.joined(separator: ",")
        try folder.write("\(header)\n\(row)\n", to: "s/items.csv")
        return try folder.importing("s") {
            $0.map = ColumnMap(map.map { ColumnMap.Entry(column: $0.0, field: $0.1) })
            $0.isDryRun = true
        }
    }

    @Test("the report says what became of each column")
    func uses() throws {
        let report = try importing(
            "sku,photo,Colour,title,fit,usage,secret,",
            [("SKU", "id"), ("sku", "name"), ("photo", "image"), ("usage", "nosuchfield"), ("secret", "")])
        #expect(
            report.columns == [
                ColumnUse("sku", .field("id")), ColumnUse("sku", .field("name")), ColumnUse("photo", .field("image")),
                ColumnUse("Colour", .field("colour")), ColumnUse("title", .attribute("title")),
                ColumnUse("fit", .attribute("fit")), ColumnUse("usage", .attribute("nosuchfield")),
                ColumnUse("secret", .unused(.leftOut)), ColumnUse("", .unused(.unnamed)),
            ])
    }

    @Test(
        "a column that would be lost is an error that names it",
        arguments: [
            ("id,image,colour,category", [("colour", "category")], "category"),
            ("sku,image,name", [("sku", "id"), ("sku", "name")], "name"),
            ("id,image,name,name", [], "two columns called name"),
            ("id,image,fit,fit", [("fit", "cut")], "2 columns called fit"),
            ("id,image,fit", [("fit", "cut"), ("fit", "")], "both mapped and left out"),
            ("id,image,k,fit,Page,utm_x", [], "k, Page, utm_x"), ("id,image,fit", [("fit", "price_min")], "price_min"),
        ] as [(String, [(String, String)], String)])
    func contradictions(header: String, map: [(String, String)], text: String) throws {
        let error = #expect(throws: CatalogError.self) { try importing(header, map) }
        guard case .badColumns(_, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(text), "\(reason)")
    }

    @Test("what can be mapped is taken: a taken name under another, two columns of one attribute")
    func mapped() throws {
        let report = try importing("id,image,k,tag,tag", [("k", "knit")])
        #expect(
            report.items == 1
                && report.columns.map(\.use).suffix(3) == [.attribute("knit"), .attribute("tag"), .attribute("tag")])
    }

    @Test("a folder that is indexed as it is does without such columns, and says so")
    func folder() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "a.jpg")
        try folder.write("id,image,name,name,k,fit\n1,a.jpg,one,two,5,slim\n", to: "items.csv")
        let table = try CatalogFolder(path: folder.path).read()
        #expect(table.rows.first?.item.name == "one" && table.rows.first?.item.attributes.map(\.name) == ["fit"])
        #expect(
            table.notes.listed == [
                TableNote(.columnUnused("name", .doubled)), TableNote(.columnUnused("k", .reserved)),
            ])
        // An import would lose what they hold.
        try folder.write(try photo(1), to: "s/a.jpg")
        try folder.write("id,image\n2,a.jpg\n", to: "s/items.csv")
        try folder.write("id,image,k\n1,images/a.jpg,5\n", to: "c/items.csv")
        #expect(throws: CatalogError.self) { try folder.importing("s", into: "c") }
        #expect(try folder.importing("s", into: "c") { $0.replaces = true }.items == 1)
    }
}
