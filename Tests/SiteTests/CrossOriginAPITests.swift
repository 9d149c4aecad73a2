import CatalogStore
import HTTPCore
import Recommender
import Site
import Testing

@Suite("Cross-origin API")
struct CrossOriginAPITests {
    private static let shop: HTTPHeaders = ["Origin": "https://shop.example"]
    private static let other: HTTPHeaders = ["Origin": "https://other.example"]

    private static func site(_ origins: String...) throws -> TestSite {
        var options = SiteOptions()
        options.crossOrigin = try CrossOriginAccess(origins)
        return try TestSite(options: options)
    }

    private static func preflight(_ site: TestSite, _ address: String, _ method: String) throws -> HTTPResponse {
        var headers = other
        headers["Access-Control-Request-Method"] = method
        return try site.send(.options, address, headers: headers)
    }

    @Test("a listed origin reads answers and refusals, pictures too; pages are no part of it")
    func listed() throws {
        let site = try Self.site("https://shop.example")
        for address in ["/api/v1/items", "/api/v1/items/1", "/openapi.json", "/api/v1/items/none", "/thumbnails/1.jpg"]
        {
            let answer = try site.get(address, headers: Self.shop)
            #expect(answer.headers["Access-Control-Allow-Origin"] == "https://shop.example", "\(address)")
            #expect(answer.headers.values(of: "Vary").contains("Origin"), "\(address)")
            let refused = try site.get(address, headers: Self.other)
            #expect(refused.headers["Access-Control-Allow-Origin"] == nil, "\(address)")
            #expect(refused.headers.values(of: "Vary").contains("Origin"), "\(address)")
        }
        for address in ["/", "/catalog", "/items/1", "/about"] {
            let page = try site.get(address, headers: Self.shop)
            #expect(page.headers["Access-Control-Allow-Origin"] == nil, "\(address)")
        }
        let photo = try TestSite.photo(red: 9, green: 9, blue: 9)
        let search = try site.upload(photo, to: "/api/v1/search", headers: Self.shop)
        #expect(search.headers["Access-Control-Allow-Origin"] == "https://shop.example")
    }

    @Test("with * every origin searches and reads, and none may change items")
    func star() throws {
        let site = try Self.site("*")
        for (method, address) in [("GET", "/api/v1/items"), ("POST", "/api/v1/search"), ("GET", "/api/v1/items/1")] {
            let answer = try Self.preflight(site, address, method)
            #expect(answer.headers["Access-Control-Allow-Origin"] == "*", "\(method) \(address)")
        }
        for (method, address) in [
            ("POST", "/api/v1/items"), ("PUT", "/api/v1/items/1"), ("DELETE", "/api/v1/items/1"),
        ] {
            let answer = try Self.preflight(site, address, method)
            #expect(answer.status == 204)
            #expect(answer.headers["Access-Control-Allow-Origin"] == nil, "\(method) \(address)")
            let change = try site.send(try #require(HTTPMethod(rawValue: method)), address, headers: Self.other)
            #expect(change.headers["Access-Control-Allow-Origin"] == nil, "\(method) \(address)")
        }
        let items = try Self.preflight(site, "/api/v1/items", "GET")
        #expect(items.headers["Access-Control-Allow-Methods"] == "GET")
    }

    @Test("without configuration nothing says anything of origins, and OPTIONS is the server's")
    func off() throws {
        let site = try TestSite()
        let answer = try site.get("/api/v1/items", headers: Self.shop)
        #expect(answer.headers["Access-Control-Allow-Origin"] == nil && answer.headers["Vary"] == nil)
        #expect(!site.router.routes.contains { $0.method == .options })
    }
}
