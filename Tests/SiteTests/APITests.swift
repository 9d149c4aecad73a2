import HTTPCore
import Site
import Testing

@Suite("JSON API")
struct APITests {
    @Test("a search answers with the model, the timings and the nearest items in the documented shape")
    func search() throws {
        let site = try TestSite()
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        let response = try site.upload(photo, to: "/api/v1/search")
        #expect(response.status == 200)
        #expect(response.headers["Content-Type"] == "application/json")
        let answer = try response.json()
        #expect(Set(answer.keys) == ["model", "timings_ms", "results"])
        #expect(answer["model"] as? String == "mean-colour")
        let timings = try #require(answer["timings_ms"] as? [String: Double])
        #expect(timings["decode"] == 1.0)
        #expect(timings["embed"] == 9.1)
        #expect((timings["search"] ?? -1) >= 0)
        let results = try #require(answer["results"] as? [[String: Any]])
        #expect(results.count == 5)
        #expect(results.map { $0["id"] as? String }.prefix(2) == ["3", "a/b c?&#%ü"])
        let first = results[0]
        #expect(first["name"] as? String == "Wrap dress")
        #expect(first["category"] as? String == "Dresses")
        #expect(first["colour"] as? String == "Red")
        #expect(first["gender"] as? String == "Women")
        #expect(first["closeness"] as? String == "very close")
        #expect(first["attributes"] as? [String: String] == ["season": "Summer", "sleeve_length": "Long"])
        #expect(first["image_url"] as? String == "/images/3.jpg")
        #expect(first["thumbnail_url"] as? String == "/thumbnails/3.jpg")
        #expect(first["item_url"] as? String == "/items/3")
        let scores = results.compactMap { $0["score"] as? Double }
        #expect(scores == scores.sorted(by: >))
        for score in scores { #expect(abs(score * 10_000 - (score * 10_000).rounded()) < 1e-6) }
    }

    @Test("a raw body finds the same as a form")
    func rawBody() throws {
        let site = try TestSite()
        let photo = try TestSite.photo(red: 30, green: 50, blue: 240)
        func ids(_ response: HTTPResponse) throws -> [String?] {
            (try response.json()["results"] as? [[String: Any]] ?? []).map { $0["id"] as? String }
        }
        let form = try ids(site.upload(photo, to: "/api/v1/search"))
        let raw = try ids(
            site.send(.post, "/api/v1/search", body: .raw(contentType: "image/jpeg", bytes: photo)))
        #expect(form == raw)
        #expect(form.first == "2")
    }

    @Test("k and filters narrow a search down")
    func parameters() throws {
        let site = try TestSite()
        let photo = try TestSite.photo(red: 250, green: 20, blue: 20)
        let response = try site.upload(photo, to: "/api/v1/search?k=2&category=sneakers&category=Shirts")
        let results = try #require(try response.json()["results"] as? [[String: Any]])
        #expect(results.count == 2)
        #expect(results.allSatisfy { ["Sneakers", "Shirts"].contains($0["category"] as? String) })
        #expect(try site.upload(photo, to: "/api/v1/search?k=0").status == 400)
    }

    @Test("an unknown attribute is refused with the known ones")
    func unknownAttribute() throws {
        let response = try TestSite().get("/api/v1/items?fabric=silk")
        #expect(response.status == 400)
        let error = try #require(try response.json()["error"] as? [String: String])
        #expect(error["code"] == "unknown_attribute")
        #expect(error["message"]?.contains("category, colour, gender, currency, season") == true)
    }

    @Test("fields that an item does not have are left out")
    func absentFields() throws {
        let item = try TestSite().get("/api/v1/items/4").json()
        #expect(item["id"] as? String == "4")
        #expect(item["price"] == nil)
        #expect(!item.keys.contains("price"))
        #expect(!item.keys.contains("score"))
        #expect(item["description"] as? String == "Made to be worn often.")
    }

    @Test("an identifier of any characters is found by its encoded address, and links lead to it")
    func oddIdentifier() throws {
        let site = try TestSite()
        let address = "/api/v1/items/a%2Fb%20c%3F%26%23%25%C3%BC"
        let item = try site.get(address).json()
        #expect(item["name"] as? String == "Odd number")
        for name in ["item_url", "image_url", "thumbnail_url"] {
            #expect(try site.get(try #require(item[name] as? String)).status == 200)
        }
        #expect(try site.get(address + "/similar").status == 200)
    }

    @Test("similar items leave the item itself out")
    func similar() throws {
        let site = try TestSite()
        let answer = try site.get("/api/v1/items/3/similar?k=3").json()
        let ids = try #require(answer["results"] as? [[String: Any]]).map { $0["id"] as? String }
        #expect(ids.first == "a/b c?&#%ü")
        #expect(ids.count == 3)
        #expect(!ids.contains("3"))
        #expect((answer["timings_ms"] as? [String: Double])?.keys.sorted() == ["search"])
    }

    @Test("items that are not there are 404", arguments: ["/api/v1/items/none", "/api/v1/items/none/similar"])
    func unknownItem(address: String) throws {
        let response = try TestSite().get(address)
        #expect(response.status == 404)
        #expect((try response.json()["error"] as? [String: String])?["code"] == "unknown_item")
    }

    @Test("the catalog is listed in stretches")
    func listing() throws {
        let site = try TestSite()
        let answer = try site.get("/api/v1/items?offset=6&limit=5").json()
        #expect(answer["total"] as? Int == 8)
        #expect(answer["offset"] as? Int == 6)
        #expect(answer["limit"] as? Int == 5)
        #expect((answer["items"] as? [[String: Any]])?.count == 2)
        #expect(try site.get("/api/v1/items?limit=101").status == 400)
        #expect(try site.get("/api/v1/items?offset=-1").status == 400)
    }

    @Test(
        "each kind of bad photo has its own status and code",
        arguments: [
            ([], "empty_image", 400), (Array("hello".utf8), "not_an_image", 415),
            (Array("%PDF-1.7\n".utf8), "unsupported_image", 415),
            ([0xFF, 0xD8, 0xFF, 0xE0, 0, 16], "damaged_image", 422),
        ] as [([UInt8], String, Int)])
    func badPhotos(content: [UInt8], code: String, status: Int) throws {
        let response = try TestSite().upload(content, to: "/api/v1/search")
        #expect(response.status == status)
        let error = try #require(try response.json()["error"] as? [String: String])
        #expect(error["code"] == code)
        #expect(error["message"]?.isEmpty == false)
    }
}
