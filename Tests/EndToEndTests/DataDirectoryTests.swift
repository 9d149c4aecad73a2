import ChildProcesses
import Foundation
import Testing

/// Somebody who may read a data directory, and not write it.
enum Reader {
    private static let isRoot = geteuid() == 0

    /// The command in front of one, for nobody's account.
    static let prefix = isRoot ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] : []

    /// Whether there can be such a reader here: root may write everywhere, and others may not run what is root's own.
    static var isPossible: Bool {
        guard isRoot else { return true }
        guard FileManager.default.isExecutableFile(atPath: prefix[0]) else { return false }
        let test = [
            "/bin/sh", "-c", "test -x \"$0\" -a -r \"$1\"", Project.executable.path, Project.catalog + "/items.csv",
        ]
        return (try? ChildProcess(prefix[0], prefix.dropFirst() + test))?.wait() == 0
    }

    /// Lets everybody read a folder and nobody but root write it, while `body` runs.
    static func reading(_ path: String, _ body: () async throws -> Void) async throws {
        for mode in isRoot ? ["a+rX"] : ["a+rX", "a-w"] { try change(path, mode) }
        defer { if !isRoot { try? change(path, "u+w") } }
        try await body()
    }

    private static func change(_ path: String, _ mode: String) throws {
        try #require(ChildProcess("/bin/chmod", ["-R", mode, path]).wait() == 0)
    }
}

@Suite("A data directory that is damaged, lost or not to be written", .serialized)
struct DataDirectoryTests {
    private static let token = "a-token-for-tests"
    private let small: SmallCatalog
    private var paths: [String] { ["--catalog", small.path, "--data", small.data] }

    init() throws { small = try SmallCatalog(count: 6) }

    private func server() throws -> RunningServer {
        try RunningServer(
            catalog: small.path, data: small.data, environment: ["VITRINE_TOKEN": Self.token], prefix: Reader.prefix)
    }

