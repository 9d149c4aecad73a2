import Foundation
import Testing

@Suite("vitrine serve, for other sites and for a kiosk")
struct SiteUseTests {
    @Test(
        "an origin that is none is wrong usage, and the reason says what to write",
        arguments: [
            ("--cors-origin", "https://shop.example/", "write https://shop.example"),
            ("--cors-origin", "null", "begins with https://"), ("--embed-origin", "*", "begins with https://"),
            ("--embed-origin", "https://*.shop.example", "list each origin"),
            ("--public-url", "https://shop.example/search", "write https://shop.example"),
            ("--public-url", "search.shop", "begins with https://"), ("--kiosk-timeout", "4", "from 5 to 3600"),
            ("--kiosk-timeout", "3601", "from 5 to 3600"), ("--catalog-language", "en_GB", "a language tag"),
            ("--catalog-language", "e", "a language tag"),
        ])
    func refused(option: String, value: String, reason: String) throws {
        let outcome = try RunningCommand(["serve", "--kiosk", option, value]).wait()
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(option) && outcome.errors.contains(reason), "\(outcome.errors)")
    }

    @Test("another site's scripts read the API after a preflight, over a real connection, and strangers do not")
    func crossOrigin() async throws {
        let catalog = try SmallCatalog(count: 8)
        let server = try RunningServer(
            catalog: catalog.path, data: catalog.data, options: ["--cors-origin", "https://shop.example"])
        for (origin, allowed) in [("https://shop.example", "https://shop.example"), ("https://other.example", nil)] {
            let preflight = try await server.get(
                "/api/v1/search", method: "OPTIONS",
                headers: ["Origin": origin, "Access-Control-Request-Method": "POST"])
            #expect(preflight.status == 204)
            #expect(preflight.headers["access-control-allow-origin"] == allowed)
            let answer = try await server.get("/api/v1/items?limit=1", headers: ["Origin": origin])
            #expect(answer.status == 200)
            #expect(answer.headers["access-control-allow-origin"] == allowed)
            #expect(answer.headers["vary"]?.contains("Origin") == true)
            // Refused before the route is asked.
            let refused = try await server.get("/api/v1/items", method: "DELETE", headers: ["Origin": origin])
            #expect(refused.status == 405)
        }
    }

    @Test("a frame is allowed for the named sites alone, on the pages for frames alone")
    func framing() async throws {
        let catalog = try SmallCatalog(count: 8)
        let server = try RunningServer(
            catalog: catalog.path, data: catalog.data,
            options: ["--embed-origin", "https://shop.example:443", "--catalog-language", "en-GB"])
        let german = try await server.get("/catalog", headers: ["Accept-Language": "de"])
        #expect(german.text.contains("<bdi lang=\"en-GB\">"))
        let frame = try await server.get("/embed")
        #expect(frame.status == 200)
        #expect(frame.headers["content-security-policy"]?.hasSuffix("frame-ancestors https://shop.example") == true)
        #expect(frame.headers["x-frame-options"] == nil)
        let page = try await server.get("/")
        #expect(page.headers["content-security-policy"]?.hasSuffix("frame-ancestors 'none'") == true)
        #expect(page.headers["x-frame-options"] == "DENY")
        let script = try await server.get("/embed.js")
        #expect(script.status == 200 && script.headers["content-type"]?.hasPrefix("text/javascript") == true)
        let upload = try await server.upload(try catalog.photo(catalog.ids[0]), to: "/embed/search?language=en")
        #expect(upload.status == 200 && upload.text.contains("target=\"_top\""))
    }
}
