import HTTPCore
import PhotoFetch

extension HTTPError {
    /// A photo that could not be fetched.
    package init(_ error: PhotoFetchError) {
        let message = error.message
        switch error {
        case .invalidAddress(.empty): self.init(400, code: "empty_address", message: message)
        case .invalidAddress(.tooLong(let limit)):
            self.init(400, code: "address_too_long", message: message, details: ["count": String(limit)])
        case .invalidAddress(.scheme): self.init(400, code: "address_scheme", message: message)
        case .invalidAddress(.credentials): self.init(400, code: "address_credentials", message: message)
        case .invalidAddress(.unreadable): self.init(400, code: "invalid_address", message: message)
        case .notAllowed: self.init(403, code: "address_not_allowed", message: message)
        case .unreachable, .tooManyRedirects: self.init(502, code: "address_unreachable", message: message)
        case .timedOut: self.init(504, code: "address_timed_out", message: message)
        case .tooLarge: self.init(413, code: "address_too_large", message: message)
        case .noPhoto: self.init(415, code: "address_not_a_photo", message: message)
        case .busy: self.init(503, code: "fetching_busy", message: message, headers: ["Retry-After": "5"])
        }
    }
}
