import ChildProcesses
import Foundation
import Testing

@Suite("vitrine index, search, embed")
struct IndexCommandTests {
    @Test("indexes a catalog once, reports bad rows, and embeds only what is new afterwards")
    func indexing() throws {
        let catalog = try SmallCatalog(count: 12)
        try catalog.folder.write(Array("GIF89a and so on".utf8), to: "images/moving.jpg")
        try catalog.folder.write(Array(try catalog.photo(catalog.ids[0]).prefix(900)), to: "images/cut.jpg")
        try catalog.append(id: "gone", image: "images/gone.jpg")
        try catalog.append(id: "moving", image: "images/moving.jpg")
        try catalog.append(id: "cut", image: "images/cut.jpg")
        let arguments = ["index", "--catalog", catalog.path, "--data", catalog.data, "--json"]

        let first = try RunningCommand(arguments).wait()
        #expect(first.status == 0, "\(first.errors)")
        let report = try first.json()
        #expect(report["rows"] as? Int == 15 && report["items"] as? Int == 12 && report["embedded"] as? Int == 12)
        let skipped = try #require(report["skipped"] as? [[String: Any]])
        #expect(skipped.map { $0["id"] as? String } == ["gone", "moving", "cut"])
        #expect(skipped.map { $0["line"] as? Int } == [14, 15, 16])
        #expect(skipped.map { $0["code"] as? String } == ["no_such_image", "bad_image", "bad_image"])
        #expect((skipped[1]["reason"] as? String)?.contains("GIF") == true)

        let second = try RunningCommand(arguments).wait().json()
        #expect(second["embedded"] as? Int == 0 && second["stored"] as? Int == 0 && second["items"] as? Int == 12)

        // A photo that changes is embedded again; one under a new name is not; one that is gone is dropped.
        try catalog.folder.write(try catalog.photo(catalog.ids[1]), to: "images/\(catalog.ids[0]).jpg")
        try catalog.folder.write(try catalog.photo(catalog.ids[2]), to: "images/copy.jpg")
        try catalog.append(id: "copy", image: "images/copy.jpg")
        try FileManager.default.removeItem(atPath: catalog.path + "/images/\(catalog.ids[3]).jpg")
        let third = try RunningCommand(arguments).wait().json()
        #expect(third["embedded"] as? Int == 0 && third["dropped"] as? Int == 1 && third["items"] as? Int == 12)
        let outcome = try RunningCommand.run(
            "search", catalog.path + "/images/copy.jpg", "--catalog", catalog.path, "--data", catalog.data, "--json")
        let results = try #require(try outcome.json()["results"] as? [[String: Any]])
        #expect(Set(results.prefix(2).map { $0["id"] as? String }) == ["copy", catalog.ids[2]])
    }

    @Test("goes on after kill -9, and ends in the same state as a run that was left alone")
    func killed() throws {
        let catalog = try SmallCatalog(count: 200)
        let arguments = ["index", "--catalog", catalog.path, "--data", catalog.data, "--json"]
        for milliseconds in [150, 400, 700] {
            _ = try RunningCommand(arguments).kill(after: Double(milliseconds) / 1000)
        }
        let last = try RunningCommand(arguments).wait()
        #expect(last.status == 0, "\(last.errors)")
        #expect(try last.json()["items"] as? Int == 200)
        let again = try RunningCommand(arguments).wait().json()
        #expect(again["embedded"] as? Int == 0 && again["stored"] as? Int == 0)
    }

