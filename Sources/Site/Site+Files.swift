import Foundation
import HTTPCore
import ImageCodecs

extension Site {
    func registerFiles(on router: inout Router) {
        router.on(.get, "/images/{name}", handler: answering { try $0.image($1, file: $0.search.imageFile) })
        router.on(.get, "/thumbnails/{name}", handler: answering { try $0.image($1, file: $0.search.thumbnailFile) })
        router.on(.get, "/examples/{name}", lane: .compute, handler: answering { try $0.smallPicture($1) })
        router.on(.get, "/static/{path...}", handler: answering { try $0.staticFile($1) })
        router.on(
            .get, "/robots.txt",
            handler: { _ in
                var response = HTTPResponse.text("User-agent: *\nDisallow: /results/\nDisallow: /api/\n")
                response.headers["Cache-Control"] = "public, max-age=86400"
                return response
            })
    }

    /// An address with a version, or in the scripts' folder of this version, names one content for good.
    private func staticFile(_ request: HTTPRequest) throws -> HTTPResponse {
        var path = request.parameters["path"] ?? ""
        var isCurrent = request.query("v") != nil
        let parts = path.split(separator: "/", maxSplits: 1)
        if parts.count == 2, parts[0].hasPrefix(Assets.scriptPrefix), parts[1].hasSuffix(".js") {
            path = String(parts[1])
            isCurrent = parts[0] == assets.scripts
        }
        var response: HTTPResponse
        if path == Assets.styleName {
            response = HTTPResponse(
                headers: ["Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=3600"],
                body: .bytes(assets.joinedStyle))
        } else {
            response = try staticFiles.handler(
                HTTPRequest(id: request.id, method: .get, path: request.path, parameters: ["path": path]))
        }
        if [".css", ".js", ".jpg", ".webmanifest"].contains(where: path.hasSuffix) { response = Self.file(response) }
        if isCurrent { response.headers["Cache-Control"] = "public, max-age=31536000, immutable" }
        guard let compressed = assets.compressed[path] else { return response }
        response.headers["Vary"] = "Accept-Encoding"
        // What has no version may have changed since it was compressed.
        guard isCurrent, Compression.isAccepted(by: request) else { return response }
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Type"] =
            path.hasSuffix(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8"
        response.body = .bytes(compressed)
        return response
    }

    /// An item's picture as the first page has it.
    private func smallPicture(_ request: HTTPRequest) throws -> HTTPResponse {
        let name = request.parameters["name"] ?? ""
        let id = name.hasSuffix(".jpg") ? String(name.dropLast(4)) : name
        guard let item = try search.item(id: id), let path = try picture(id, file: search.thumbnailFile) else {
            throw Self.unknownItem(id)
        }
        let jpeg = try smallPictures.jpeg(item.contentHash) {
            guard Self.pictureType(path) != nil, let bytes = FileManager.default.contents(atPath: path) else {
                throw Self.noPicture(id)
            }
            return [UInt8](bytes)
        }
        return Self.file(
            HTTPResponse(
                headers: [
                    "Content-Type": "image/jpeg", "Cache-Control": "public, max-age=0, must-revalidate",
                    "ETag": "\"small-\(item.contentHash)\"",
                ], body: .bytes(jpeg)))
    }

    private func image(_ request: HTTPRequest, file: (String) throws -> String?) throws -> HTTPResponse {
        let name = request.parameters["name"] ?? ""
        let id = name.hasSuffix(".jpg") ? String(name.dropLast(4)) : name
        guard let path = try picture(id, file: file) else { throw Self.unknownItem(id) }
        guard let type = Self.pictureType(path) else { throw Self.noPicture(id) }
        // An item's photo may be replaced at any time; one that has not been costs a question and no bytes.
        return Self.file(
            HTTPResponse(
                headers: ["Content-Type": type, "Cache-Control": "public, max-age=0, must-revalidate"],
                body: .file(path: path)))
    }

    /// An answer that is no page, without the fields that say something of pages.
    private static func file(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        for (name, value) in SecurityHeaders.ofFiles.fields { response.headers[name] = value }
        return response
    }

    /// The bytes of an item's own photo, to search with.
    ///
    /// - Throws: `HTTPError` 404 `unknown_item` or `no_picture`, and 413 `image_too_large`.
    func itemPhoto(_ id: String) throws -> [UInt8] {
        guard let path = try picture(id, file: search.imageFile) else { throw Self.unknownItem(id) }
        guard Self.pictureType(path) != nil, let file = FileHandle(forReadingAtPath: path) else {
            throw Self.noPicture(id)
        }
        defer { try? file.close() }
        // One byte more than is taken, so that a larger one is refused.
        let bytes = [UInt8](try file.read(upToCount: UploadedPhoto.maximumBytes + 1) ?? Data())
        guard bytes.count <= UploadedPhoto.maximumBytes else { throw UploadedPhoto.tooLarge }
        return bytes
    }

    /// The path of an item's picture; a photo that was taken away or spoilt since it was indexed is not there.
    private func picture(_ id: String, file: (String) throws -> String?) throws -> String? {
        do {
            return try file(id)
        } catch is ImageError {
            throw Self.noPicture(id)
        } catch {
            guard let original = try search.imageFile(id: id), Self.pictureType(original) != nil else {
                throw Self.noPicture(id)
            }
            throw error
        }
    }

    /// The media type of a picture by its first bytes; `nil` for what is no accepted picture, or is not there. A file's
    /// name is the catalog's word and not to be believed: a browser would run what is called `.html`.
    private static func pictureType(_ path: String) -> String? {
        // A pipe in a photo's place would hold up the thread that opens it.
        guard
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: (path as NSString).resolvingSymlinksInPath),
            attributes[.type] as? FileAttributeType == .typeRegular,
            let file = FileHandle(forReadingAtPath: path)
        else { return nil }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 64) else { return nil }
        return try? head.withUnsafeBytes { try ImageFormat.sniff($0) }.mediaType
    }

    static func noPicture(_ id: String) -> HTTPError {
        HTTPError(
            404, code: "no_picture", message: "The picture of item \"\(id)\" is not there any more.",
            details: ["id": id])
    }
}