    /// Adds an item with a photo that no other has, by a server that is ended again.
    private func addItem() async throws {
        let server = try RunningServer(
            catalog: small.path, data: small.data, environment: ["VITRINE_TOKEN": Self.token])
        let photo = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Project.root + "/Public/screenshot.jpg")))
        let answer = try await server.send(
            "/api/v1/items/mine", method: "PUT",
            headers: ["Authorization": "Bearer " + Self.token, "Content-Type": "multipart/form-data; boundary=b"],
            body: Array("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\n".utf8) + photo
                + Array("\r\n--b--\r\n".utf8))
        try #require(answer.status == 201, "\(answer.text)")
        server.command.send(SIGTERM)
        _ = server.command.wait()
    }

    private var photos: [String] {
        let names = FileManager.default.enumerator(atPath: small.data + "/photos")?.compactMap { $0 as? String } ?? []
        return names.filter { $0.contains("/") }
    }

    private func overwrite(_ file: String, from start: Int, count: Int) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        try handle.seek(toOffset: UInt64(start))
        try handle.write(contentsOf: Data(repeating: 0x5A, count: count))
        try handle.close()
    }

    @Test("who follows the advice on a damaged database loses no photo")
    func damaged() async throws {
        try await addItem()
        let file = small.data + "/catalog.sqlite"
        // Brings into the file what the server left in its log.
        _ = try RunningCommand(["catalog", "stats"] + paths).wait()
        try overwrite(file, from: 0, count: 100)
        for command in [["catalog", "stats"], ["search", small.path + "/images/\(small.ids[0]).jpg"], ["index"]] {
            let outcome = try RunningCommand(command + paths).wait()
            #expect(outcome.status == 65 && outcome.errors.contains("backup"), "\(outcome)")
        }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        for name in photos {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -86400)],
                ofItemAtPath: small.data + "/photos/" + name)
        }
        let indexed = try RunningCommand(["index"] + paths).wait()
        #expect(indexed.status == 0 && indexed.output.contains("1 photo in \(small.data)/photos"), "\(indexed)")
        #expect(photos.count == 1)
        let verified = try RunningCommand(["catalog", "verify"] + paths).wait()
        #expect(verified.status == 0 && verified.output.contains("is left alone"), "\(verified)")

        try Data().write(to: URL(fileURLWithPath: file))
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        let emptied = try RunningCommand(["catalog", "verify"] + paths).wait()
        #expect(emptied.status == 1 && emptied.output.contains("it is empty"), "\(emptied)")
        #expect(try RunningCommand(["index"] + paths).wait().status == 65 && photos.count == 1)
    }

    @Test("damage inside the database is told like a damaged head")
    func damagedPage() throws {
        _ = try RunningCommand(["index"] + paths).wait()
        let file = small.data + "/catalog.sqlite"
        let size = try #require(
            try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
        try overwrite(file, from: 8192, count: size - 8192)
        for command in [
            ["catalog", "stats"], ["search", small.path + "/images/\(small.ids[0]).jpg"], ["index"],
            ["catalog", "export", small.path + "/export"],
        ] {
            let outcome = try RunningCommand(command + paths).wait()
            #expect(outcome.status == 65, "\(outcome)")
            #expect(outcome.errors.contains("is damaged") && outcome.errors.contains("backup"), "\(outcome)")
            #expect(!outcome.errors.contains("SQLite error"), "\(outcome)")
        }
    }

    @Test(
        "without permission to write it is served, searched, counted, checked and exported, and nothing in it changes",
        .enabled(if: Reader.isPossible, "root's build cannot be run by others here"))
    func readOnly() async throws {
        try await addItem()
        #expect(try RunningCommand(["index"] + paths).wait().status == 0)
        let before = try FileManager.default.subpathsOfDirectory(atPath: small.data).sorted()
        let photo = small.path + "/images/\(small.ids[0]).jpg"
        try await Reader.reading(small.path) {
            for command in [["catalog", "stats"], ["catalog", "verify"], ["search", photo]] {
                let outcome = try RunningCommand(command + paths, prefix: Reader.prefix).wait()
                #expect(outcome.status == 0, "\(command) \(outcome)")
            }
            let folder = try TemporaryFolder()
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
            let exported = try RunningCommand(
                ["catalog", "export", folder.path + "/export"] + paths, prefix: Reader.prefix
            ).wait()
            #expect(exported.output.contains("Exported 7 items"), "\(exported)")
            let indexed = try RunningCommand(["index"] + paths, prefix: Reader.prefix).wait()
            #expect(indexed.status == 65 && indexed.errors.contains("cannot be written to"), "\(indexed)")

            let server = try server()
            #expect(server.command.errors.contains("cannot be written to"))
            #expect(try await server.search(small.photo(small.ids[0])).ids().first == small.ids[0])
            for path in ["/", "/catalog", "/items/mine", "/images/mine.jpg", "/thumbnails/mine.jpg"] {
                #expect(try await server.get(path).status == 200, "\(path)")
            }
            let refused = try await server.send(
                "/api/v1/items/mine", method: "DELETE", headers: ["Authorization": "Bearer " + Self.token], body: nil)
            #expect(refused.status == 403 && refused.errorCode == "read_only")
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: small.data).sorted() == before)
    }

    @Test("an export with photos is imported as the same catalog, items and photos of the API among them")
    func roundTrip() async throws {
        try small.append(id: "twin", image: "images/\(small.ids[0]).jpg")
        try await addItem()
        _ = try RunningCommand(["index"] + paths).wait()
        let (export, again) = (small.path + "/export", small.path + "/again")
        let data = again + ".data"
        for _ in 0..<2 {
            let exported = try RunningCommand(["catalog", "export", export, "--photos"] + paths).wait()
            #expect(exported.output == "Exported 8 items to \(export).\n", "\(exported)")
        }
        let imported = try RunningCommand.run("import", export, "--into", again)
        #expect(imported.status == 0, "\(imported)")
        let indexed = try RunningCommand.run("index", "--catalog", again, "--data", data)
        #expect(indexed.output.contains("8 items indexed: 7 photos embedded") && indexed.status == 0, "\(indexed)")
        let second = try RunningCommand.run(
            "catalog", "export", export + "2", "--photos", "--catalog", again, "--data", data)
        #expect(second.status == 0, "\(second)")
        // Row for row; columns of attributes may come in another order.
        let check = """
            import csv, numpy, sys
            tables = [list(csv.DictReader(open(folder + '/items.csv'))) for folder in sys.argv[1:]]
            vectors = [numpy.load(folder + '/vectors.npy') for folder in sys.argv[1:]]
            assert len(tables[0]) == 8 and tables[0] == tables[1], tables
            assert numpy.abs(vectors[0] - vectors[1]).max() < 1e-3
            """
        #expect(try ChildProcess("/usr/bin/python3", ["-c", check, export, export + "2"]).wait() == 0)
        let photos = try [export, export + "2"].map {
            try FileManager.default.subpathsOfDirectory(atPath: $0 + "/images").filter { $0.hasSuffix(".jpg") }.sorted()
        }
        #expect(photos[0].count == 7 && photos[0] == photos[1])

        // Without photos an export with them stays, and names are no absolute paths.
        let refused = try RunningCommand(["catalog", "export", export] + paths).wait()
        #expect(refused.status == 1 && refused.errors.contains("another folder"), "\(refused)")
        #expect(try RunningCommand(["catalog", "export", small.path + "/plain"] + paths).wait().status == 0)
        let plain = try String(contentsOfFile: small.path + "/plain/items.csv", encoding: .utf8)
        #expect(plain.contains("\nmine,photos/") && plain.contains("content_hash"), "\(plain)")

        // A photo that is not the one that was indexed is not passed off as it.
        try small.folder.write(try small.photo(small.ids[2]), to: "images/\(small.ids[1]).jpg")
        let lacking = try RunningCommand(["catalog", "export", export, "--photos"] + paths).wait()
        #expect(lacking.status == 0 && lacking.output.contains("1 item without a photo"), "\(lacking)")
    }
}
