import HTTPCore
import PhotoFetch

extension HTTPError {
    /// A photo that could not be fetched.
    package init(_ error: PhotoFetchError) {
        let message = error.message
        switch error {
        case .invalidAddress: self.init(400, code: "invalid_address", message: message)
        case .notAllowed: self.init(403, code: "address_not_allowed", message: message)
        case .unreachable, .tooManyRedirects: self.init(502, code: "address_unreachable", message: message)
        case .timedOut: self.init(504, code: "address_timed_out", message: message)
        case .tooLarge: self.init(413, code: "address_too_large", message: message)
        case .noPhoto: self.init(415, code: "address_not_a_photo", message: message)
        case .busy: self.init(503, code: "fetching_busy", message: message, headers: ["Retry-After": "5"])
        }
    }
}
