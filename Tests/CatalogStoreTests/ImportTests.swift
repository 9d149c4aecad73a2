import CatalogStore
import Foundation
import Testing

@Suite("Import")
struct ImportTests {
    /// A source with three photos, of which two are the same, and a row without one.
    private func makeSource(_ folder: TemporaryFolder, _ name: String = "source") throws {
        try folder.write(try photo(1), to: "\(name)/images/a.jpg")
        try folder.write(try photo(1), to: "\(name)/images/b.jpg")
        try folder.write(try photo(3), to: "\(name)/c.jpeg")
        try folder.write(try photo(4), to: "\(name)/images/unnamed.jpg")
        try folder.write(
            "id,image,name,price,fit\n1,a.jpg,One,9.5,slim\n2,images/b.jpg,\"Two, too\",,\n3,c.jpeg,Three,,\n4,d.jpg,,,\n",
            to: "\(name)/items.csv")
    }

    @Test("a folder becomes a catalog whose photos are called by content, byte for byte and each once")
    func folder() throws {
        let folder = try TemporaryFolder()
        try makeSource(folder)
        let report = try folder.importing("source")
        #expect(report.counts == [3, 0, 0, 0, 0, 1] && report.rows == 4 && report.table == "items.csv")
        #expect(report.skipped == [SkippedRow(line: 5, id: "4", reason: .noSuchImage("d.jpg"))])
        #expect(report.storedPhotos == 2 && report.unmentioned == 1)
        let one = contentHash(try photo(1))
        #expect(report.duplicates == [DuplicatePhoto(contentHash: one, ids: ["1", "2"])])

        let items = try folder.items()
        #expect(items.map(\.id) == ["1", "2", "3"] && items.map(\.name) == ["One", "Two, too", "Three"])
        #expect(items[0].price == 9.5 && items[0].attributes.elementsEqual([(name: "fit", value: "slim")], by: ==))
        #expect(items[0].imagePath == "images/\(one.prefix(2))/\(one).jpg" && items[1].imagePath == items[0].imagePath)
        for (item, number) in zip(items, [1, 1, 3]) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/catalog/" + item.imagePath))
            #expect([UInt8](bytes) == (try photo(number)))
        }
        let left = try #require(FileManager.default.enumerator(atPath: folder.path + "/catalog"))
        #expect(left.compactMap { $0 as? String }.filter { $0.contains(".import") }.isEmpty)
    }

    @Test(
        "an archive gives what its folder gives, in whatever order its files come",
        arguments: ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "zip.stream"], [false, true])
    func archives(kind: String, tableLast: Bool) throws {
        let folder = try TemporaryFolder()
        try makeSource(folder)
        try python(
            """
            import os, sys, tarfile, zipfile
            root, target, kind, last = sys.argv[1:]
            names = sorted((os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root) for f in fs),
                           key=lambda name: (name.endswith('.csv') == (last == 'true'), name))
            if kind == 'zip':
                with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as z:
                    for name in names: z.write(os.path.join(root, name), name)
            elif kind == 'zip.stream':  # sizes stand behind the data, and there is no seeking
                class Out:
                    def __init__(self, f): self.f = f
                    def write(self, b): return self.f.write(b)
                    def flush(self): self.f.flush()
                with zipfile.ZipFile(Out(open(target, 'wb')), 'w', zipfile.ZIP_DEFLATED) as z:
                    for name in names: z.write(os.path.join(root, name), name)
            else:
                with tarfile.open(target, 'w:' + kind[4:]) as t:
                    t.add(root, '.', recursive=False)
                    for name in names: t.add(os.path.join(root, name), './' + name)
            """, folder.path + "/source", folder.path + "/archive", kind, "\(tableLast)")
        let report = try folder.importing("archive")
        #expect(report.counts == [3, 0, 0, 0, 0, 1] && report.unmentioned == 1 && report.refusedCount == 0)
        try folder.importing("source", into: "other")
        #expect(try folder.text("catalog/items.csv") == folder.text("other/items.csv"))
        #expect(folder.files.filter { $0.hasPrefix("catalog/") }.count == 3)
    }

    @Test("the archive of the product photos: twice the same, unquoted commas, missing photos")
    func kaggle() throws {
        let folder = try TemporaryFolder()
        for root in ["s/", "s/myntradataset/"] {
            try folder.write(
                """
                id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName
                1,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual,Turtle Check Men Shirt
                2,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,Turtle, Check, Men Shirt
                3,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,Gone
                4,Men,Apparel,Topwear,Shirts

                """, to: root + "styles.csv")
            for number in 1...2 { try folder.write(try photo(number), to: root + "images/\(number).jpg") }
        }
        try python(
            "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])", folder.path + "/k",
            folder.path + "/s")
        let report = try folder.importing("k.zip")
        #expect(report.table == "styles.csv" && report.otherTables == ["myntradataset/styles.csv"])
        #expect(
            report.skipped == [
                SkippedRow(line: 4, id: "3", reason: .noSuchImage("images/3.jpg")),
                SkippedRow(line: 5, id: "4", reason: .fieldCount(got: 5, expected: 10)),
            ])
        #expect(report.photos == 4 && report.unmentioned == 2 && report.unmentionedCopies == 2)
        let items = try folder.items()
        #expect(items.map(\.name) == ["Turtle Check Men Shirt", "Turtle, Check, Men Shirt"])
        #expect(items[1].colour == "Blue" && items[1].category == "Shirts" && items[1].attributes.count == 5)
        #expect(folder.files.count { $0.hasPrefix("catalog/images/") } == 2)
        // From a folder, where the second copies need not be opened.
        try folder.importing("s", into: "other")
        #expect(try folder.text("catalog/items.csv") == folder.text("other/items.csv"))
    }

    @Test("columns of any name are mapped to fields, one to several, or left out")
    func mapping() throws {
        let folder = try TemporaryFolder()
        try folder.write(try photo(1), to: "s/photos/x1.png")
        try folder.write(try photo(2), to: "s/photos/x2.jpg")
        try folder.write("SKU;Pic;Was;Title;secret\nx1;photos/x1.png;1;A;s\nx2;photos\\x2;2;B;s\n", to: "s/p.csv")
        #expect(
            throws: CatalogError.missingColumn("id", file: "p.csv", found: ["SKU", "Pic", "Was", "Title", "secret"])
        ) { try folder.importing("s") }
        func map(_ pairs: [(String, String)]) -> ColumnMap {
            ColumnMap(pairs.map { ColumnMap.Entry(column: $0.0, field: $0.1) })
        }
        try folder.importing("s") {
            $0.map = map([("sku", "id"), ("PIC", "image"), ("SKU", "name"), ("was", "old price"), ("secret", "")])
        }
        let items = try folder.items()
        #expect(items.map(\.id) == ["x1", "x2"] && items.map(\.name) == ["x1", "x2"])
        #expect(
            items[1].attributes.elementsEqual([(name: "old price", value: "2"), (name: "Title", value: "B")], by: ==))
        #expect(throws: CatalogError.fieldMappedTwice("id")) {
            try folder.importing("s") { $0.map = map([("sku", "id"), ("pic", "id")]) }
        }
        #expect(throws: CatalogError.self) { try folder.importing("s") { $0.map = map([("none", "id")]) } }
    }

    @Test("a second import adds, updates and keeps; --replace drops; photos go one import later")
    func merging() throws {
        let folder = try TemporaryFolder()
        try makeSource(folder)
        try folder.importing("source")
        let before = folder.files
        #expect(try folder.importing("source").counts == [0, 0, 3, 0, 0, 1] && folder.files == before)

        try folder.write(try photo(5), to: "more/c.jpg")
        try folder.write(try photo(6), to: "more/n.jpg")
        try folder.write(
            "id,image,name,season\n3,c.jpg,Three,Summer\n9,n.jpg,Nine,\n1,none.jpg,Skipped,\n", to: "more/items.csv")
        let dry = try folder.importing("more") { $0.isDryRun = true }
        #expect(dry.counts == [1, 1, 0, 2, 0, 1] && dry.storedPhotos == 2)
        #expect(folder.files.filter { $0.hasPrefix("catalog") } == before.filter { $0.hasPrefix("catalog") })

        let merged = try folder.importing("more")
        #expect(merged.counts == dry.counts && merged.storedPhotos == 2)
        let items = try folder.items()
        #expect(items.map(\.id) == ["1", "2", "3", "9"] && items[0].name == "One")
        #expect(items[2].attributes.elementsEqual([(name: "season", value: "Summer")], by: ==))
        // The photo that 3 had is still there for a server that knows nothing of this yet.
        #expect(folder.files.count { $0.hasPrefix("catalog/images") } == 4)

        #expect(try folder.importing("more") { $0.replaces = true }.counts == [0, 0, 2, 0, 2, 1])
        #expect(try folder.items().map(\.id) == ["3", "9"])
        #expect(folder.files.count { $0.hasPrefix("catalog/images") } == 3)
        try folder.importing("more")
        #expect(folder.files.count { $0.hasPrefix("catalog/images") } == 2)
    }

    @Test("a photo of the catalog that was damaged is written anew")
    func healing() throws {
        let folder = try TemporaryFolder()
        try makeSource(folder)
        try folder.importing("source")
        let path = try folder.items()[2].imagePath
        try folder.write([UInt8](repeating: 0, count: try photo(3).count), to: "catalog/" + path)
        #expect(try folder.importing("source").storedPhotos == 1)
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/catalog/" + path))) == (try photo(3)))
    }

    @Test("a demo-like catalog keeps its own photos and names when something is imported into it")
    func ownNames() throws {
        let folder = try TemporaryFolder()
        try makeSource(folder, "catalog")
        try folder.write("id,image\n1,images/a.jpg\n3,c.jpeg\n", to: "catalog/items.csv")
        try folder.write(try photo(8), to: "more/n.jpg")
        try folder.write("id,image\n9,n.jpg\n", to: "more/items.csv")
        #expect(try folder.importing("more").counts == [1, 0, 0, 2, 0, 0])
        #expect(try folder.items().map(\.imagePath).prefix(2) == ["images/a.jpg", "c.jpeg"])
        #expect(folder.files.contains("catalog/images/unnamed.jpg"))
    }

    @Test("refuses what is no catalog, or one with rows that would be lost")
    func targets() throws {
        let folder = try TemporaryFolder()
        try makeSource(folder)
        try folder.write("x", to: "documents/letter.txt")
        try folder.write("id\n", to: "kaggle/styles.csv")
        try folder.write("id,image\n1,a.jpg\n1,b.jpg\n", to: "broken/items.csv")
        try folder.write("id,image\n", to: "linked/items.csv")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/linked/images", withDestinationPath: folder.path + "/documents")
        let before = folder.files
        for (target, text) in [
            ("documents", "letter.txt"), ("kaggle", "styles.csv"), ("broken", "line 3"), ("linked", "images"),
            ("source", "inside"), ("source/deeper", "inside"), (".", "inside"), ("documents/letter.txt", "no folder"),
        ] {
            let error = #expect(throws: CatalogError.self) { try folder.importing("source", into: target) }
            #expect("\(try #require(error))".contains(text), "\(target): \(String(describing: error))")
        }
        #expect(folder.files == before)
        #expect(try folder.importing("source", into: "broken") { $0.replaces = true }.items == 3)
    }

    @Test("a table of which no row can be used, an open quote, or no table at all changes nothing")
    func nothing() throws {
        let folder = try TemporaryFolder()
        try makeSource(folder)
        try folder.importing("source")
        let before = try folder.text("catalog/items.csv")
        try folder.write("id,image\n7,none.jpg\n", to: "empty/items.csv")
        #expect(try folder.importing("empty") { $0.replaces = true }.items == 0)
        try folder.write(try photo(9), to: "open/a.jpg")
        try folder.write("id,image\n7,a.jpg\n8,\"a.jpg\n", to: "open/items.csv")
        #expect(throws: CatalogError.self) { try folder.importing("open") { $0.replaces = true } }
        #expect(try folder.text("catalog/items.csv") == before)
        #expect(try folder.importing("open").counts == [1, 0, 0, 3, 0, 1])

        try folder.write("id,image\n", to: "two/a.csv")
        try folder.write("id,image\n1,x\n", to: "two/b.csv")
        #expect(throws: CatalogError.noSourceTable(path: folder.path + "/two", found: ["a.csv", "b.csv"])) {
            try folder.importing("two")
        }
        #expect(try folder.importing("two") { $0.table = "b.csv" }.rows == 1)
        #expect(throws: CatalogError.noSourceTable(path: folder.path + "/two", found: [])) {
            try folder.importing("two") { $0.table = "c.csv" }
        }
        #expect(throws: CatalogError.self) { try folder.importing("none", into: "fresh") }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/fresh"))
    }
}
