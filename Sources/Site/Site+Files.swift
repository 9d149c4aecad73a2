import HTTPCore

extension Site {
    func registerFiles(on router: inout Router) {
        router.on(.get, "/images/{name}", handler: answering { try $0.image($1, file: $0.search.imageFile) })
        router.on(.get, "/thumbnails/{name}", handler: answering { try $0.image($1, file: $0.search.thumbnailFile) })
        router.on(.get, "/static/{path...}", handler: staticFiles)
        router.on(
            .get, "/robots.txt",
            handler: { _ in .text("User-agent: *\nDisallow: /results/\nDisallow: /api/\n") })
    }

    private func image(_ request: HTTPRequest, file: (String) throws -> String?) throws -> HTTPResponse {
        let name = request.parameters["name"] ?? ""
        let id = name.hasSuffix(".jpg") ? String(name.dropLast(4)) : name
        guard let path = try file(id) else { throw Self.unknownItem(id) }
        return HTTPResponse(headers: ["Cache-Control": "public, max-age=86400"], body: .file(path: path))
    }
}
