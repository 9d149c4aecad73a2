import HTTPCore

extension Site {
    func registerFiles(on router: inout Router) {
        router.on(.get, "/images/{name}", handler: answering { try $0.image($1, file: $0.search.imageFile) })
        router.on(.get, "/thumbnails/{name}", handler: answering { try $0.image($1, file: $0.search.thumbnailFile) })
        router.on(.get, "/static/{path...}", handler: answering { try $0.staticFile($1) })
        router.on(
            .get, "/robots.txt",
            handler: { _ in .text("User-agent: *\nDisallow: /results/\nDisallow: /api/\n") })
    }

    /// An address with a version names one content for good.
    private func staticFile(_ request: HTTPRequest) throws -> HTTPResponse {
        var response = try staticFiles.handler(request)
        if request.query("v") != nil { response.headers["Cache-Control"] = "public, max-age=31536000, immutable" }
        return response
    }

    private func image(_ request: HTTPRequest, file: (String) throws -> String?) throws -> HTTPResponse {
        let name = request.parameters["name"] ?? ""
        let id = name.hasSuffix(".jpg") ? String(name.dropLast(4)) : name
        guard let path = try file(id) else { throw Self.unknownItem(id) }
        return HTTPResponse(headers: ["Cache-Control": "public, max-age=86400"], body: .file(path: path))
    }
}
