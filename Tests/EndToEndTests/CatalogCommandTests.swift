import ChildProcesses
import Foundation
import Testing

@Suite("vitrine catalog")
struct CatalogCommandTests {
    private func catalog(_ arguments: [String], _ catalog: SmallCatalog) throws -> Outcome {
        try RunningCommand(["catalog"] + arguments + ["--catalog", catalog.path, "--data", catalog.data]).wait()
    }

    private func sqlite(_ catalog: SmallCatalog, _ sql: String) throws {
        let program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.close()"
        try #require(
            ChildProcess("/usr/bin/python3", ["-c", program, catalog.data + "/catalog.sqlite", sql]).wait() == 0)
    }

    @Test("stats counts items, values, broken photos, rows without embeddings and duplicates")
    func stats() throws {
        let small = try SmallCatalog(count: 12)
        try small.append(id: "twin", image: "images/\(small.ids[0]).jpg")
        try small.append(id: "missing", image: "images/none.jpg")
        _ = try RunningCommand.run("index", "--catalog", small.path, "--data", small.data)
        try small.folder.write(Array("GIF89a".utf8), to: "images/gif.jpg")
        try small.append(id: "gif", image: "images/gif.jpg")
        try small.folder.write(try small.photo(small.ids[1]), to: "images/later.jpg")
        try small.append(id: "later", image: "images/later.jpg")
        try FileManager.default.removeItem(atPath: small.path + "/images/\(small.ids[2]).jpg")
        try small.folder.write(try small.photo(small.ids[4]), to: "images/\(small.ids[3]).jpg")
        try sqlite(
            small,
            "DELETE FROM embedding WHERE content_hash IN (SELECT content_hash FROM item WHERE id = '\(small.ids[0])')")

        let outcome = try catalog(["stats", "--json"], small)
        let stats = try outcome.json()
        #expect(outcome.status == 0 && stats["items"] as? Int == 13 && stats["rows"] as? Int == 16, "\(outcome)")
        let categories = try #require(stats["category"] as? [[String: Any]])
        #expect(categories.compactMap { $0["count"] as? Int }.reduce(0, +) == 12)
        let broken = try #require(stats["brokenImages"] as? [[String: Any]])
        #expect(Set(broken.map { $0["id"] as? String }) == ["missing", "gif", small.ids[2]])
        #expect(stats["changedImages"] as? [String] == [small.ids[3]])
        #expect(stats["notIndexed"] as? [String] == ["later"])
        #expect(stats["withoutEmbedding"] as? [String] == ["twin", small.ids[0]].sorted())
        let duplicates = try #require(stats["duplicates"] as? [[String: Any]])
        #expect(duplicates.map { $0["ids"] as? [String] } == [["twin", small.ids[0]].sorted()])
        let text = try catalog(["stats"], small)
        #expect(text.output.contains("13 items of 16 rows") && text.output.contains("none.jpg"), "\(text)")
    }

    @Test("products lists what is one product, and a search finds it once unless told not to")
    func products() throws {
        let small = try SmallCatalog(count: 6)
        for id in ["twin-a", "twin-b"] { try small.append(id: id, image: "images/\(small.ids[0]).jpg") }
        _ = try RunningCommand.run("index", "--catalog", small.path, "--data", small.data)
        let listed = try catalog(["products", "--json"], small)
        let products = try #require(try listed.json()["products"] as? [[String: Any]])
        let ids = products.map { ($0["items"] as? [[String: Any]])?.compactMap { $0["id"] as? String } }
        #expect(listed.status == 0 && ids == [["twin-a", "twin-b"]], "\(listed)")
        #expect(try catalog(["products"], small).output.contains("2 of 8 items are 1 product,"))

        func found(_ options: [String]) throws -> [Substring] {
            let photo = small.path + "/images/\(small.ids[0]).jpg"
            let arguments = ["search", photo, "-k", "8", "--catalog", small.path, "--data", small.data] + options
            return try RunningCommand(arguments).wait().output.split(separator: "\n")
        }
        let once = try found([])
        #expect(once.count == 7 && once.filter { $0.contains("twin") }.count == 1)
        #expect(once.first { $0.contains("twin") }?.hasSuffix("in 2 versions") == true)
        #expect(try found(["--no-collapse"]).count == 8)
        #expect(try found(["--price-max", "0"]).isEmpty)
    }

    @Test("verify is content with a sound directory, and lists each thing that was spoiled with status 1")
    func verify() throws {
        let small = try SmallCatalog(count: 12)
        _ = try RunningCommand.run("index", "--catalog", small.path, "--data", small.data)
        let sound = try catalog(["verify"], small)
        #expect(sound.status == 0 && sound.output.contains("12 items, 12 thumbnails, 12 embeddings: all"), "\(sound)")

        let hash = { (id: String) in "(SELECT content_hash FROM item WHERE id = '\(id)')" }
        try sqlite(
            small,
            """
            UPDATE embedding SET vector = zeroblob(length(vector)) WHERE content_hash = \(hash(small.ids[0]));
            UPDATE embedding SET vector = CAST(x'0000c07f' || substr(vector, 5) AS BLOB)
                WHERE content_hash = \(hash(small.ids[1]));
            UPDATE embedding SET vector = substr(vector, 1, 100) WHERE content_hash = \(hash(small.ids[2]));
            DELETE FROM embedding WHERE content_hash = \(hash(small.ids[3]));
            """)
        var changed = try small.photo(small.ids[4])
        changed[changed.count / 2] ^= 1
        try small.folder.write(changed, to: "images/\(small.ids[4]).jpg")
        try FileManager.default.removeItem(atPath: small.path + "/images/\(small.ids[5]).jpg")
        let thumbnails = small.data + "/thumbnails"
        let names = FileManager.default.enumerator(atPath: thumbnails)?.compactMap { $0 as? String } ?? []
        let thumbnail = try #require(names.filter { $0.hasSuffix(".jpg") }.sorted().first)
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: thumbnails + "/" + thumbnail))

        let spoiled = try catalog(["verify", "--json"], small)
        let problems = try #require(try spoiled.json()["problems"] as? [[String: Any]])
        let kinds = problems.compactMap { $0["kind"] as? String }
        #expect(spoiled.status == 1)
        // The thumbnail may be that of the photo that is gone or changed, which is not looked at.
        #expect(
            kinds.filter { $0 != "bad_thumbnail" }.sorted() == [
                "bad_embedding", "bad_embedding", "bad_embedding", "bad_index", "changed_photo", "missing_photo",
                "no_embedding",
            ], "\(problems)")
        let text = try catalog(["verify"], small)
        #expect(text.status == 1 && text.output.contains("item \(small.ids[5])"), "\(text)")
    }

    @Test("verify tells of each spoiled thumbnail, and of a database that is damaged")
    func damagedFiles() throws {
        let small = try SmallCatalog(count: 3)
        _ = try RunningCommand.run("index", "--catalog", small.path, "--data", small.data)
        let thumbnails = small.data + "/thumbnails"
        let names = FileManager.default.enumerator(atPath: thumbnails)?.compactMap { $0 as? String } ?? []
        let files = names.filter { $0.hasSuffix(".jpg") }.sorted()
        try #require(files.count == 3)
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: thumbnails + "/" + files[0]))
        // Another picture in its place has another shape.
        try Data(contentsOf: URL(fileURLWithPath: Project.root + "/Public/screenshot.jpg")).write(
            to: URL(fileURLWithPath: thumbnails + "/" + files[1]))
        let outcome = try catalog(["verify", "--json"], small)
        let problems = try #require(try outcome.json()["problems"] as? [[String: Any]])
        #expect(outcome.status == 1 && problems.map { $0["kind"] as? String } == ["bad_thumbnail", "bad_thumbnail"])

        try sqlite(small, "PRAGMA wal_checkpoint(TRUNCATE)")
        let path = small.data + "/catalog.sqlite"
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for index in 4096..<bytes.count { bytes[index] ^= 0x5A }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let damaged = try catalog(["verify", "--json"], small)
        let found = try #require(try damaged.json()["problems"] as? [[String: Any]])
        #expect(damaged.status == 1 && found.contains { $0["kind"] as? String == "database" }, "\(damaged)")
        let none = try RunningCommand.run("catalog", "verify", "--catalog", small.path, "--data", small.path + "/none")
        #expect(none.status == 65 && none.errors.contains("vitrine index"))
    }

    @Test("export gives items and vectors in the same order, replaces an earlier export, and nothing else")
    func export() throws {
        let small = try SmallCatalog(count: 6)
        try small.append(id: "twin", image: "images/\(small.ids[0]).jpg")
        _ = try RunningCommand.run("index", "--catalog", small.path, "--data", small.data)
        let target = small.path + "/export"
        for _ in 0..<2 {
            let outcome = try catalog(["export", target], small)
            #expect(outcome.status == 0 && outcome.output.contains("Exported 7 items"), "\(outcome)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: target).sorted() == [
                "export.json", "items.csv", "vectors.npy",
            ])
        #expect(try FileManager.default.contentsOfDirectory(atPath: small.path).filter { $0.contains(".tmp") }.isEmpty)
        let check = """
            import csv, json, numpy, subprocess, sys
            target, root, program = sys.argv[1:]
            rows = list(csv.DictReader(open(target + '/items.csv')))
            vectors = numpy.load(target + '/vectors.npy')
            about = json.load(open(target + '/export.json'))
            assert vectors.shape == (len(rows), about['dimension']) and about['rows'] == 7, vectors.shape
            assert [row['id'] for row in rows] == sorted(row['id'] for row in rows)
            assert rows[0]['season'] or rows[1]['season']
            photos = [root + '/' + row['image'] for row in rows]
            out = subprocess.run([program, 'embed', *photos, '--output', target + '/../embedded.npy'])
            embedded = numpy.load(target + '/../embedded.npy')
            assert numpy.abs(embedded - vectors).max() < 1e-3
            """
        #expect(
            try ChildProcess("/usr/bin/python3", ["-c", check, target, small.path, Project.executable.path]).wait() == 0
        )
        let refused = try catalog(["export", small.path], small)
        #expect(refused.status == 1 && refused.errors.contains("another folder"), "\(refused)")
        let nothing = try RunningCommand.run(
            "catalog", "export", target, "--catalog", small.path, "--data", small.path + "/none")
        #expect(nothing.status == 65 && nothing.errors.contains("vitrine index"), "\(nothing)")
    }
}
