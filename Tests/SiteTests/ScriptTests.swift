import ChildProcesses
import Foundation
import Site
import Testing

@Suite("Scripts")
struct ScriptTests {
    private let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: TestSite.publicFiles)) ?? [])
        .filter { $0.hasSuffix(".js") }.sorted()

    @Test("all scripts together are under 25 KB compressed")
    func size() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("scripts-\(UUID().uuidString).gz")
        defer { try? FileManager.default.removeItem(at: path) }
        #expect(FileManager.default.createFile(atPath: path.path, contents: nil))
        var total = 0
        for name in names {
            // Each on its own, as they are sent.
            let gzip = try ChildProcess.run("/usr/bin/env", "gzip", "-9", "-c", "\(TestSite.publicFiles)/\(name)")
            #expect(gzip.status == 0)
            total += gzip.output.count
        }
        #expect(names.count > 3 && total > 1000)
        #expect(total < 25_000, "\(total) bytes")
    }

    @Test("scripts and what they import come from one folder, named after their content, to be kept for good")
    func folder() throws {
        let site = try TestSite()
        let html = try site.get("/").text
        let script = try #require(html.firstMatch(of: #/<script type="module" src="([^"]+)"/#)).1
        let folder = try #require(script.firstMatch(of: #/^\/static\/scripts-[0-9a-f]+\//#)).0
        let response = try site.get(String(script))
        #expect(response.status == 200 && response.headers["Cache-Control"]?.contains("immutable") == true)
        var seen: Set<String> = []
        var open = [String(script.dropFirst(folder.count))]
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            #expect(try site.get(folder + name).status == 200, "\(name)")
            let text = try String(contentsOfFile: "\(TestSite.publicFiles)/\(name)", encoding: .utf8)
            for match in text.matches(of: #/(?:from|import|import\()\s*"\.\/([^"]+)"/#) { open.append(String(match.1)) }
        }
        #expect(seen.isSuperset(of: ["sources.js", "tray.js", "upload.js", "camera.js", "crop.js", "texts.js"]))
        let old = try site.get("/static/scripts-0/app.js")
        #expect(old.status == 200 && old.headers["Cache-Control"]?.contains("immutable") == false)
        for path in ["/static/scripts-0/nothing.js", "/static/scripts-0/../app.js", "/static/scripts-0/base.css"] {
            #expect(try site.get(path).status == 404, "\(path)")
        }
    }
}
