import ChildProcesses
import Foundation
import PostgresTesting
import Testing

@Suite(
    "vitrine catalog export and products with --database",
    .enabled(if: PostgresServer.isAvailable, "make test fetches PostgreSQL"))
struct DatabaseExportTests {
    /// Where a catalog can be kept beside a data directory.
    enum Place: CaseIterable {
        case postgres16, postgres18, shards

        func databases() throws -> [String] {
            switch self {
            case .postgres16: [try PostgresServer.shared(.v16).makeDatabase()]
            case .postgres18: [try PostgresServer.shared(.v18).makeDatabase()]
            case .shards: try [.v16, .v18, .v18].map { try PostgresServer.shared($0).makeDatabase() }
            }
        }
    }

    private func run(_ arguments: [String], _ databases: [String], _ catalog: SmallCatalog) throws -> Outcome {
        try RunningCommand(
            arguments + ["--catalog", catalog.path, "--data", catalog.data, "--model", "fashion-resnet18"],
            environment: ["VITRINE_DATABASE": databases.joined(separator: " ")]
        ).wait()
    }

    private func file(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// What an export left beside its folder.
    private func staged(_ catalog: SmallCatalog) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: catalog.path).filter { $0.contains(".tmp") }
    }

    /// A catalog whose table is not easy to write: several alphabets, quotes and lines in a text, columns of one name.
    private func catalog() throws -> SmallCatalog {
        let small = try SmallCatalog(count: 9)
        let lines = try String(contentsOfFile: small.path + "/items.csv", encoding: .utf8).split(separator: "\n")
        let name = try #require(lines[0].split(separator: ",").firstIndex(of: "name"))
        let count = lines[0].split(separator: ",", omittingEmptySubsequences: false).count
        func row(_ id: String, _ photo: Int, _ text: String, _ tags: String) -> String {
            var values = [String](repeating: "", count: count)
            (values[0], values[1], values[name]) = (id, "images/\(small.ids[photo]).jpg", text)
            return values.joined(separator: ",") + "," + tags
        }
        let table =
            [lines[0] + ",tag,tag,only here"] + lines.dropFirst().map { $0 + ",,," } + [
                Substring(row("twin-a", 0, "\"Wrap, \"\"dress\"\"\nin two lines\"", "new,warm,")),
                Substring(row("twin-b", 0, "कुर्ता; قميص", "new,,x")),
                Substring(row("été", 3, "Parka", ",,")),
                Substring(row("Zebra", 4, "Parka", ",,")),
            ]
        try small.folder.write(Array(table.joined(separator: "\n").utf8), to: "items.csv")
        return small
    }

    @Test(
        "a catalog in databases exports the same table and vectors, and lists the same products, as in a directory",
        arguments: Place.allCases)
    func sameAsDirectory(_ place: Place) throws {
        let small = try catalog()
        let databases = try place.databases()
        for kept in [[], databases] {
            let indexed = try run(["index", "--json"], kept, small)
            #expect(try indexed.status == 0 && indexed.json()["items"] as? Int == 13, "\(indexed)")
        }
        let (here, there) = (small.path + "/here", small.path + "/there")
        for (target, kept) in [(here, []), (there, databases), (there, databases)] {
            let outcome = try run(["catalog", "export", target], kept, small)
            #expect(outcome.status == 0 && outcome.output == "Exported 13 items to \(target).\n", "\(outcome)")
        }
        #expect(try staged(small).isEmpty)
        let table = try file(there + "/items.csv")
        #expect(try table == file(here + "/items.csv"), "\(String(decoding: table, as: UTF8.self))")
        let columns = String(decoding: table.prefix { $0 != 0x0A }, as: UTF8.self).split(separator: ",")
        #expect(columns.count { $0 == "tag" } == 2 && columns.contains("only here"), "\(columns)")
        #expect(try file(there + "/export.json") == file(here + "/export.json"))
        let check = """
            import numpy, sys
            here, there = (numpy.load(folder + '/vectors.npy') for folder in sys.argv[1:])
            assert here.dtype == there.dtype == numpy.float32 and here.shape == there.shape and len(here) == 13
            # Both keep float32; what differs is which photos were embedded together.
            assert numpy.abs(here - there).max() < 1e-5, numpy.abs(here - there).max()
            """
        #expect(try ChildProcess("/usr/bin/python3", ["-c", check, here, there]).wait() == 0)

        let listed = try [[], databases].map { try run(["catalog", "products", "--json"], $0, small) }
        let products = try listed.map { try #require(try $0.json()["products"] as? [[String: Any]]) }
        #expect(try listed[1].json()["items"] as? Int == 13 && listed[1].json()["current"] as? Bool == true)
        let texts = try products.map { try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys) }
        #expect(texts[0] == texts[1], "\(listed)")
        #expect(products[0].contains { ($0["items"] as? [[String: Any]])?.first?["id"] as? String == "twin-a" })
        let text = try run(["catalog", "products"], databases, small)
        #expect(text.output.contains(" of 13 items are ") && !text.output.contains("have changed"), "\(text)")
        #expect(!(text.output + text.errors).contains("not-to-be-shown"))
    }

    @Test("an export with photos is imported as the same catalog, and stats count what it holds")
    func withPhotos() throws {
        let small = try catalog()
        let databases = try [PostgresServer.shared(.v16), .shared(.v18)].map { try $0.makeDatabase() }
        #expect(try run(["index"], databases, small).status == 0)
        let target = small.path + "/export"
        let exported = try run(["catalog", "export", target, "--photos"], databases, small)
        #expect(exported.status == 0 && exported.output == "Exported 13 items to \(target).\n", "\(exported)")
        let (again, data) = (small.path + "/again", small.path + "/again.data")
        #expect(try RunningCommand.run("import", target, "--into", again).status == 0)
        let copy = ["--catalog", again, "--data", data, "--model", "fashion-resnet18"]
        #expect(try RunningCommand(["index"] + copy).wait().status == 0)
        let second = try RunningCommand(["catalog", "export", target + "2", "--photos"] + copy).wait()
        #expect(second.status == 0, "\(second)")
        // Row for row; columns of attributes may come in another order.
        let check = """
            import csv, numpy, sys
            tables = [list(csv.DictReader(open(folder + '/items.csv'))) for folder in sys.argv[1:]]
            vectors = [numpy.load(folder + '/vectors.npy') for folder in sys.argv[1:]]
            assert len(tables[0]) == 13 and tables[0] == tables[1], tables
            assert numpy.abs(vectors[0] - vectors[1]).max() < 1e-3
            """
        #expect(try ChildProcess("/usr/bin/python3", ["-c", check, target, target + "2"]).wait() == 0)

        let counts = try run(["catalog", "stats", "--json"], databases, small)
        let parts = try #require(try counts.json()["databases"] as? [[String: Any]])
        #expect(parts.count == 2 && parts.compactMap { $0["items"] as? Int }.reduce(0, +) == 13, "\(counts)")
        let whole = try RunningCommand(["catalog", "stats", "--json"] + copy).wait().json()
        for name in ["category", "colour", "gender"] {
            func sums(_ parts: [[String: Any]]) -> [String: Int] {
                parts.flatMap { $0[name] as? [[String: Any]] ?? [] }.reduce(into: [:]) {
                    $0[$1["value"] as? String ?? "", default: 0] += $1["count"] as? Int ?? 0
                }
            }
            #expect(!sums([whole]).isEmpty && sums(parts) == sums([whole]), "\(name): \(counts)")
        }
        let text = try run(["catalog", "stats"], databases, small)
        #expect(text.output.contains("\n  category: ") && text.output.contains("\n  duplicates: "), "\(text)")
    }

    @Test("photos that several items have, and those that cannot be embedded, are named")
    func namedPhotos() throws {
        let small = try SmallCatalog(count: 4)
        let database = try PostgresServer.shared(.v18).makeDatabase()
        for id in ["twin-a", "twin-b"] { try small.append(id: id, image: "images/\(small.ids[0]).jpg") }
        // Begins as a photo does, and ends in its middle.
        try small.folder.write(Array(try small.photo(small.ids[1]).prefix(700)), to: "images/half.jpg")
        try small.append(id: "half", image: "images/half.jpg")
        #expect(try run(["index", "--enqueue"], [database], small).status == 0)
        #expect(
            try RunningCommand.run("embed", "--queue", "--database", database, "--model", "fashion-resnet18").status
                == 0)
        let stats = try run(["catalog", "stats", "--json"], [database], small)
        let counts = try #require((try stats.json()["databases"] as? [[String: Any]])?.first)
        let duplicates = try #require(counts["duplicates"] as? [[String: Any]])
        #expect(duplicates.map { $0["ids"] as? [String] } == [["twin-a", "twin-b", small.ids[0]].sorted()], "\(stats)")
        let broken = try #require(counts["brokenImages"] as? [[String: Any]])
        #expect(broken.map { $0["id"] as? String } == ["half"] && !"\(broken[0]["reason"] ?? "")".isEmpty, "\(stats)")
        let text = try run(["catalog", "stats"], [database], small)
        #expect(
            text.output.contains("duplicates: 1 photo of 3 items") && text.output.contains("id half, images/half.jpg"))
    }

    @Test(
        "what waits for a vector is counted and left out; without any vector, and of an empty database, it says what to do"
    )
    func withoutVectors() throws {
        let small = try SmallCatalog(count: 6)
        let database = try PostgresServer.shared(.v18).makeDatabase()
        let target = small.path + "/export"
        for command in [["export", target], ["products"]] {
            let empty = try run(["catalog"] + command, [database], small)
            #expect(empty.status == 65 && empty.errors.contains("Run: vitrine index --database"), "\(empty)")
        }
        #expect(try run(["index", "--enqueue"], [database], small).status == 0)
        for command in [["export", target], ["products"]] {
            let waiting = try run(["catalog"] + command, [database], small)
            #expect(
                waiting.status == 65 && waiting.errors.contains("6 wait for one. Run: vitrine embed --queue"),
                "\(waiting)")
        }
        #expect(try !FileManager.default.fileExists(atPath: target) && staged(small).isEmpty)
        #expect(try run(["index"], [database], small).status == 0)
        try small.folder.write(try small.photo(small.ids[0]) + [0], to: "images/later.jpg")
        try small.append(id: "later", image: "images/later.jpg")
        // A new version of an item that waits is none that is missing.
        try small.folder.write(try small.photo(small.ids[1]) + [0], to: "images/\(small.ids[2]).jpg")
        #expect(try run(["index", "--enqueue"], [database], small).status == 0)
        let outcome = try run(["catalog", "export", target], [database], small)
        #expect(
            outcome.output
                == "Exported 6 items to \(target); 1 without an embedding of fashion-resnet18 left out.\n",
            "\(outcome)")
        let other = try RunningCommand.run(
            "catalog", "export", target, "--database", database, "--model", "fashion-resnet34")
        #expect(other.status == 1 && other.errors.contains("Use --model fashion-resnet18"), "\(other)")
        let sql = "DELETE FROM vitrine.item WHERE id = '\(small.ids[0])'"
        try PostgresServer.shared(.v18).sql(sql, in: database)
        let stale = try run(["catalog", "products"], [database], small)
        #expect(stale.status == 0 && stale.output.contains("Items have changed since they were recognised"), "\(stale)")
    }

    @Test(
        "a database that cannot be reached is named, with status 1; an earlier export stays, and nothing half-written")
    func away() throws {
        let servers = [try PostgresServer(.v18), try PostgresServer(.v16)]
        defer { withExtendedLifetime(servers) {} }
        let databases = try servers.map { try $0.makeDatabase() }
        let small = try SmallCatalog(count: 8)
        #expect(try run(["index"], databases, small).status == 0)
        let target = small.path + "/export"
        #expect(try run(["catalog", "export", target], databases, small).status == 0)
        let before = try file(target + "/items.csv")
        try servers[1].stop()
        for command in [["export", target], ["export", small.path + "/new"], ["products"]] {
            let outcome = try run(["catalog"] + command, databases, small)
            #expect(
                outcome.status == 1 && outcome.output.isEmpty && outcome.errors.contains("cannot be reached")
                    && outcome.errors.contains("127.0.0.1:\(servers[1].port)")
                    && outcome.errors.contains("shard 2 of 2") && !outcome.errors.contains("not-to-be-shown"),
                "\(outcome)")
        }
        #expect(try file(target + "/items.csv") == before)
        #expect(try !FileManager.default.fileExists(atPath: small.path + "/new") && staged(small).isEmpty)
        try servers[1].start()
        #expect(try run(["catalog", "export", target], databases, small).status == 0)
    }
}
