import Foundation
import HTTPCore
import ImageCodecs
import PhotoFetch
import Site

/// A site without a socket: addresses in, answers out, by way of the real router and the real error pages.
struct TestSite {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static let templates = root + "/Templates"
    static let languages = root + "/Languages"
    static let publicFiles = root + "/Public"
    static let english: Language = {
        do {
            return try Languages(directory: languages).english
        } catch {
            fatalError("\(error)")
        }
    }()

    let site: Site
    let router: Router
    private let table: RouteTable

    init(
        _ search: FixedItems = FixedItems(), changes: ItemChanges? = nil, results: ResultStore = ResultStore(),
        collapses: Bool = true, options: SiteOptions = SiteOptions(), fetcher: PhotoFetcher? = nil
    ) throws {
        site = try Site(
            search: search, changes: changes, templates: Self.templates, languages: Self.languages,
            publicFiles: Self.publicFiles, results: results, collapses: collapses, options: options,
            fetcher: fetcher)
        var router = Router()
        site.register(on: &router)
        self.router = router
        table = RouteTable(router)
    }

    func send(
        _ method: HTTPMethod, _ address: String, headers: HTTPHeaders = [:], body: HTTPBody = .none
    ) throws -> HTTPResponse {
        let target = try RequestTarget(Array(address.utf8))
        func request(_ parameters: [String: String]) -> HTTPRequest {
            HTTPRequest(
                method: method, path: target.path, target: address, parameters: parameters, query: target.query,
                headers: headers, body: body)
        }
        do {
            guard case .route(let route, let parameters) = table.match(method, segments: target.segments) else {
                throw HTTPError(404, code: "not_found", message: "There is no such page.")
            }
            return try route.handler(request(parameters))
        } catch let error as HTTPError {
            return site.errorPage(error, request([:]))
        }
    }

    func get(_ address: String, headers: HTTPHeaders = [:]) throws -> HTTPResponse {
        try send(.get, address, headers: headers)
    }

    /// Uploads several photos as the form does.
    func upload(_ photos: [[UInt8]], to address: String = "/search") throws -> HTTPResponse {
        try send(
            .post, address,
            body: .form(photos.map { FormField(name: "image", filename: "photo.jpg", content: $0) }))
    }

    /// Sends a form without files.
    func submit(_ fields: [String: String], to address: String = "/search") throws -> HTTPResponse {
        try send(
            .post, address, headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: .form(fields.map { FormField(name: $0.key, content: Array($0.value.utf8)) }))
    }

    /// Uploads a photo as the form does.
    func upload(_ photo: [UInt8], to address: String = "/search", headers: HTTPHeaders = [:]) throws -> HTTPResponse {
        try send(
            .post, address, headers: headers,
            body: .form([FormField(name: "image", filename: "photo.jpg", contentType: "image/jpeg", content: photo)]))
    }

    /// A photo of one colour.
    static func photo(red: UInt8, green: UInt8, blue: UInt8, width: Int = 40, height: Int = 30) throws -> [UInt8] {
        let pixels = (0..<width * height).flatMap { _ in [red, green, blue] }
        return try JPEGEncoder.encode(RGBImage(width: width, height: height, pixels: pixels), quality: 90)
    }
}

extension HTTPResponse {
    /// The body as text.
    var text: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The body as a JSON object.
    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }
}
