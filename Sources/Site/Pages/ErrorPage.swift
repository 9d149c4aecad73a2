import HTTPCore

/// A refusal as a page.
package struct ErrorPage: PageModel {
    package let layout: Layout
    package let heading: String
    package let message: String
    /// What support asks for: status and code.
    package let reference: String
    /// The ways on, the likeliest first.
    package let ways: [Way]

    /// A page.
    ///
    /// - Parameters:
    ///   - error: the refusal.
    ///   - asked: the address that was refused, if it can be asked for again; `nil` for a form that was sent.
    ///   - mended: the address without the value that is wrong in it; `nil` where it is something else.
    ///   - layout: what is around it.
    package init(_ error: HTTPError, asked: String? = nil, mended: String? = nil, layout: Layout) {
        self.layout = layout
        heading = Self.title(of: error, in: layout.language)
        message = layout.language.message(of: error)
        reference = Self.reference(of: error)
        ways = Way.ways(from: error, asked: asked, mended: mended, in: layout.language)
    }

    /// What support asks for: status and code.
    package static func reference(of error: HTTPError) -> String { "\(error.status) \(error.code)" }

    /// What a refusal means to a shopper: its status, and of those of the request as a whole also what is wrong with it.
    package static func title(of error: HTTPError, in language: Language) -> String {
        switch error.status {
        case 404: language.text("error.title.nothingHere")
        case 403, 405: language.text("error.title.notPossible")
        case 408, 504: language.text("error.title.tooLong")
        case 410: language.text("error.title.photoGone")
        case 413: language.text("error.title.tooLarge")
        case 415, 422: language.text("error.title.unreadable")
        case 429, 503: language.text("error.title.busy")
        case 400..<500 where isMissing.contains(error.code): language.text("error.title.missing")
        case 400..<500 where isAddress.contains(error.code): language.text("error.title.address")
        case 400..<500: language.text("error.title.notPossible")
        default: language.text("error.title.wrong")
        }
    }

    private static let isMissing: Set = ["missing_image", "empty_image", "empty_address"]
    /// An address of a page or of a photo is not as it should be.
    private static let isAddress: Set = [
        "invalid_parameter", "unknown_attribute", "unknown_colour", "unknown_marked_item", "too_many_parameters",
        "malformed_uri", "uri_too_long", "invalid_address", "address_too_long", "address_scheme",
        "address_credentials",
    ]
}

extension Language {
    /// What a refusal says, by its code; the refusal's own words where there is no text for it, or where the text has
    /// places that its details do not fill.
    package func message(of error: HTTPError) -> String {
        let key = "error.\(error.code).message"
        guard let text = found(key)?.text, text.places.subtracting(["count"]).isSubset(of: error.details.keys) else {
            return error.message
        }
        guard case .plural = text else { return self.text(key, error.details) }
        guard let count = error.details["count"].flatMap({ Int($0) }) else { return error.message }
        var others = error.details
        others["count"] = nil
        return self.text(key, count: count, others)
    }
}
