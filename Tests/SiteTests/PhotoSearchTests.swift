import Embeddings
import Foundation
import HTTPCore
import ImageCodecs
import PhotoFetch
import Site
import Testing

@Suite("Photos, parts of photos and several photos")
struct PhotoSearchTests {
    /// Red on the left, blue on the right.
    private func halves(width: Int = 200, height: Int = 100) throws -> [UInt8] {
        let pixels = (0..<width * height).flatMap {
            $0 % width < width / 2 ? [250, 10, 10] : [10, 20, 250] as [UInt8]
        }
        return try JPEGEncoder.encode(RGBImage(width: width, height: height, pixels: pixels), quality: 95)
    }

    private func first(_ html: String) -> String? {
        html.firstMatch(of: #/<h3 class="card-name"><a href="\/items\/([^"]+)"/#).map { String($0.1) }
    }

    /// A page without the time that its search took.
    private func timeless(_ html: String) -> String { html.replacing(#/in [0-9.,]+\u{A0}ms/#, with: "") }

    /// A position in each half, the right one with all of the share.
    private func spatial() -> SpatialEmbedding {
        let values: [Float] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]
        let regions = (0..<4).map { ImageRegion(x: Double($0) / 4, y: 0, width: 0.25, height: 1) }
        return SpatialEmbedding(rows: 1, columns: 4, dimension: 3, values: values, regions: regions)
    }

    @Test("a part of the photo is searched alone, under an address that can be shared, and remembered")
    func crop() throws {
        let site = try TestSite()
        let address = try #require(try site.upload(halves()).headers["Location"])
        let left = try site.get(address + "?crop=0,0,480,1000")
        #expect(left.status == 200 && first(left.text) == "3", "the red dress")
        let right = try site.get(address + "?crop=520,0,480,1000").text
        #expect(first(right) == "2", "the blue shirt")
        #expect(right.contains("data-crop=\"520,0,480,1000\"") && right.contains("box-chosen"))
        #expect(right.contains("href=\"\(address)\">Search with the whole photo"))
        // Filters and further items stay in the part.
        #expect(right.contains("name=\"crop\" value=\"520,0,480,1000\""))
        let token = String(address.dropFirst("/results/".count))
        let part = PhotoPart(photo: 0, region: try #require(ImageRegion(thousandths: "520,0,480,1000")))
        #expect(site.site.results.vector(of: part, in: token) != nil)
        #expect(timeless(try site.get(address + "?crop=520,0,480,1000").text) == timeless(right))
        #expect(site.site.results.usage.count == 1)
    }

    @Test("so many parts are remembered and no more, and none of a photo that has gone")
    func manyParts() throws {
        let store = ResultStore()
        let query = PhotoVector(vector: [1], isRecognised: true)
        let token = store.insert(
            ResultStore.Entry(photos: [.init(query: query, jpeg: [], width: 1, height: 1)], milliseconds: 1))
        func part(_ number: Int) -> PhotoPart {
            PhotoPart(photo: 0, region: ImageRegion(x: Double(number) / 1000, y: 0, width: 0.1, height: 0.1))
        }
        for number in 0..<100 { store.keep(query, of: part(number), in: token) }
        #expect((0..<100).filter { store.vector(of: part($0), in: token) != nil } == Array(84..<100))
        store.discard(token)
        #expect(store.vector(of: part(99), in: token) == nil)
        store.keep(query, of: part(1), in: token)
        #expect(store.vector(of: part(1), in: token) == nil && store.usage.count == 0)
    }

    @Test(
        "what is no part of a photo is refused, on a page and to a program",
        arguments: [
            "", "1", "0,0,1000", "0,0,1001,10", "-1,0,100,100", "0,0,10,500", "900,0,101,500", "0.1,0.1,0.5,0.5",
            "a,b,c,d", "0,0,500,500,1", "0, 0,500,500", "00000,0,500,500", "٠,0,500,500",
        ])
    func senselessCrop(text: String) throws {
        #expect(ImageRegion(thousandths: text) == nil)
        let site = try TestSite()
        let address = try #require(try site.upload(halves()).headers["Location"])
        let query = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let page = try site.get("\(address)?crop=\(query)")
        #expect(page.status == 400 && page.text.contains("invalid_parameter"))
        let refused = try site.upload(halves(), to: "/api/v1/search?crop=\(query)")
        #expect(refused.status == 400 && refused.text.contains("invalid_parameter"))
    }

    @Test("regions in thousandths read back as they were written, also at the edges")
    func thousandths() throws {
        for text in ["0,0,1000,1000", "0,0,20,20", "980,980,20,20", "123,456,321,432"] {
            #expect(ImageRegion(thousandths: text)?.thousandths == text)
        }
        for region in [
            ImageRegion(x: 0.9999, y: 0, width: 0.0001, height: 1),
            ImageRegion(x: 1 / 3, y: 2 / 3, width: 2 / 3, height: 1 / 3),
        ] {
            #expect(ImageRegion(thousandths: region.thousandths) != nil, "\(region.thousandths)")
        }
    }

    @Test("the box that the model suggests is a link without JavaScript, and in the API's answer")
    func suggestion() throws {
        let site = try TestSite(FixedItems(spatial: spatial()))
        let address = try #require(try site.upload(halves()).headers["Location"])
        let html = try site.get(address + "?k=7").text
        let found = try #require(html.firstMatch(of: #/data-crop="([0-9,]+)"/#)).1
        let region = try #require(ImageRegion(thousandths: String(found)))
        #expect(region.x > 0.5 && region.x + region.width == 1)
        let link = try #require(html.firstMatch(of: #/data-crop-link href="([^"]+)">/#)).1
        #expect(link.contains("k=7") && link.contains("crop="))
        #expect(first(try site.get(String(link).replacing("&amp;", with: "&")).text) == "2")
        let answer = try site.upload(halves(), to: "/api/v1/search?suggest_crop=1").json()
        #expect(answer["suggested_crop"] as? String == region.thousandths)
        #expect(try site.upload(halves(), to: "/api/v1/search").json()["suggested_crop"] == nil)

        let even = SpatialEmbedding(
            rows: 1, columns: 2, dimension: 1, values: [1, 1],
            regions: [0, 0.5].map { ImageRegion(x: $0, y: 0, width: 0.5, height: 1) })
        let none = try TestSite(FixedItems(spatial: even))
        let plain = try none.get(try #require(try none.upload(halves()).headers["Location"])).text
        #expect(plain.contains("data-crop=\"\"") && plain.contains("hidden>Search with this part only"))
        #expect(try none.upload(halves(), to: "/api/v1/search?suggest_crop=1").json()["suggested_crop"] == nil)
    }

    @Test("the API searches in a part of a photo, of one alone")
    func apiCrop() throws {
        let site = try TestSite()
        let answer = try site.upload(halves(), to: "/api/v1/search?crop=520,0,480,1000&k=1").json()
        let results = try #require(answer["results"] as? [[String: Any]])
        #expect(results.first?["id"] as? String == "2")
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        let refused = try site.upload([photo, photo], to: "/api/v1/search?crop=0,0,500,500")
        #expect(refused.status == 400)
    }

    @Test("several photos have a gallery each and one together, each under its address")
    func several() throws {
        let site = try TestSite()
        let photos = [
            try TestSite.photo(red: 250, green: 20, blue: 20),
            try TestSite.photo(red: 10, green: 20, blue: 250, width: 30),
        ]
        let address = try #require(try site.upload(photos).headers["Location"])
        let together = try site.get(address)
        #expect(together.status == 200 && together.text.ranges(of: "class=\"photo-tab\"").count == 3)
        #expect(together.text.contains("href=\"\(address)\" aria-current=\"page\"><span>All together"))
        #expect(!together.text.contains("data-crop"), "a box is for one photo")
        #expect(first(try site.get(address + "?photo=all").text) == first(together.text))
        let one = try site.get(address + "?photo=1").text
        let two = try site.get(address + "?photo=2&k=3").text
        #expect(first(one) == "3" && first(two) == "2")
        #expect(two.contains("src=\"\(address)/photo.jpg?photo=2\""))
        #expect(two.contains("name=\"photo\" value=\"2\""), "filters stay with the photo")
        for text in ["0", "3", "-1", "x"] {
            #expect(try site.get(address + "?photo=\(text)").status == 400)
            #expect(try site.get(address + "/photo.jpg?photo=\(text)").status == 400)
        }
        #expect(try site.get(address + "/photo.jpg?photo=1").status == 200)
        guard case .bytes(let first) = try site.get(address + "/photo.jpg?photo=1").body,
            case .bytes(let second) = try site.get(address + "/photo.jpg?photo=2").body
        else {
            Issue.record("the photos are not in memory")
            return
        }
        #expect(first != second)
        #expect(first == photos[0] || ImageInfo.size(first) == [40, 30])
        let part = try site.get(address + "?photo=2&crop=0,0,500,500").text
        #expect(part.contains("box-chosen") && part.contains("href=\"\(address)?photo=2\">Search with the whole photo"))
    }

    @Test("what photos have in common is the mean of their vectors")
    func mean() throws {
        func vector(_ values: [Float], _ isRecognised: Bool = true) -> PhotoVector {
            PhotoVector(vector: values, isRecognised: isRecognised)
        }
        let mean = PhotoVector(meanOf: [vector([1, 0], false), vector([0, 1])])
        #expect(
            mean.isRecognised && abs(mean.vector[0] - Float(0.5).squareRoot()) < 1e-6
                && mean.vector[0] == mean.vector[1])
        #expect(PhotoVector(meanOf: [vector([1, 0])]) == vector([1, 0]))
        #expect(PhotoVector(meanOf: [vector([1, 0]), vector([-1, 0])]).vector == [1, 0], "they cancel out")
    }

    @Test("up to eight photos are taken, and nine, too many bytes or a bad one among them say so")
    func limits() throws {
        let site = try TestSite()
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        #expect(try site.upload([[UInt8]](repeating: photo, count: 8)).status == 303)
        for address in ["/search", "/api/v1/search"] {
            let nine = try site.upload([[UInt8]](repeating: photo, count: 9), to: address)
            #expect(nine.status == 400 && nine.text.contains("too_many_images"))
            let large = [[UInt8]](repeating: [UInt8](repeating: 0, count: 15_000_000), count: 3)
            let heavy = try site.upload(large, to: address)
            #expect(heavy.status == 413 && heavy.text.contains("images_too_large"))
            let bad = try site.upload([photo, Array("%PDF-1.7".utf8)], to: address)
            #expect(bad.status == 415 && bad.text.contains("Photo 2"))
        }
    }

    @Test("of several photos the bad one is named, so that a script can leave it out")
    func badPhotoOfSeveral() throws {
        let site = try TestSite()
        let good = try TestSite.photo(red: 250, green: 20, blue: 20)
        let response = try site.send(
            .post, "/search", headers: ["Accept": "application/json"],
            body: .form([good, Array("text".utf8), good].map { FormField(name: "image", content: $0) }))
        let error = try #require(try response.json()["error"] as? [String: Any])
        #expect(error["code"] as? String == "photo_of_several" && error["photo"] as? Int == 2)
    }

    @Test(
        "a photo is shown in a shape that fits a window",
        arguments: [
            (960, 960, "upright"), (960, 720, "wide"), (720, 960, "upright"), (540, 960, "tall"), (400, 960, "taller"),
            (240, 960, "slim"), (19, 960, "strip"), (960, 19, "wide"),
        ])
    func shape(width: Int, height: Int, shape: String) {
        #expect(PhotoPanel.Shape(width: width, height: height).rawValue == shape)
    }

    @Test("the API answers several photos together and each on its own")
    func apiSeveral() throws {
        let site = try TestSite()
        let photos = [
            try TestSite.photo(red: 250, green: 20, blue: 20), try TestSite.photo(red: 10, green: 20, blue: 250),
        ]
        let answer = try site.upload(photos, to: "/api/v1/search?k=2").json()
        #expect((answer["results"] as? [Any])?.count == 2)
        let each = try #require(answer["photos"] as? [[String: [[String: Any]]]])
        #expect(each.map { $0["results"]?.first?["id"] as? String } == ["3", "2"])
        #expect(try site.upload(photos[0], to: "/api/v1/search").json()["photos"] == nil)
    }

    @Test("a script is told where the results are, and need not follow there")
    func scripts() throws {
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        let response = try TestSite().upload(photo, headers: ["Accept": "application/json"])
        let location = try #require(try response.json()["location"] as? String)
        #expect(response.status == 201 && location == response.headers["Location"] && location.hasPrefix("/results/"))
    }

    @Test("an example of the catalog is searched with like a photo of one's own")
    func example() throws {
        let site = try TestSite()
        let home = try site.get("/").text
        #expect(home.contains("name=\"example\" value=\"1\""))
        let response = try site.submit(["example": "1"])
        #expect(response.status == 303 && response.headers["Location"]?.hasPrefix("/results/") == true)
        #expect(try site.submit(["example": "none"]).status == 404)
        #expect(try site.submit(["example": "1"], to: "/api/v1/search").status == 415)
        var items = FixedItems()
        items.imagePath = "/nowhere.jpg"
        #expect(try TestSite(items).submit(["example": "1"]).status == 404)
    }

    @Test("each refusal of an address has its status and says what to do, on pages and to programs")
    func addresses() throws {
        // A name server may take longer to say that there is no such name than a visitor is to wait.
        var policy = FetchPolicy()
        (policy.total, policy.connecting) = (.seconds(60), .seconds(60))
        let site = try TestSite(fetcher: PhotoFetcher(policy: policy))
        for (address, status, code) in [
            ("ftp://example.com/a.jpg", 400, "address_scheme"), ("file:///etc/passwd", 400, "address_scheme"),
            ("https://me:secret@example.com/a.jpg", 400, "address_credentials"),
            ("a photo of a dress", 400, "invalid_address"), (" \t ", 400, "empty_address"), ("", 400, "empty_address"),
            (String(repeating: "a", count: 5_000), 400, "address_too_long"),
            (String(repeating: "a", count: 10_000), 400, "address_too_long"),
            (String(repeating: " ", count: 10_000), 400, "empty_address"),
            ("http://127.0.0.1/a.jpg", 403, "address_not_allowed"),
            ("http://168.63.129.16/", 403, "address_not_allowed"),
            ("http://example.com:8080/a.jpg", 403, "address_not_allowed"),
            ("http://[::1]/", 403, "address_not_allowed"),
            ("https://nowhere.invalid/a.jpg", 502, "address_unreachable"),
        ] {
            let page = try site.submit(["address": address])
            #expect(page.status == status && page.text.contains(code), "\(address)")
            let answer = try site.submit(["image_url": address], to: "/api/v1/search")
            #expect(answer.status == status && answer.text.contains(code), "\(address)")
        }
        let errors: [PhotoFetchError] = [
            .unreachable(reason: ""), .timedOut, .tooLarge(limit: 1), .noPhoto(contentType: "text/html"),
            .tooManyRedirects(limit: 5), .busy,
        ]
        #expect(errors.map { HTTPError($0).status } == [502, 504, 413, 415, 502, 503])
        #expect(HTTPError(.busy).headers["Retry-After"] == "5")
        let long = try site.submit(["address": String(repeating: "a", count: 10_000)])
        #expect(long.text.contains("4,000 characters") && long.text.contains("This address is not right"))
        #expect(try site.submit(["address": " ", "example": "1"]).status == 303, "an empty field beside another")
        let photo = FormField(name: "image", filename: "a.jpg", content: try halves())
        let both = try site.send(
            .post, "/api/v1/search",
            body: .form([photo, FormField(name: "image_url", content: Array("http://a".utf8))]))
        #expect(both.status == 400 && both.text.contains("several_images"))
    }

    @Test("where addresses are off, the home page does not ask for one, and one is refused")
    func addressesOff() throws {
        let off = try TestSite()
        #expect(try !off.get("/").text.contains("data-address"))
        #expect(try TestSite(fetcher: PhotoFetcher()).get("/").text.contains("data-address"))
        let refused = try off.submit(["address": "https://example.com/a.jpg"])
        #expect(refused.status == 403 && refused.text.contains("addresses_off"))
    }

    @Test("only requests with an address wait for others")
    func lanes() throws {
        let site = try TestSite()
        for (path, field) in [("/search", "address"), ("/api/v1/search", "image_url")] {
            let route = try #require(site.router.routes.first { $0.pattern == path && $0.method == .post })
            func waits(_ name: String, _ value: String) -> Bool? {
                let body = HTTPBody.form([FormField(name: name, content: Array(value.utf8))])
                return route.waits?(HTTPRequest(method: .post, path: path, body: body))
            }
            #expect(waits(field, "https://example.com") == true)
            #expect(waits(field, " ") == false && waits("image", "https://example.com") == false)
        }
    }
}

extension ImageInfo {
    /// Width and height of a photo.
    fileprivate static func size(_ bytes: [UInt8]) -> [Int]? {
        (try? ImageDecoder.inspect(bytes)).map { [$0.width, $0.height] }
    }
}
