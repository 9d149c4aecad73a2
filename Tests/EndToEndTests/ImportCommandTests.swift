import ChildProcesses
import Foundation
import ImageCodecs
import Testing

@Suite("vitrine import")
struct ImportCommandTests {
    /// A folder of tiny photos with a table: items `first` and on, whose photos and names tell the version.
    static func makeSource(_ path: String, items: Range<Int>, version: Int) throws {
        let folder = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("images"), withIntermediateDirectories: true)
        var table = "id,image,name\n"
        for item in items {
            let seed = item * 7 + version * 3
            let pixels = (0..<12 * 12).flatMap { pixel in
                [UInt8(truncatingIfNeeded: seed), UInt8(truncatingIfNeeded: seed >> 8 &* 16 &+ pixel), UInt8(version)]
            }
            try Data(JPEGEncoder.encode(RGBImage(width: 12, height: 12, pixels: pixels))).write(
                to: folder.appendingPathComponent("images/\(item).jpg"))
            table += "\(item),\(item).jpg,Item \(item) of \(version)\n"
        }
        try Data(table.utf8).write(to: folder.appendingPathComponent("items.csv"))
    }

    private func table(_ catalog: String) throws -> String {
        try String(contentsOfFile: catalog + "/items.csv", encoding: .utf8)
    }

    /// What the rows of a catalog's table name as their image.
    private func images(_ catalog: String) throws -> [String] {
        try table(catalog).split(separator: "\n").dropFirst().map {
            String($0.split(separator: ",", omittingEmptySubsequences: false)[1])
        }
    }

    @Test("a zip is imported and indexed by two commands, and searched")
    func twoCommands() throws {
        let demo = try SmallCatalog(count: 12)
        let folder = try TemporaryFolder()
        let program = "import shutil, sys; shutil.make_archive(*sys.argv[1:])"
        try #require(
            ChildProcess("/usr/bin/python3", ["-c", program, folder.path + "/demo", "zip", demo.path]).wait() == 0)
        let catalog = folder.path + "/catalog"
        let report = folder.path + "/report.json"
        let imported = try RunningCommand.run(
            "import", folder.path + "/demo.zip", "--into", catalog, "--report", report)
        #expect(imported.status == 0 && imported.output.contains("12 added"), "\(imported)")
        let written = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: report)))
        #expect((written as? [String: Any])?["added"] as? Int == 12)
        let data = folder.path + "/data"
        let indexed = try RunningCommand.run("index", "--catalog", catalog, "--data", data, "--json")
        #expect(try indexed.json()["items"] as? Int == 12)
        let found = try RunningCommand.run(
            "search", demo.path + "/images/\(demo.ids[5]).jpg", "-k", "1", "--catalog", catalog, "--data", data)
        #expect(found.output.contains(demo.ids[5]) && found.output.contains("very close"))
    }

    @Test("kill -9 at any moment leaves the old catalog or the new one, and never a mixture")
    func killed() throws {
        let folder = try TemporaryFolder()
        let sources = [folder.path + "/a", folder.path + "/b"]
        try Self.makeSource(sources[0], items: 0..<900, version: 1)
        try Self.makeSource(sources[1], items: 300..<1200, version: 2)
        // What each catalog is when nobody disturbs, with photos that both share counted to each.
        var tables: [String] = []
        for (index, source) in sources.enumerated() {
            let alone = folder.path + "/alone\(index)"
            #expect(try RunningCommand.run("import", source, "--into", alone).status == 0)
            tables.append(try table(alone))
            #expect(Set(try images(alone)).count > 100)
        }
        let catalog = folder.path + "/catalog"
        #expect(try RunningCommand.run("import", sources[0], "--into", catalog).status == 0)
        let start = ContinuousClock.now
        #expect(try RunningCommand.run("import", sources[1], "--into", catalog, "--replace").status == 0)
        var whole = (ContinuousClock.now - start) / .seconds(1)

        let rounds = Project.rounds ?? 40
        var (kills, changes, round) = (0, 0, 0)
        var current = 1
        while round < rounds || (kills <= 10 || changes <= 2) && round < 5 * rounds {
            defer { round += 1 }
            let next = 1 - current
            let command = try RunningCommand(["import", sources[next], "--into", catalog, "--replace"])
            let isKilled = command.kill(after: whole * Double((round * 17) % 40) / 38).status == 128 + SIGKILL
            if isKilled { kills += 1 }
            // How long an import takes changes with what else the machine does.
            whole *= isKilled ? 1.02 : 0.9
            let found = try #require(tables.firstIndex(of: try table(catalog)), "round \(round): a mixture")
            if found == next { changes += 1 }
            current = found
            for image in try images(catalog) {
                let bytes = try? Data(contentsOf: URL(fileURLWithPath: catalog + "/" + image))
                let expected = try? Data(
                    contentsOf: URL(fileURLWithPath: folder.path + "/alone\(found)/" + image))
                try #require(bytes != nil && bytes == expected, "round \(round): \(image)")
            }
        }
        #expect(kills > 10 && changes > 2, "\(kills) kills, \(changes) changes")
        // Whatever was left behind is gone after two whole imports.
        for _ in 0..<2 {
            #expect(try RunningCommand.run("import", sources[0], "--into", catalog, "--replace").status == 0)
        }
        let left = FileManager.default.enumerator(atPath: catalog)?.compactMap { $0 as? String } ?? []
        #expect(left.filter { $0.hasSuffix(".jpg") }.count == Set(try images(catalog)).count)
        #expect(!left.contains { $0.hasPrefix(".import") })
    }

    @Test("a first import that is killed leaves no catalog, and the next one makes it")
    func killedFirst() throws {
        let folder = try TemporaryFolder()
        try Self.makeSource(folder.path + "/a", items: 0..<900, version: 1)
        for milliseconds in [20, 50, 80, 120] {
            let command = try RunningCommand(["import", folder.path + "/a", "--into", folder.path + "/c"])
            guard command.kill(after: Double(milliseconds) / 1000).status == 128 + SIGKILL,
                FileManager.default.fileExists(atPath: folder.path + "/c/items.csv")
            else { continue }
            #expect(try images(folder.path + "/c").count == 900)
        }
        let last = try RunningCommand.run("import", folder.path + "/a", "--into", folder.path + "/c", "--json")
        #expect(try last.json()["items"] as? Int == 900)
    }

    @Test("Ctrl-C ends it with status 130 and changes nothing; a second import of the same catalog is refused")
    func interrupted() throws {
        let folder = try TemporaryFolder()
        let fifo = folder.path + "/fifo"
        try #require(mkfifo(fifo, 0o600) == 0)
        let catalog = folder.path + "/catalog"
        let command = try RunningCommand(["import", fifo, "--into", catalog])
        // A tar that goes on: the import reads what is there and waits for more.
        // Open for both, so that it has a reader even when the import is gone.
        let pipe = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        try #require(pipe >= 0)
        defer { close(pipe) }
        let more = [UInt8](Self.tarEntry("a.txt", [1, 2, 3]) + Self.tarEntry("b.txt", [4]))
        try #require(write(pipe, more, more.count) == more.count)
        command.wait { FileManager.default.fileExists(atPath: catalog + "/.import") }
        let second = try RunningCommand.run("import", Project.catalog, "--into", catalog)
        #expect(second.status == 65 && second.errors.contains("Another vitrine process"), "\(second)")
        command.send(SIGINT)
        // Asked before every file, and a file may come before the signal has been seen.
        command.wait {
            _ = write(pipe, more, more.count)
            return false
        }
        command.send(SIGKILL)
        let outcome = command.wait()
        #expect(outcome.status == 130 && outcome.output.contains("as it was"), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: catalog))
    }

    /// A file in a tar (POSIX ustar).
    private static func tarEntry(_ name: String, _ content: [UInt8]) -> Data {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put(
            String(repeating: "0", count: 11 - String(content.count, radix: 8).count) + String(content.count, radix: 8),
            at: 124)
        put("00000000000", at: 136)
        put("        0", at: 148)
        put("ustar\u{0}00", at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(String(repeating: "0", count: 6 - String(sum, radix: 8).count) + String(sum, radix: 8) + "\u{0} ", at: 148)
        return Data(header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512))
    }

    @Test("reads standard input, maps columns, and a dry run writes nothing")
    func options() throws {
        let folder = try TemporaryFolder()
        try Self.makeSource(folder.path + "/s", items: 0..<3, version: 1)
        let table = try String(contentsOfFile: folder.path + "/s/items.csv", encoding: .utf8)
        try folder.write(Array(table.replacing("id,image,name", with: "sku,image,label").utf8), to: "s/items.csv")
        let command =
            "'\(Project.executable.path)' import - --into '\(folder.path)/c' --map sku=id --map label=name --json"
        let line = "tar -C '\(folder.path)/s' -cz . | \(command) > '\(folder.path)/out'"
        #expect(try ChildProcess("/bin/bash", ["-c", line]).wait() == 0)
        let report =
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: folder.path + "/out"))) as? [String: Any]
        #expect(report?["added"] as? Int == 3)
        let dry = try RunningCommand.run(
            "import", folder.path + "/s", "--into", folder.path + "/d", "--map", "sku=id", "--dry-run")
        #expect(dry.status == 0 && dry.output.contains("would give 3 items"), "\(dry)")
        #expect(dry.output.contains("Fields: sku as id, image.\nAttributes: label.\n"), "\(dry)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/d"))
    }

    @Test("what was not taken as written is told, counts agree with their nouns, and nothing steers a terminal")
    func notes() throws {
        let folder = try TemporaryFolder()
        try Self.makeSource(folder.path + "/s", items: 0..<1, version: 1)
        let table =
            Array("id,image,name,price,fit\n1,0.jpg,".utf8) + [0xC9] + Array("lan \u{1B}[31m,abc,sl".utf8)
            + Array("im\n2\u{1B}]0;x\u{7},0.jpg,x,,\n".utf8)
        try folder.write(table, to: "s/items.csv")
        let report = folder.path + "/report.json"
        let outcome = try RunningCommand.run(
            "import", folder.path + "/s", "--into", folder.path + "/c", "--report", report)
        #expect(outcome.status == 0, "\(outcome)")
        for text in [
            "1 item of 2 rows of items.csv (Windows-1252): 1 added", "1 row skipped", "1 photo read",
            "read as Windows-1252", "line 2, id 1: has a price that is not understood, abc: it is no number",
            "line 2, id 1: has control characters in name", "Fields: id, image, name, price.", "Attributes: fit.",
        ] {
            #expect(outcome.output.contains(text), "\(text) in \(outcome.output)")
        }
        #expect(!outcome.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        let written = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: report)))
        let object = try #require(written as? [String: Any])
        let notes = try #require(object["notes"] as? [[String: Any]])
        #expect(object["encoding"] as? String == "windows-1252" && object["noteCount"] as? Int == 3)
        #expect(
            Set(notes.compactMap { $0["code"] as? String })
                == ["encoding_guessed", "controls_removed", "price_not_understood"])
        #expect((object["columns"] as? [[String: Any]])?.count == 5)
        #expect(try self.table(folder.path + "/c").contains("Élan [31m"))
        let forced = try RunningCommand.run(
            "import", folder.path + "/s", "--into", folder.path + "/d", "--encoding", "utf-8")
        #expect(forced.status == 65 && forced.output.contains("no UTF-8 text"), "\(forced)")
    }

    @Test("wrong usage and sources that cannot be used have their own statuses, on standard error")
    func failures() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("id,image\n1,none.jpg\n".utf8), to: "s/items.csv")
        try folder.write(Array("no archive".utf8), to: "file")
        try folder.write(Array("sku,image\n1,none.jpg\n".utf8), to: "unknown/items.csv")
        try folder.write(Array("id,image,name,name\n1,none.jpg,a,b\n".utf8), to: "twice/items.csv")
        let into = ["--into", folder.path + "/c"]
        let cases: [([String], Int32, String)] = [
            (["import", folder.path + "/s"], 64, "--into"),
            (["import", folder.path + "/s", "--map", "sku"] + into, 64, "sku=id"),
            (["import", folder.path + "/s", "--map", "sku=id"] + into, 65, "sku"),
            (["import", folder.path + "/s", "--table", "b.csv"] + into, 65, "CSV"),
            (["import", folder.path + "/s"] + into, 65, "None of the 1 rows"),
            (["import", folder.path + "/none"] + into, 65, "none"),
            (["import", folder.path + "/unknown"] + into, 65, "--map COLUMN=id"),
            (["import", folder.path + "/file"] + into, 65, "zip"),
            (["import", folder.path + "/s", "--report", "/nosuch/x.json"] + into, 1, "/nosuch"),
            (["import", folder.path + "/s", "--report", folder.path] + into, 1, "it is a folder"),
            (["import", folder.path + "/s", "--encoding", "ebcdic"] + into, 64, "encoding"),
            (["import", folder.path + "/twice"] + into, 65, "two columns called name"),
            (["import", folder.path + "/s", "--into", "/proc/nothing"], 65, "/proc/nothing"),
            (["import", folder.path + "/s", "--into", Project.root], 65, "no items.csv"),
        ]
        for (arguments, status, text) in cases {
            let outcome = try RunningCommand(arguments).wait()
            #expect(outcome.status == status && outcome.errors.contains(text), "\(arguments): \(outcome)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/c"))
    }

    @Test(
        "an archive with all the known faults gives the same items as a sound one, and names each skipped row",
        .enabled(if: RealPhotosTests.arePresent, "the photo archives are not beside the project"))
    func faults() throws {
        let folder = try TemporaryFolder()
        let program = """
            import csv, io, sys, zipfile
            source, root = sys.argv[1:]
            z = zipfile.ZipFile(source)
            rows = list(csv.reader(io.StringIO(z.read('styles.csv').decode())))
            header, rows = rows[0], rows[1::20]
            for number, row in enumerate(rows):
                if number % 5 == 0: row[9] = row[9].replace(' ', ', ', 2)
            def table(rows, quoted):
                out = io.StringIO()
                if quoted: csv.writer(out, lineterminator='\\n').writerows([header] + rows)
                else: out.write(''.join(','.join(row) + '\\n' for row in [header] + rows))
                return out.getvalue()
            with zipfile.ZipFile(root + '/sound.zip', 'w') as out:
                out.writestr('styles.csv', table(rows, True))
                for row in rows: out.writestr('images/%s.jpg' % row[0], z.read('images/%s.jpg' % row[0]))
            lost = {row[0] for row in rows[3::97]}
            short = [['90000001', 'Men', 'Apparel'], ['', 'Men'] + ['x'] * 8]
            with zipfile.ZipFile(root + '/faulty.zip', 'w', zipfile.ZIP_DEFLATED) as out:
                for folder in ['', 'myntradataset/']:
                    for row in reversed(rows):
                        if row[0] not in lost:
                            out.writestr(folder + 'images/%s.jpg' % row[0], z.read('images/%s.jpg' % row[0]))
                    out.writestr(folder + 'styles.csv', table(rows + short + [rows[0]], False))
            open(root + '/lost', 'w').write(' '.join(row[0] for row in rows if row[0] in lost))
            """
        try #require(
            ChildProcess("/usr/bin/python3", ["-c", program, RealPhotosTests.products, folder.path]).wait() == 0)
        let lost = try String(contentsOfFile: folder.path + "/lost", encoding: .utf8).split(separator: " ").map(
            String.init)

        let sound = try RunningCommand.run("import", folder.path + "/sound.zip", "--into", folder.path + "/s", "--json")
        let faulty = try RunningCommand.run(
            "import", folder.path + "/faulty.zip", "--into", folder.path + "/f", "--json")
        let rows = try table(folder.path + "/s").split(separator: "\n")
        #expect(try sound.json()["items"] as? Int == rows.count - 1 && rows.count > 2000)
        let expected = rows.filter { row in !lost.contains(String(row.prefix { $0 != "," })) }
        #expect(try table(folder.path + "/f").split(separator: "\n") == expected)
        for image in try images(folder.path + "/f") {
            let path = "/" + image
            try #require(
                try Data(contentsOf: URL(fileURLWithPath: folder.path + "/f" + path))
                    == Data(contentsOf: URL(fileURLWithPath: folder.path + "/s" + path)))
        }
        let skipped = try #require(try faulty.json()["skipped"] as? [[String: Any]])
        #expect(skipped.prefix(lost.count).map { $0["id"] as? String } == lost)
        #expect(
            skipped.map { $0["code"] as? String ?? "" }
                == lost.map { _ in "no_such_image" } + ["field_count", "bad_id", "duplicate_id"])
        #expect(try faulty.json()["otherTables"] as? [String] == ["myntradataset/styles.csv"])
    }
}
