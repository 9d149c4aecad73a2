import HTTPCore
import CatalogStore
import Site
import Testing

@Suite("Search requests")
struct SearchRequestTests {
    private static func request(_ query: [(name: String, value: String)]) -> HTTPRequest {
        HTTPRequest(method: .get, path: "/", query: query)
    }

    @Test("five by cosine similarity without filters is the default")
    func defaults() throws {
        let parameters = try SearchParameters(Self.request([]))
        #expect(parameters.count == 5)
        #expect(parameters.metric == .cosine)
        #expect(parameters.filter == ItemFilter())
    }

    @Test("every other parameter is a filter; repeated ones accept either value, empty ones say nothing")
    func filters() throws {
        let parameters = try SearchParameters(
            Self.request([
                ("k", "50"), ("metric", "euclidean"), ("colour", "Red"), ("category", ""), ("colour", "Navy Blue"),
                ("season", "Summer"), ("page", "2"),
            ]), reserved: ["page"])
        #expect(parameters.count == 50)
        #expect(parameters.metric == .euclidean)
        #expect(parameters.filter == ItemFilter(["colour": ["Red", "Navy Blue"], "season": ["Summer"]]))
    }

    @Test("a count out of range is refused", arguments: ["0", "51", "-1", "five", "", "5.0", "99999999999999999999"])
    func refusesCount(text: String) throws {
        let error = #expect(throws: HTTPError.self) { try SearchParameters(Self.request([("k", text)])) }
        #expect(error?.status == 400)
        #expect(error?.code == "invalid_parameter")
        #expect(error?.message.contains("1 to 50") == true)
    }

    @Test("an unknown metric is refused")
    func refusesMetric() throws {
        let error = #expect(throws: HTTPError.self) { try SearchParameters(Self.request([("metric", "manhattan")])) }
        #expect(error?.code == "invalid_parameter")
    }

    @Test("a price range has one end or two, and an empty field says nothing")
    func price() throws {
        func price(_ query: [(name: String, value: String)]) throws -> PriceRange? {
            try SearchParameters(Self.request(query)).filter.price
        }
        #expect(try price([("price_min", "20"), ("price_max", "39.90")]) == PriceRange(minimum: 20, maximum: 39.9))
        #expect(try price([("price_min", ""), ("price_max", "0")]) == PriceRange(maximum: 0))
        #expect(try price([("price_min", ""), ("price_max", "")]) == nil)
    }

    @Test(
        "a price that is none is refused to a program, and left out of a page that says so",
        arguments: [
            [("price_min", "cheap")], [("price_max", "-1")], [("price_min", "nan")], [("price_max", "1e5")],
            [("price_min", "0x10")], [("price_min", "39,90")], [("price_max", "inf")], [("price_min", "٣")],
            [("price_min", "1"), ("price_min", "2")], [("price_min", "30"), ("price_max", "20")],
        ] as [[(name: String, value: String)]])
    func refusesPrice(query: [(name: String, value: String)]) throws {
        let error = #expect(throws: HTTPError.self) { try SearchParameters(Self.request(query)) }
        #expect(error?.status == 400 && error?.code == "invalid_parameter")
        #expect(error?.message.contains(query[0].name) == true)
        let page = try SearchParameters(Self.request(query + [("colour", "Red")]), from: .page)
        #expect(
            page.filter == ItemFilter(["colour": ["Red"]]) && page.problem?.text(in: TestSite.english).isEmpty == false)
        #expect(page.filterQuery.map(\.name) == ["colour"])
    }

    @Test("facets are counted if asked for")
    func facets() throws {
        func limit(_ query: [(name: String, value: String)]) throws -> Int? {
            try SearchParameters(Self.request(query)).facetLimit
        }
        #expect(try limit([]) == nil && limit([("facets", "0")]) == nil && limit([("facet_limit", "3")]) == nil)
        #expect(try limit([("facets", "1")]) == 20 && limit([("facets", "true"), ("facet_limit", "3")]) == 3)
        for query in [[("facets", "yes")], [("facet_limit", "0")], [("facet_limit", "1001")]] as [[(String, String)]] {
            #expect(throws: HTTPError.self) { try limit(query.map { (name: $0.0, value: $0.1) }) }
        }
    }

    private static func bytes(
        _ body: HTTPBody, type: String? = nil, acceptsRaw: Bool = true
    ) throws(HTTPError) -> [UInt8] {
        let headers: HTTPHeaders = type.map { ["Content-Type": $0] } ?? [:]
        return try UploadedPhoto.bytes(
            of: HTTPRequest(method: .post, path: "/", headers: headers, body: body), acceptsRaw: acceptsRaw)
    }

    @Test("a photo comes in the form field image, beside other fields")
    func formPhoto() throws {
        let fields = [FormField(name: "note", content: [9]), FormField(name: "image", filename: "a", content: [1, 2])]
        #expect(try Self.bytes(.form(fields), acceptsRaw: false) == [1, 2])
    }

    @Test(
        "a photo may be the body itself, as a picture or as bytes of no stated type",
        arguments: ["image/jpeg", "IMAGE/PNG; q=1", "application/octet-stream", nil])
    func rawPhoto(type: String?) throws {
        #expect(try Self.bytes(.raw(contentType: type, bytes: [1, 2])) == [1, 2])
    }

    @Test("each wrong body has its own refusal")
    func refusals() throws {
        func code(_ body: HTTPBody, type: String? = nil, acceptsRaw: Bool = true) -> String {
            do {
                return "\(try Self.bytes(body, type: type, acceptsRaw: acceptsRaw).count)"
            } catch {
                return "\(error.status) \(error.code)"
            }
        }
        let photo = FormField(name: "image", filename: "a.jpg", content: [1])
        #expect(code(.none) == "400 missing_image")
        #expect(code(.form([])) == "400 missing_image")
        #expect(code(.form([FormField(name: "photo", filename: "a.jpg", content: [1])])) == "400 missing_image")
        #expect(code(.form([FormField(name: "image", filename: "", content: [])])) == "400 missing_image")
        #expect(code(.form([photo, photo])) == "400 several_images")
        #expect(code(.form([photo]), type: "application/x-www-form-urlencoded") == "415 unsupported_media_type")
        #expect(code(.raw(contentType: "application/json", bytes: [1])) == "415 unsupported_media_type")
        #expect(code(.raw(contentType: "image/jpeg", bytes: [1]), acceptsRaw: false) == "415 unsupported_media_type")
        #expect(code(.raw(contentType: "image/jpeg", bytes: [])) == "400 missing_image")
        let limit = UploadedPhoto.maximumBytes
        #expect(code(.raw(contentType: nil, bytes: [UInt8](repeating: 0, count: limit))) == "\(limit)")
        #expect(code(.raw(contentType: nil, bytes: [UInt8](repeating: 0, count: limit + 1))) == "413 image_too_large")
    }

    @Test("a file that was chosen but is empty reaches the decoder, which says so")
    func emptyFile() throws {
        #expect(try Self.bytes(.form([FormField(name: "image", filename: "a.jpg", content: [])])).isEmpty)
    }
}
