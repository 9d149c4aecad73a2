import Foundation
import ImageCodecs
import Testing

@Suite("vitrine serve", .serialized)
struct ServeCommandTests {
    private static let fixtures = Project.root + "/Tests/ImageCodecsTests/Fixtures/"

    private func withServer(
        items: Int = 40, _ body: (RunningServer, SmallCatalog) async throws -> Void
    ) async throws {
        let catalog = try SmallCatalog(count: items)
        let server = try RunningServer(catalog: catalog.path, data: catalog.data)
        try await body(server, catalog)
        #expect(server.command.isRunning)
        server.command.send(SIGTERM)
        let outcome = server.command.wait()
        #expect(outcome.status == 0, "\(outcome.errors.suffix(2000))")
    }

    @Test("finds a catalog photo itself first, in the documented shape, and ends with status 0 on SIGTERM")
    func search() async throws {
        try await withServer { server, catalog in
            for id in catalog.ids.prefix(5) {
                let answer = try await server.search(try catalog.photo(id))
                #expect(answer.status == 200)
                let results = try answer.results()
                let first = try #require(results.first)
                #expect(results.count == 5 && first["id"] as? String == id)
                #expect((first["score"] as? Double ?? 0) > 0.999)
                let scores = results.compactMap { $0["score"] as? Double }
                #expect(scores == scores.sorted(by: >))
                for link in ["image_url", "thumbnail_url", "item_url"] {
                    let target = try await server.get(try #require(first[link] as? String))
                    #expect(target.status == 200 && !target.body.isEmpty, "\(link)")
                }
            }
        }
    }

    @Test("no photo is fetched from this machine, and none from anywhere when told so")
    func addresses() async throws {
        let catalog = try SmallCatalog(count: 6)
        for (options, code) in [([], "address_not_allowed"), (["--no-photo-addresses"], "addresses_off")] {
            let server = try RunningServer(catalog: catalog.path, data: catalog.data, options: options)
            let address = try await server.send(
                "/api/v1/search", method: "POST", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: Array("image_url=\(server.url)/images/\(catalog.ids[0]).jpg".utf8))
            #expect(address.status == 403 && address.errorCode == code)
            server.command.send(SIGTERM)
            #expect(server.command.wait().status == 0)
        }
    }

    @Test("re-encoded, or turned with the matching EXIF tag, a photo keeps its first item")
    func robustness() async throws {
        try await withServer { server, catalog in
            for id in catalog.ids.prefix(8) {
                let image = try ImageDecoder.decode(try catalog.photo(id))
                let worse = try JPEGEncoder.encode(image, quality: 60)
                #expect(try await server.search(worse).ids().first == id)
                let turned = try withOrientation6(JPEGEncoder.encode(turnedLeft(image), quality: 92))
                #expect(try await server.search(turned).ids().first == id)
                #expect(try await server.upload(worse, to: "/api/v1/search").ids().first == id)
            }
        }
    }

    /// A quarter turn against the clock: what a camera stores that was held so that EXIF 6 turns it upright again.
    private func turnedLeft(_ image: RGBImage) -> RGBImage {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(image.pixels.count)
        for row in 0..<image.width {
            for column in 0..<image.height {
                let source = 3 * (column * image.width + image.width - 1 - row)
                pixels += image.pixels[source..<source + 3]
            }
        }
        return RGBImage(width: image.height, height: image.width, pixels: pixels)
    }

    /// Puts an APP1 segment with orientation 6 behind the start of the file (EXIF 2.3, section 4.5.4).
    private func withOrientation6(_ jpeg: [UInt8]) -> [UInt8] {
        let tiff: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
        let payload = Array("Exif\0\0".utf8) + tiff
        return jpeg.prefix(2) + [0xFF, 0xE1, 0, UInt8(payload.count + 2)] + payload + jpeg.dropFirst(2)
    }

    @Test("every kind of bad photo has its own status and code, in JSON and as a page, and the server goes on")
    func badPhotos() async throws {
        try await withServer { server, catalog in
            let good = try catalog.photo(catalog.ids[0])
            var huge = good
            let frame = try #require(huge.indices.first { huge[$0] == 0xFF && [0xC0, 0xC2].contains(huge[$0 + 1]) })
            huge.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
            let cases: [(String, [UInt8], Int, String, String)] = [
                ("nothing", [], 400, "empty_image", "no photo"),
                ("text", Array("just some words".utf8), 415, "not_an_image", "JPEG"),
                (
                    "HEIC", [0, 0, 0, 24] + Array("ftypheic".utf8) + [0, 0, 0, 0] + Array("mif1heic".utf8), 415,
                    "unsupported_image", "HEIC"
                ),
                (
                    "AVIF", [0, 0, 0, 24] + Array("ftypavif".utf8) + [0, 0, 0, 0] + Array("mif1avif".utf8), 415,
                    "unsupported_image", "AVIF"
                ),
                ("GIF", Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0], 415, "unsupported_image", "GIF"),
                ("SVG", Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), 415, "unsupported_image", "SVG"),
                ("PDF", Array("%PDF-1.7".utf8), 415, "unsupported_image", "PDF"),
                ("cut", Array(good.prefix(good.count / 2)), 422, "damaged_image", "damaged"),
                ("huge", huge, 413, "image_too_large", "16384"),
            ]
            for (name, bytes, status, code, text) in cases {
                let api = try await server.upload(bytes, to: "/api/v1/search")
                #expect(api.status == status && api.errorCode == code, "\(name): \(api.status) \(api.text)")
                #expect(api.text.replacing(",", with: "").contains(text), "\(name): \(api.text)")
                let page = try await server.upload(bytes, to: "/search")
                #expect(page.status == status && page.text.contains("<h1"), "\(name): \(page.status)")
                #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
            }
            #expect(try await server.upload(good, to: "/api/v1/search", field: "file").errorCode == "missing_image")
            #expect(try await server.search(good, query: "?k=51").errorCode == "invalid_parameter")
            #expect(try await server.search(good, query: "?nonsense=1").status == 400)
            #expect(try await server.get("/items/none").status == 404)
            #expect(try await server.search(good).status == 200)
        }
    }

    @Test("filters by any attribute, gives items and what is similar to them, and the photo's page by redirect")
    func items() async throws {
        try await withServer { server, catalog in
            let id = catalog.ids[3]
            let photo = try catalog.photo(id)
            let item = try await server.get("/api/v1/items/\(id)").json()
            #expect(item["id"] as? String == id)
            let category = try #require(item["category"] as? String)
            let query = category.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let filtered = try await server.search(photo, query: "?k=50&category=\(query)").results()
            #expect(!filtered.isEmpty && filtered.allSatisfy { $0["category"] as? String == category })
            let similar = try await server.get("/api/v1/items/\(id)/similar").ids()
            #expect(similar.count == 5 && !similar.contains(id))
            let euclidean = try await server.search(photo, query: "?metric=euclidean").ids()
            #expect(try await server.search(photo).ids() == euclidean)

            let page = try await server.upload(photo, to: "/search")
            #expect(page.status == 200 && page.text.contains("/items/\(id)"))
        }
    }

    @Test("health, readiness, metrics, the API's description, HEAD and 304")
    func operations() async throws {
        try await withServer { server, catalog in
            _ = try await server.search(try catalog.photo(catalog.ids[0]))
            #expect(try await server.get("/healthz").status == 200)
            #expect(try await server.get("/readyz").status == 200)
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains("http_requests_total") && metrics.contains("route=\"/api/v1/search\""))
            #expect(try await server.get("/openapi.json").json()["openapi"] as? String == "3.1.0")
            let page = try await server.get("/")
            let policy = try #require(page.headers["content-security-policy"])
            #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
            let head = try await server.get("/", method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
            let picture = try await server.get("/thumbnails/\(catalog.ids[0]).jpg")
            let tag = try #require(picture.headers["etag"])
            let again = try await server.get("/thumbnails/\(catalog.ids[0]).jpg", headers: ["If-None-Match": tag])
            #expect(again.status == 304 && again.body.isEmpty)
            #expect(try await server.get("/search", method: "DELETE").status == 405)
        }
    }

    @Test("sixteen clients at once get right answers, or are asked to come again")
    func load() async throws {
        try await withServer { server, catalog in
            var expected: [String: [String]] = [:]
            for id in catalog.ids.prefix(10) {
                expected[id] = try await server.search(try catalog.photo(id)).ids()
            }
            let answers = expected
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<16 {
                    group.addTask {
                        for turn in 0..<12 {
                            let id = catalog.ids[(client + turn) % 10]
                            let answer = try await server.search(try catalog.photo(id))
                            if answer.status == 503 {
                                #expect(answer.headers["retry-after"] != nil)
                            } else {
                                #expect(answer.status == 200)
                                #expect(try answer.ids() == answers[id])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
