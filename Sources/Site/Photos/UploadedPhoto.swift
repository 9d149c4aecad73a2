import HTTPCore
import ImageCodecs

/// The photo in a request's body.
package enum UploadedPhoto {
    /// The most bytes of a photo.
    package static let maximumBytes = ImageLimits().bytes
    /// The most bytes of a body: a photo with the form around it.
    package static let bodyLimit = maximumBytes + (64 << 10)
    /// The most photos that are searched with at once.
    package static let most = 8
    /// The most bytes of all of them.
    package static let maximumTotal = 2 * maximumBytes
    /// The most bytes of the body that they come in.
    package static let searchBodyLimit = maximumTotal + (64 << 10)

    /// The bytes of the form field `image`, or, where `acceptsRaw`, of a body that is the photo itself.
    ///
    /// - Throws: `HTTPError` 400 `missing_image` or `several_images`, 413, 415.
    package static func bytes(of request: HTTPRequest, acceptsRaw: Bool) throws(HTTPError) -> [UInt8] {
        let photos = try photos(of: request, acceptsRaw: acceptsRaw)
        guard photos.count == 1 else {
            throw HTTPError(
                400, code: "several_images",
                message: "The request has \(photos.count) photos. Send one photo at a time.")
        }
        return photos[0]
    }

    /// The bytes of each form field `image`, one at least and ``most`` at the most, or of the body itself.
    ///
    /// - Throws: `HTTPError` 400 `missing_image` or `too_many_images`, 413, 415.
    package static func all(of request: HTTPRequest, acceptsRaw: Bool) throws(HTTPError) -> [[UInt8]] {
        let photos = try photos(of: request, acceptsRaw: acceptsRaw)
        guard photos.count <= most else {
            throw HTTPError(
                400, code: "too_many_images",
                message: "The request has \(photos.count) photos. Send \(most) at the most.",
                details: ["most": String(most)])
        }
        guard photos.map(\.count).reduce(0, +) <= maximumTotal else {
            throw HTTPError(
                413, code: "images_too_large",
                message: "The photos are larger than 40 MB together. Send fewer, or smaller ones.")
        }
        return photos
    }

    private static func photos(of request: HTTPRequest, acceptsRaw: Bool) throws(HTTPError) -> [[UInt8]] {
        let photos: [[UInt8]]
        switch request.body {
        case .none:
            throw missing
        case .form(let fields):
            guard mediaType(request.headers["Content-Type"]) != "application/x-www-form-urlencoded" else {
                throw wrongType("application/x-www-form-urlencoded")
            }
            photos = fields.filter { isPhoto($0) }.map(\.content)
            guard !photos.isEmpty else { throw missing }
        case .raw(let contentType, let content):
            let type = mediaType(contentType)
            // The content decides what a picture is; its declared type only tells it from forms and documents.
            guard acceptsRaw, type.isEmpty || type.hasPrefix("image/") || type == "application/octet-stream" else {
                throw wrongType(type.isEmpty ? "not declared" : type)
            }
            guard !content.isEmpty else { throw missing }
            photos = [content]
        }
        guard photos.allSatisfy({ $0.count <= maximumBytes }) else { throw tooLarge }
        return photos
    }

    /// A browser sends an untouched file field as one without name and content.
    package static func isPhoto(_ field: FormField) -> Bool {
        field.name == "image" && !(field.content.isEmpty && (field.filename ?? "").isEmpty)
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
