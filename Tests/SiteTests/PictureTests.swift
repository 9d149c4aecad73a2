import Foundation
import HTTPCore
import ImageCodecs
import Site
import Testing

@Suite("Pictures")
struct PictureTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("vitrine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file.path
    }

    private struct Missing: Error {}

    @Test("pictures come from disk, may be cached, and are of the type of their content, whatever their name")
    func types() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let contents: [(type: String, bytes: [UInt8])] = [
            ("image/jpeg", try TestSite.photo(red: 1, green: 2, blue: 3)),
            ("image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            ("image/webp", Array("RIFF0000WEBPVP8 ".utf8)),
        ]
        for (type, bytes) in contents {
            for name in ["a.html", "a.svg", "a.jpg", "a"] {
                let path = try file(name, bytes)
                let site = try TestSite(FixedItems(imagePath: path, thumbnail: { path }))
                for address in ["/images/1.jpg", "/thumbnails/1.jpg"] {
                    let response = try site.get(address)
                    #expect(response.status == 200)
                    #expect(response.headers["Content-Type"] == type)
                    #expect(response.headers["Cache-Control"]?.contains("max-age") == true)
                    guard case .file(path) = response.body else {
                        Issue.record("\(address) is not the file")
                        continue
                    }
                }
            }
        }
    }

    @Test("a photo that is gone, or is no picture any more, is 404 as a page and as JSON")
    func missing() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = Array("<html><script>alert(1)</script></html>".utf8)
        let paths = [
            folder.path + "/gone.jpg", folder.path, try file("a.jpg", script), try file("empty.jpg", []),
            try file("a.svg", Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)),
        ]
        for path in paths {
            let thumbnails: [@Sendable () throws -> String] = [
                { path }, { throw ImageError.notAnImage }, { throw Missing() },
            ]
            for thumbnail in thumbnails {
                let site = try TestSite(FixedItems(imagePath: path, thumbnail: thumbnail))
                for address in ["/images/1.jpg", "/thumbnails/1.jpg"] {
                    let page = try site.get(address)
                    #expect(page.status == 404, "\(address) \(path)")
                    #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
                    let answer = try site.get(address, headers: ["Accept": "application/json"])
                    #expect(answer.status == 404)
                    #expect((try answer.json()["error"] as? [String: String])?["code"] == "no_picture")
                }
            }
        }
        #expect(try TestSite().get("/images/none.jpg").text.contains("unknown_item"))
        #expect(try TestSite().get("/thumbnails/none.jpg").status == 404)
    }

    @Test("a failure that is not the photo's is not hidden behind a 404")
    func failure() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try file("a.jpg", TestSite.photo(red: 1, green: 2, blue: 3))
        let site = try TestSite(FixedItems(imagePath: path, thumbnail: { throw Missing() }))
        #expect(throws: Missing.self) { try site.get("/thumbnails/1.jpg") }
    }

    @Test("the robots file may be cached")
    func robots() throws {
        let response = try TestSite().get("/robots.txt")
        #expect(response.headers["Cache-Control"]?.contains("max-age") == true)
        #expect(response.text.contains("Disallow: /results/"))
    }

    @Test("the first page's pictures are small, made once, and 404 where there is none")
    func small() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try file("a.jpg", TestSite.photo(red: 1, green: 2, blue: 3, width: 360, height: 480))
        let site = try TestSite(FixedItems(imagePath: path, thumbnail: { path }))
        let response = try site.get("/examples/1.jpg")
        guard case .bytes(let bytes) = response.body else {
            Issue.record("no picture")
            return
        }
        let info = try ImageDecoder.inspect(bytes)
        #expect((info.width, info.height) == (162, 216) && response.headers["Content-Type"] == "image/jpeg")
        try FileManager.default.removeItem(atPath: path)
        #expect(try site.get("/examples/1.jpg").status == 200, "it was kept")
        #expect(try site.get("/examples/2.jpg").status == 404)
        #expect(try site.get("/examples/none.jpg").status == 404)
    }
}
