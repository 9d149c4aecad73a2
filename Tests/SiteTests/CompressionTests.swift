import ChildProcesses
import Foundation
import HTTPCore
import Site
import Testing

@Suite("Compressed answers")
struct CompressionTests {
    /// What gzip makes of an answer's body.
    private func unpacked(_ response: HTTPResponse) throws -> String {
        guard case .bytes(let bytes) = response.body else { return "" }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("packed-\(UUID().uuidString).gz")
        try Data(bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        let gzip = try ChildProcess.run("/usr/bin/env", "gzip", "-dc", path.path)
        #expect(gzip.status == 0)
        return String(decoding: gzip.output, as: UTF8.self)
    }

    @Test("pages, styles and scripts are compressed for those who take it, and the same as for others")
    func compressed() throws {
        let site = try TestSite()
        let html = try site.get("/").text
        let script = try #require(html.firstMatch(of: #/src="([^"]+app\.js)"/#)).1
        let style = try #require(html.firstMatch(of: #/href="([^"]+site\.css[^"]*)"/#)).1
        let page = try site.get("/", headers: ["Accept-Encoding": "br;q=1, gzip;q=0.8"])
        #expect(page.headers["Content-Encoding"] == "gzip" && page.headers["Vary"]?.contains("Accept-Encoding") == true)
        #expect(page.headers["Vary"]?.contains("Accept-Language") == true)
        #expect(try unpacked(page) == html)
        for address in [String(style), String(script).replacing("app.js", with: "tray.js")] {
            let plain = try site.get(address)
            var text = plain.text
            if case .file(let path) = plain.body { text = try String(contentsOfFile: path, encoding: .utf8) }
            #expect(text.count > 1000, "\(address)")
            #expect(plain.headers["Content-Encoding"] == nil && plain.headers["Vary"] == "Accept-Encoding")
            let packed = try site.get(address, headers: ["Accept-Encoding": "gzip"])
            #expect(packed.headers["Content-Encoding"] == "gzip")
            #expect(try unpacked(packed) == text)
            #expect(packed.headers["Cache-Control"]?.contains("immutable") == true)
        }
    }

    @Test("one style sheet has all that pages need, and its address changes with it")
    func joined() throws {
        let site = try TestSite()
        let html = try site.get("/").text
        #expect(html.ranges(of: "rel=\"stylesheet\"").count == 1)
        let style = try #require(html.firstMatch(of: #/href="(\/static\/site\.css\?v=[0-9a-f]+)"/#)).1
        let response = try site.get(String(style))
        #expect(response.headers["Content-Type"] == "text/css; charset=utf-8")
        for name in ["base", "components", "case", "filters", "refine", "pages", "photo", "results"] {
            let part = try String(contentsOfFile: "\(TestSite.publicFiles)/\(name).css", encoding: .utf8)
            #expect(response.text.contains(part), "\(name)")
        }
    }

    @Test("files are sent without the fields that say something of pages; what can be a page keeps them")
    func fieldsOfFiles() throws {
        let site = try TestSite()
        let html = try site.get("/").text
        let script = try #require(html.firstMatch(of: #/src="([^"]+app\.js)"/#)).1
        for address in [String(script), "/static/base.css", "/static/site.css", "/images/1.jpg", "/thumbnails/1.jpg"] {
            let response = try site.get(address)
            for (name, _) in SecurityHeaders.ofFiles.fields {
                #expect(response.headers[name] == "", "\(address) \(name)")
            }
            #expect(response.headers["X-Content-Type-Options"] == nil, "the standard one stays")
        }
        for address in ["/", "/static/favicon.svg", "/items/none"] {
            #expect(try site.get(address).headers["Content-Security-Policy"] == nil, "\(address)")
        }
    }

    @Test(
        "nothing is compressed for those who do not take it, for programs, and of pictures",
        arguments: ["", "gzip;q=0", "identity", "br", "*;q=0", "gzip;q=no"])
    func plain(accepted: String) throws {
        let site = try TestSite()
        let headers: HTTPHeaders = ["Accept-Encoding": accepted]
        #expect(try site.get("/", headers: headers).headers["Content-Encoding"] == nil)
        let gzip: HTTPHeaders = ["Accept-Encoding": "gzip"]
        #expect(try site.get("/api/v1/items", headers: gzip).headers["Content-Encoding"] == nil)
        #expect(try site.get("/images/1.jpg", headers: gzip).headers["Content-Encoding"] == nil)
        #expect(try site.get("/static/base.css", headers: gzip).headers["Content-Encoding"] == nil)
    }
}
