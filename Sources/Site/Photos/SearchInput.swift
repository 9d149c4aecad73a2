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
    /// - Throws: `HTTPError`, as ``UploadedPhoto/all(of:acceptsRaw:)`` does, and 400 `several_images` for both photos and
    ///   an address.
    package init(_ request: HTTPRequest, addressField: String, acceptsRaw: Bool) throws(HTTPError) {
        guard case .form(let fields) = request.body else {
            self = .photos(try UploadedPhoto.all(of: request, acceptsRaw: acceptsRaw))
            return
        }
        let addresses = Self.texts(addressField, in: fields)
        if let address = addresses.first {
            guard addresses.count == 1, !fields.contains(where: UploadedPhoto.isPhoto) else {
                throw HTTPError(
                    400, code: "several_images", message: "Send either photos, or the address of one photo.")
            }
            self = .address(address)
        } else if !acceptsRaw, let example = Self.texts("example", in: fields).first {
            self = .example(example)
        } else {
            self = .photos(try UploadedPhoto.all(of: request, acceptsRaw: acceptsRaw))
        }
    }

    /// Whether a request has the address of a photo, so that it has to wait for another server. O(fields).
    package static func hasAddress(_ request: HTTPRequest, in field: String) -> Bool {
        guard case .form(let fields) = request.body else { return false }
        return !texts(field, in: fields).isEmpty
    }

    private static func texts(_ name: String, in fields: [FormField]) -> [String] {
        fields.filter { $0.name == name && $0.content.count <= 2 * PhotoFetcher.longestAddress }.map {
            String(decoding: $0.content, as: UTF8.self)
        }.filter { !$0.allSatisfy(\.isWhitespace) }
    }
}
