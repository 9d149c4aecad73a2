import CatalogStore
import Foundation
import Testing

@Suite("Catalog tables")
struct TableTests {
    private func written(_ items: [CatalogItem], attributes: [String], in folder: TemporaryFolder) throws {
        let output = try OutputFile(path: folder.path + "/items.csv")
        var writer = try TableWriter(output, attributes: attributes)
        for item in items { try writer.append(item) }
        try output.finish()
    }

    @Test("what is written is read back as it was: quotes, separators, line ends, names of fields, repeated columns")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "images/a.jpg")
        let items = [
            CatalogItem(
                id: "1", name: "Tee, \"red\"; new", category: "A;B", colour: "line, line", gender: "é—日本",
                price: 19.9, currency: "EUR", url: "https://shop.example/?a=1,2", description: "\"\"\tline\nline",
                attributes: [
                    (name: "title", value: "x"), (name: "a;b;c;d;e;f;g;h;i;j;k;l;m", value: "y"),
                    (name: "tag", value: "one"), (name: "tag", value: "two"),
                ], imagePath: "images/a.jpg"),
            CatalogItem(id: "2", price: 0.125, imagePath: "images/a.jpg"),
            CatalogItem(id: "3", price: 1e12, attributes: [(name: "tag", value: "one")], imagePath: "images/a.jpg"),
            CatalogItem(id: "4", price: 1_234_567.5, imagePath: "images/a.jpg"),
            CatalogItem(id: "5", price: 0.00001, imagePath: "images/a.jpg"),
        ]
        let names = ["title", "a;b;c;d;e;f;g;h;i;j;k;l;m", "tag", "tag"]
        try written(items, attributes: names, in: folder)
        let table = try CatalogFolder(path: folder.path).read()
        #expect(table.rows.map(\.item) == items && table.skipped.isEmpty)
        #expect(throws: CatalogError.self) { try OutputFile(path: folder.path + "/items.csv") }
    }

    @Test("a price with three decimals is not read back as thousands")
    func threeDecimals() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "images/a.jpg")
        let items = [CatalogItem(id: "1", price: 1.234, imagePath: "images/a.jpg")]
        try written(items, attributes: [], in: folder)
        #expect(try CatalogFolder(path: folder.path).read().rows.map(\.item) == items)
    }

    @Test("the columns of several tables are those of each, as often as the one that has them most often")
    func unions() {
        #expect(TableWriter.union([["a", "b", "b"], ["b", "c", "a", "a"]]) == ["a", "b", "b", "c", "a"])
        #expect(TableWriter.union([]).isEmpty)
    }
}
