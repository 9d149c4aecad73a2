import HTTPCore

/// A refusal as a page.
package struct ErrorPage: Sendable {
    package let layout: Layout
    package let status: Int
    package let heading: String
    package let message: String
    package let reference: String

    package init(_ error: HTTPError, layout: Layout) {
        self.layout = layout
        status = error.status
        heading = Self.title(of: error.status)
        message = error.message
        reference = error.code
    }

    /// What a status means to a shopper.
    package static func title(of status: Int) -> String {
        switch status {
        case 404: "There is nothing here"
        case 405: "That cannot be done here"
        case 408: "That took too long"
        case 410: "This photo is gone"
        case 413: "That is too large"
        case 415, 422: "This photo cannot be read"
        case 429, 503: "One moment, please"
        case 400..<500: "Something is missing"
        default: "Something went wrong"
        }
    }
}
