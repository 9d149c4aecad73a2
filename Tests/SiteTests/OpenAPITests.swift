import CatalogStore
import Foundation
import HTTPCore
import Site
import Testing

@Suite("OpenAPI description")
struct OpenAPITests {
    let site: TestSite
    let document: [String: Any]
    let paths: [String: [String: Any]]

    init() throws {
        site = try TestSite()
        let response = try site.get("/openapi.json")
        #expect(response.headers["Content-Type"] == "application/json")
        document = try response.json()
        paths = try #require(document["paths"] as? [String: [String: Any]])
    }

    @Test("is OpenAPI 3.1 with a title, a version and unique operation ids")
    func structure() throws {
        #expect((document["openapi"] as? String)?.hasPrefix("3.1.") == true)
        let info = try #require(document["info"] as? [String: Any])
        #expect(info["title"] as? String == "Vitrine")
        #expect(info["version"] is String)
        let identifiers = operations.compactMap { $0.operation["operationId"] as? String }
        #expect(identifiers.count == operations.count)
        #expect(Set(identifiers).count == identifiers.count)
    }

    @Test("no attribute of an item can have the name of a parameter that stands beside filters")
    func parameterNames() throws {
        let lists = operations.map { operation in
            (operation.operation["parameters"] as? [[String: Any]] ?? []).map(resolve)
                .filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
        }
        let names = Set(lists.filter { $0.contains("filters") }.joined()).subtracting(["filters"])
        #expect(names.count > 10)
        for name in names { #expect(CatalogItem.isReserved(attribute: name), "\(name)") }
        for name in PhotoView.names.union(Refinement.names).union(["page"]) {
            #expect(CatalogItem.isReserved(attribute: name), "\(name)")
        }
        #expect(!CatalogItem.isReserved(attribute: "fit"))
    }

    @Test("describes exactly the routes that are there for programs")
    func routes() throws {
        let described = Set(operations.map { "\($0.method.uppercased()) \($0.path)" })
        let prefixes = ["/api/", "/images/", "/thumbnails/", "/openapi.json"]
        let registered = Set(
            site.router.routes.filter { route in prefixes.contains { route.pattern.hasPrefix($0) } }
                .map { "\($0.method.rawValue) \($0.pattern)" })
        #expect(described == registered)
    }

    @Test("describes every parameter that the search takes")
    func parameters() throws {
        let taken = [
            "k", "metric", "filters", "price_min", "price_max", "collapse", "facets", "facet_limit", "more", "less",
            "as_colour",
        ]
        let operations = [
            ("/api/v1/search", "post", taken + ["looks_like", "suggest_crop", "crop"]),
            ("/api/v1/items/{id}/similar", "get", taken),
        ]
        for (path, method, taken) in operations {
            let operation = try #require(paths[path]?[method] as? [String: Any])
            let names = (operation["parameters"] as? [[String: Any]] ?? []).compactMap {
                resolve($0)["name"] as? String
            }
            #expect(names.filter { $0 != "id" } == taken, "\(path)")
        }
    }

    @Test("every place in a path has its parameter, and every reference leads somewhere")
    func references() throws {
        for (path, _, operation) in operations {
            let places = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            let parameters = (operation["parameters"] as? [[String: Any]] ?? []).map { resolve($0) }
            let inPath = parameters.filter { $0["in"] as? String == "path" }
            #expect(Set(inPath.compactMap { $0["name"] as? String }) == Set(places), "\(path)")
            #expect(inPath.allSatisfy { $0["required"] as? Bool == true })
            for parameter in parameters { #expect(parameter["schema"] != nil) }
            let responses = try #require(operation["responses"] as? [String: [String: Any]])
            #expect(responses.keys.contains { $0.hasPrefix("2") })
            for (status, response) in responses {
                #expect(Int(status).map { (200...599).contains($0) } == true)
                #expect(resolve(response)["description"] is String, "\(path) \(status)")
            }
        }
        for reference in Self.references(in: document) {
            #expect(!resolve(["$ref": reference]).isEmpty, "\(reference) leads nowhere")
        }
    }

    @Test("an answer of the server has the fields that its schema requires, and no others")
    func answersMatch() throws {
        let photo = try TestSite.photo(red: 200, green: 10, blue: 10)
        let search = try site.upload(photo, to: "/api/v1/search").json()
        try expect(search, matches: "SearchAnswer")
        let match = try #require((search["results"] as? [[String: Any]])?.first)
        try expect(match.filter { $0.key != "score" && $0.key != "closeness" }, matches: "Item")
        try expect(try site.get("/api/v1/items/4").json(), matches: "Item")
        let shirt = try TestSite(FixedItems(products: [["1", "2"]])).get("/api/v1/items/1").json()
        try expect(shirt, matches: "Item")
        try expect(try #require(shirt["variants"] as? [String: Any]), matches: "Variants")
        try expect(try site.get("/api/v1/items").json(), matches: "Listing")
        try expect(try site.get("/api/v1/items/none").json(), matches: "Error")
        let similar = try site.get("/api/v1/items/3/similar?facets=1&colour=Red").json()
        try expect(similar, matches: "SearchAnswer")
        let facets = try #require(similar["facets"] as? [String: Any])
        try expect(facets, matches: "Facets")
        for facet in try #require(facets["attributes"] as? [[String: Any]]) { try expect(facet, matches: "Facet") }
        for prices in try #require(facets["prices"] as? [[String: Any]]) { try expect(prices, matches: "Prices") }
        let looks = try #require(
            try site.upload(photo, to: "/api/v1/search?looks_like=1").json()["looks_like"] as? [String: Any])
        try expect(looks, matches: "LooksLike")
        for vote in try #require(looks["colour"] as? [[String: Any]]) { try expect(vote, matches: "Vote") }
        let red = try site.get("/api/v1/items/4/similar?as_colour=Red").json()
        try expect(red, matches: "SearchAnswer")
        try expect(try #require(red["same_cut"] as? [String: Any]), matches: "SameCut")
        let outfit = try site.get("/api/v1/items/1/outfit").json()
        try expect(outfit, matches: "Outfit")
        try expect(try #require((outfit["pieces"] as? [[String: Any]])?.first), matches: "OutfitPiece")
        let suggestions = try site.get("/api/v1/suggestions?liked=1").json()
        try expect(suggestions, matches: "Suggestions")
        try expect(try #require((suggestions["suggestions"] as? [[String: Any]])?.first), matches: "Suggestion")
    }

    @Test("states every status that the server gives")
    func statuses() throws {
        let photo = try TestSite.photo(red: 200, green: 10, blue: 10)
        let tooLarge = HTTPBody.raw(
            contentType: nil, bytes: [UInt8](repeating: 0, count: UploadedPhoto.maximumBytes + 1))
        let cut = HTTPBody.raw(contentType: nil, bytes: Array(photo.prefix(200)))
        let given = [
            try site.upload(photo, to: "/api/v1/search"), try site.send(.post, "/api/v1/search"),
            try site.send(.post, "/api/v1/search", body: tooLarge), try site.send(.post, "/api/v1/search", body: cut),
            try site.send(.post, "/api/v1/search", body: .raw(contentType: "text/plain", bytes: [1])),
        ].map { String($0.status) }
        #expect(given == ["200", "400", "413", "422", "415"])
        let stated = try #require((paths["/api/v1/search"]?["post"] as? [String: Any])?["responses"] as? [String: Any])
        #expect(Set(stated.keys).isSuperset(of: given + ["408", "500", "503"]))
    }

    @Test("every operation states what the server refuses before it looks at the route")
    func commonStatuses() throws {
        for (path, method, operation) in operations {
            let responses = try #require(operation["responses"] as? [String: [String: Any]])
            for status in ["400", "405", "408", "413", "414", "431", "501"] {
                #expect(responses[status] != nil, "\(method) \(path) \(status)")
            }
        }
    }

    @Test("a refused picture is described as the page and the JSON that it can be, a refused API call as JSON")
    func refusalTypes() throws {
        for (path, _, operation) in operations {
            let isPicture = path.hasPrefix("/images/") || path.hasPrefix("/thumbnails/")
            let responses = try #require(operation["responses"] as? [String: [String: Any]])
            for (status, response) in responses where (Int(status) ?? 0) >= 400 && status != "408" {
                let types = Set((resolve(response)["content"] as? [String: Any] ?? [:]).keys)
                #expect(
                    types == (isPicture ? ["application/json", "text/html"] : ["application/json"]), "\(path) \(status)"
                )
            }
        }
    }

    private var operations: [(path: String, method: String, operation: [String: Any])] {
        paths.flatMap { path, methods in
            methods.compactMap { method, operation in
                (operation as? [String: Any]).map { (path, method, $0) }
            }
        }
    }

    private func resolve(_ object: [String: Any]) -> [String: Any] {
        guard let reference = object["$ref"] as? String else { return object }
        return reference.split(separator: "/").dropFirst().reduce(document) { node, name in
            node[String(name)] as? [String: Any] ?? [:]
        }
    }

    private static func references(in value: Any) -> [String] {
        if let object = value as? [String: Any] {
            return object.flatMap { $0 == "$ref" ? [$1 as? String ?? ""] : references(in: $1) }
        }
        return (value as? [Any] ?? []).flatMap(references)
    }

    private func expect(_ object: [String: Any], matches schema: String) throws {
        let schema = resolve(["$ref": "#/components/schemas/\(schema)"])
        let properties = try #require(schema["properties"] as? [String: Any])
        let required = try #require(schema["required"] as? [String])
        #expect(Set(object.keys).isSuperset(of: required))
        #expect(Set(properties.keys).isSuperset(of: object.keys), "\(Set(object.keys).subtracting(properties.keys))")
    }
}
