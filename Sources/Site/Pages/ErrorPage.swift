import HTTPCore

/// A refusal as a page.
package struct ErrorPage: PageModel {
    package let layout: Layout
    package let status: Int
    package let heading: String
    package let message: String
    package let reference: String

    package init(_ error: HTTPError, layout: Layout) {
        self.layout = layout
        status = error.status
        heading = Self.title(of: error.status, in: layout.language)
        message = layout.language.message(of: error)
        reference = error.code
    }

    /// What a status means to a shopper.
    package static func title(of status: Int, in language: Language) -> String {
        switch status {
        case 404: language.text("error.title.nothingHere")
        case 403, 405: language.text("error.title.notPossible")
        case 408, 504: language.text("error.title.tooLong")
        case 410: language.text("error.title.photoGone")
        case 413: language.text("error.title.tooLarge")
        case 415, 422: language.text("error.title.unreadable")
        case 429, 503: language.text("error.title.busy")
        case 400..<500: language.text("error.title.missing")
        default: language.text("error.title.wrong")
        }
    }
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
