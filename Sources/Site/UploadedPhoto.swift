import HTTPCore
import ImageCodecs

/// The photo in a request's body.
package enum UploadedPhoto {
    /// The most bytes of a photo.
    package static let maximumBytes = ImageLimits().bytes
    /// The most bytes of a body: a photo with the form around it.
    package static let bodyLimit = maximumBytes + (64 << 10)

    /// The bytes of the form field `image`, or, where `acceptsRaw`, of a body that is the photo itself.
    ///
    /// - Throws: `HTTPError` 400 `missing_image` or `several_images`, 413, 415.
    package static func bytes(of request: HTTPRequest, acceptsRaw: Bool) throws(HTTPError) -> [UInt8] {
        let bytes: [UInt8]
        switch request.body {
        case .none:
            throw missing
        case .form(let fields):
            guard mediaType(request.headers["Content-Type"]) != "application/x-www-form-urlencoded" else {
                throw wrongType("application/x-www-form-urlencoded")
            }
            bytes = try photo(in: fields)
        case .raw(let contentType, let content):
            let type = mediaType(contentType)
            // The content decides what a picture is; its declared type only tells it from forms and documents.
            guard acceptsRaw, type.isEmpty || type.hasPrefix("image/") || type == "application/octet-stream" else {
                throw wrongType(type.isEmpty ? "not declared" : type)
            }
            guard !content.isEmpty else { throw missing }
            bytes = content
        }
        guard bytes.count <= maximumBytes else { throw tooLarge }
        return bytes
    }

    private static func photo(in fields: [FormField]) throws(HTTPError) -> [UInt8] {
        // A browser sends an untouched file field as one without name and content.
        let images = fields.filter { $0.name == "image" && !($0.content.isEmpty && ($0.filename ?? "").isEmpty) }
        guard let first = images.first else { throw missing }
        guard images.count == 1 else {
            throw HTTPError(
                400, code: "several_images",
                message: "The request has \(images.count) photos. Send one photo at a time.")
        }
        return first.content
    }

    /// A content type without its parameters, in lower case.
    private static func mediaType(_ contentType: String?) -> String {
        let type = (contentType ?? "").prefix { $0 != ";" }
        return type.filter { $0 != " " && $0 != "\t" }.lowercased()
    }

    /// The refusal of a photo over ``maximumBytes``.
    static var tooLarge: HTTPError {
        HTTPError(
            413, code: "image_too_large",
            message: "The photo is larger than 20 MB. Send a smaller one, or one of lower quality.")
    }

    private static var missing: HTTPError {
        HTTPError(
            400, code: "missing_image",
            message: "There is no photo in the request. Send a JPEG, PNG or WebP file in the form field \"image\".")
    }

    private static func wrongType(_ type: String) -> HTTPError {
        HTTPError(
            415, code: "unsupported_media_type",
            message: "The body's type is \(type). Send multipart/form-data with the photo in the field \"image\", "
                + "or, to the API, the photo itself as image/jpeg, image/png or image/webp.")
    }
}
