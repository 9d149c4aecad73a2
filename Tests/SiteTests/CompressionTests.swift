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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return text
    }

    @Test("pages, styles and scripts are compressed for those who take it, and the same as for others")
    func compressed() throws {
        let site = try TestSite()
        let html = try site.get("/").text
        let script = try #require(html.firstMatch(of: #/src="([^"]+app\.js)"/#)).1
        let style = try #require(html.firstMatch(of: #/href="([^"]+base\.css[^"]*)"/#)).1
        let page = try site.get("/", headers: ["Accept-Encoding": "br;q=1, gzip;q=0.8"])
        #expect(page.headers["Content-Encoding"] == "gzip" && page.headers["Vary"]?.contains("Accept-Encoding") == true)
        #expect(page.headers["Vary"]?.contains("Accept-Language") == true)
        #expect(try unpacked(page) == html)
        for address in [String(style), String(script).replacing("app.js", with: "tray.js")] {
            let plain = try site.get(address)
            guard case .file(let path) = plain.body else {
                Issue.record("\(address) is no file")
                continue
            }
            #expect(plain.headers["Content-Encoding"] == nil && plain.headers["Vary"] == "Accept-Encoding")
            let packed = try site.get(address, headers: ["Accept-Encoding": "gzip"])
            #expect(packed.headers["Content-Encoding"] == "gzip")
            #expect(try unpacked(packed) == String(contentsOfFile: path, encoding: .utf8))
            #expect(packed.headers["Cache-Control"]?.contains("immutable") == true)
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
