import HTTPCore
import PhotoFetch

/// What a search is asked with.
package enum SearchInput: Sendable {
    /// Photos as they were uploaded.
    case photos([[UInt8]])
    /// Where a photo is.
    case address(String)
    /// The identifier of an item, whose photo stands for one's own.
    case example(String)

    /// Reads a form, or where `acceptsRaw` a body that is the photo itself.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - addressField: the form's field for the address of a photo.
    ///   - acceptsRaw: whether the body may be the photo itself.
    /// - Throws: `HTTPError`, as ``UploadedPhoto/all(of:acceptsRaw:)`` does, 400 `several_images` for both photos and an
    ///   address, and 400 for an address that is empty or too long.
    package init(_ request: HTTPRequest, addressField: String, acceptsRaw: Bool) throws(HTTPError) {
        guard case .form(let fields) = request.body else {
            self = .photos(try UploadedPhoto.all(of: request, acceptsRaw: acceptsRaw))
            return
        }
        let hasPhoto = fields.contains(where: UploadedPhoto.isPhoto)
        let addresses = Self.fields(addressField, in: fields)
        if let address = addresses.first {
            guard addresses.count == 1, !hasPhoto else {
                throw HTTPError(
                    400, code: "several_images", message: "Send either photos, or the address of one photo.")
            }
            guard address.content.count <= Self.longest else {
                throw HTTPError(PhotoFetchError.invalidAddress(.tooLong(limit: PhotoFetcher.longestAddress)))
            }
            self = .address(String(decoding: address.content, as: UTF8.self))
        } else if !acceptsRaw, let example = Self.fields("example", in: fields).first {
            self = .example(String(decoding: example.content.prefix(Self.longest), as: UTF8.self))
        } else if !hasPhoto, fields.contains(where: { $0.name == addressField }) {
            throw HTTPError(PhotoFetchError.invalidAddress(.empty))
        } else {
            self = .photos(try UploadedPhoto.all(of: request, acceptsRaw: acceptsRaw))
        }
    }

    /// Whether a request has the address of a photo, so that it has to wait for another server. O(fields).
    package static func hasAddress(_ request: HTTPRequest, in field: String) -> Bool {
        guard case .form(let fields) = request.body else { return false }
        return !Self.fields(field, in: fields).isEmpty
    }

    /// The most bytes that are looked at as a text: an address with spaces around it.
    private static let longest = 2 * PhotoFetcher.longestAddress

    /// The fields of a name that have more in them than spaces.
    private static func fields(_ name: String, in fields: [FormField]) -> [FormField] {
        fields.filter { field in
            field.name == name
                && !String(decoding: field.content.prefix(longest + 1), as: UTF8.self).allSatisfy(\.isWhitespace)
        }
    }
}