    @Test("kill -9 while items change leaves each as it was or as it is to be, and never a mixture")
    func killedWhileChanging() async throws {
        let catalog = try SmallCatalog(count: 60)
        let header = "id,image,name"
        // Each item has one photo and name in the first table, others in the second; the name tells the photo.
        func table(_ version: Int) -> [UInt8] {
            let rows = (0..<30).map { number in
                let photo = catalog.ids[30 * version + number]
                return "item-\(number),images/\(photo).jpg,\(photo)"
            }
            return Array(([header] + rows).joined(separator: "\n").utf8)
        }
        let arguments = ["index", "--catalog", catalog.path, "--data", catalog.data, "--json"]
        try catalog.folder.write(table(0), to: "items.csv")
        #expect(try RunningCommand(arguments).wait().status == 0)
        try catalog.folder.write(table(1), to: "items.csv")
        let start = ContinuousClock.now
        #expect(try RunningCommand(arguments).wait().status == 0)
        var whole = (ContinuousClock.now - start) / .seconds(1)

        let rounds = Project.rounds ?? 6
        var (kills, round) = (0, 0)
        while round < rounds || kills < 2 && round < 5 * rounds {
            defer { round += 1 }
            try catalog.folder.write(table(round % 2), to: "items.csv")
            let command = try RunningCommand(arguments)
            let isKilled = command.kill(after: whole * Double(1 + (round * 17) % 40) / 40).status == 128 + SIGKILL
            if isKilled { kills += 1 }
            // How long it takes changes with what else the machine does.
            whole *= isKilled ? 1.05 : 0.8
            let server = try RunningServer(catalog: catalog.path, data: catalog.data, options: ["--no-indexing"])
            let items = try #require(
                try await server.get("/api/v1/items?limit=50").json()["items"] as? [[String: Any]])
            #expect(items.count == 30, "round \(round)")
            for item in items {
                let id = try #require(item["id"] as? String)
                let photo = try #require(item["name"] as? String)
                let number = try #require(Int(id.dropFirst("item-".count)))
                let allowed = [catalog.ids[number], catalog.ids[30 + number]]
                try #require(allowed.contains(photo), "round \(round): \(item)")
                let bytes = try catalog.photo(photo)
                try #require(try await server.get("/images/\(id).jpg").body == bytes, "round \(round): \(id)")
                guard number % 6 == round % 6 else { continue }
                let nearest = try #require(try await server.search(bytes, query: "?k=1&collapse=0").results().first)
                #expect(nearest["id"] as? String == id && (nearest["score"] as? Double ?? 0) > 0.9995, "\(nearest)")
            }
        }
        #expect(kills > 1)
        #expect(try RunningCommand(arguments).wait().status == 0)
        #expect(
            try RunningCommand.run("catalog", "verify", "--catalog", catalog.path, "--data", catalog.data).status == 0)
    }

    @Test("Ctrl-C ends it with status 130, and the next run goes on")
    func interrupted() throws {
        let catalog = try SmallCatalog(count: 400)
        let arguments = ["index", "--catalog", catalog.path, "--data", catalog.data, "--json"]
        var outcome: Outcome
        var (attempts, isLate) = (0, false)
        repeat {
            let start = ContinuousClock.now
            try? FileManager.default.removeItem(atPath: catalog.data)
            let command = try RunningCommand(arguments)
            // Once the database is there, the signal handlers are too; without a pause, so that this comes early.
            while command.isRunning, access(catalog.data + "/catalog.sqlite", F_OK) != 0 {}
            let sent = ContinuousClock.now - start
            command.send(SIGINT)
            outcome = command.wait()
            attempts += 1
            // On a very busy machine most may be indexed before this thread goes on; a signal in time is never lost.
            isLate = sent * 2 > ContinuousClock.now - start
        } while outcome.status == 0 && isLate && attempts < 3
        let stopped = try outcome.json()
        #expect(outcome.status == 130 && stopped["stopped"] as? Bool == true, "\(outcome)")
        let rest = try RunningCommand(arguments).wait().json()
        let total = (stopped["embedded"] as? Int ?? 0) + (rest["embedded"] as? Int ?? 0)
        #expect(rest["items"] as? Int == 400 && total == 400)
    }

    @Test("does not drop most of a data directory because of the wrong catalog, unless told to")
    func wrongCatalog() throws {
        let catalog = try SmallCatalog(count: 120)
        let other = try SmallCatalog(count: 3)
        _ = try RunningCommand.run("index", "--catalog", catalog.path, "--data", catalog.data)
        let refused = try RunningCommand.run("index", "--catalog", other.path, "--data", catalog.data)
        #expect(refused.status == 65 && refused.errors.contains("--prune"))
        let pruned = try RunningCommand.run(
            "index", "--catalog", other.path, "--data", catalog.data, "--prune", "--json")
        #expect(try pruned.json()["items"] as? Int == 3)
    }

    @Test("neither index nor serve follows links out of the catalog, and search prints nothing that steers a terminal")
    func links() throws {
        let catalog = try SmallCatalog(count: 4)
        let elsewhere = try SmallCatalog(count: 4)
        let arguments = ["--catalog", catalog.path, "--data", catalog.data]
        let first = catalog.path + "/images/\(catalog.ids[0]).jpg"
        try FileManager.default.removeItem(atPath: first)
        try FileManager.default.createSymbolicLink(
            atPath: first, withDestinationPath: elsewhere.path + "/images/\(elsewhere.ids[1]).jpg")
        try FileManager.default.createSymbolicLink(
            atPath: catalog.path + "/b", withDestinationPath: elsewhere.path + "/images")
        try catalog.append(id: "linked", image: "b/\(elsewhere.ids[2]).jpg")
        try catalog.append(id: "named\u{1B}[31m", image: "\(catalog.ids[2]).jpg")
        let table = try String(contentsOfFile: catalog.path + "/items.csv", encoding: .utf8)
        try catalog.folder.write(Array(table.replacing("T-shirt", with: "T\u{1B}[5m-shirt").utf8), to: "items.csv")
        let indexed = try RunningCommand(["index"] + arguments).wait()
        #expect(indexed.status == 0 && indexed.output.contains("3 items indexed"), "\(indexed)")
        #expect(indexed.output.components(separatedBy: "outside of the catalog's folder").count == 3, "\(indexed)")
        #expect(!indexed.output.contains("\u{1B}") && indexed.output.contains("id named?[31m"), "\(indexed)")
        let stats = try RunningCommand(["catalog", "stats"] + arguments).wait()
        let found = try RunningCommand(["search", catalog.path + "/images/\(catalog.ids[1]).jpg"] + arguments).wait()
        #expect(stats.status == 0 && found.status == 0 && !(stats.output + found.output).contains("\u{1B}"))
        // All but one behind a link: more than half would go, and the reason is told.
        for id in catalog.ids[2...3] {
            let file = catalog.path + "/images/\(id).jpg"
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createSymbolicLink(
                atPath: file, withDestinationPath: elsewhere.path + "/images/\(elsewhere.ids[0]).jpg")
        }
        let refused = try RunningCommand(["index"] + arguments).wait()
        #expect(refused.status == 65 && refused.errors.contains("2 of the 3 indexed items"), "\(refused)")
        #expect(refused.errors.contains("outside") && refused.errors.contains("--data"), "\(refused)")
    }

    @Test("prints the nearest items as text, and embeddings as JSON lines and as NumPy array")
    func searchAndEmbed() throws {
        let catalog = try SmallCatalog(count: 8)
        _ = try RunningCommand.run("index", "--catalog", catalog.path, "--data", catalog.data)
        let photo = catalog.path + "/images/\(catalog.ids[4]).jpg"
        let found = try RunningCommand.run(
            "search", photo, "-k", "3", "--catalog", catalog.path, "--data", catalog.data)
        let lines = found.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].contains(catalog.ids[4]) && lines[0].hasSuffix("very close"))

        let embedded = try RunningCommand.run("embed", photo, photo)
        let objects = try embedded.output.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        let vector = try #require(objects.first??["embedding"] as? [Double])
        #expect(objects.count == 2 && abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)

        let file = catalog.path + "/vectors.npy"
        _ = try RunningCommand.run("embed", photo, photo, "--output", file)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let header = Int(bytes[8]) + Int(bytes[9]) << 8
        #expect(bytes.starts(with: [0x93] + Array("NUMPY".utf8)) && (10 + header) % 64 == 0)
        #expect(bytes.count == 10 + header + 2 * vector.count * 4)
    }

    @Test("a reader that goes away ends a command quietly, and --output follows links and writes to devices")
    func outputs() throws {
        let folder = try TemporaryFolder()
        let photo = try SmallCatalog(count: 1)
        let path = photo.path + "/images/\(photo.ids[0]).jpg"
        let photos = Array(repeating: path, count: 40).joined(separator: " ")
        let embed = "'\(Project.executable.path)' embed \(photos) 2>'\(folder.path)/err'"
        #expect(try ChildProcess.run("/bin/bash", "-c", "\(embed) | head -c 9; exit ${PIPESTATUS[0]}").status == 141)
        #expect(try String(contentsOfFile: folder.path + "/err", encoding: .utf8).isEmpty)

        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/target.npy")
        #expect(try RunningCommand.run("embed", path, "--output", folder.path + "/link").status == 0)
        #expect(FileManager.default.fileExists(atPath: folder.path + "/target.npy"))
        let piped = try RunningCommand.run("embed", path, "--output", "/dev/null")
        #expect(piped.status == 0, "\(piped.errors)")
        #expect(
            try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType != .typeRegular)
        let missing = try RunningCommand.run("search", path, "--data", folder.path + "/none", "--catalog", photo.path)
        #expect(missing.status == 65 && missing.errors.contains("vitrine index"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
        #expect(try RunningCommand.run("embed", folder.path).errors.contains("directory"))
        #expect(try RunningCommand.run("embed", "/dev/zero").errors.contains("20 MB"))
    }

    @Test("wrong usage, bad photos and missing catalogs have their own statuses, on standard error")
    func failures() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("%PDF-1.4".utf8), to: "a.jpg")
        let cases: [([String], Int32, String)] = [
            (["search", folder.path + "/a.jpg", "-k", "0"], 64, "-k"),
            (["search", folder.path + "/none.jpg"], 65, "none.jpg"),
            (["embed", folder.path + "/a.jpg"], 65, "PDF"),
            (["embed", folder.path + "/a.jpg", "--model", "nothing"], 65, "nothing"),
            (["index", "--catalog", folder.path, "--data", folder.path + "/d"], 65, "items.csv"),
            (["index", "--catalog", folder.path + "/none"], 65, "none"),
            (["nonsense"], 64, "nonsense"),
        ]
        for (arguments, status, text) in cases {
            let outcome = try RunningCommand(arguments).wait()
            #expect(outcome.status == status, "\(arguments): \(outcome)")
            #expect(outcome.errors.contains(text) && outcome.output.isEmpty, "\(arguments): \(outcome)")
        }
        for command in [[], ["serve"], ["index"], ["search"], ["embed"], ["weights"], ["weights", "add"]] {
            let help = try RunningCommand(command + ["--help"]).wait()
            #expect(help.status == 0 && help.output.contains("USAGE") && help.errors.isEmpty)
        }
    }
}
