/// Why a text is no address of a photo.
public enum AddressProblem: Equatable, Sendable {
    /// There is nothing but spaces.
    case empty
    /// It has more characters than an address may have.
    case tooLong(limit: Int)
    /// It begins with something else than `http://` or `https://`.
    case scheme
    /// There is a name or password in it.
    case credentials
    /// It is an address of nothing.
    case unreadable

    /// A sentence's end.
    var reason: String {
        switch self {
        case .empty: "it is empty"
        case .tooLong(let limit): "it is longer than \(limit) characters"
        case .scheme: "it has to begin with http:// or https://"
        case .credentials: "it has a name or password in it"
        case .unreadable: "it cannot be read. It looks like https://shop.example/photo.jpg"
        }
    }
}

/// Why a photo was not fetched.
public enum PhotoFetchError: Error, Equatable, Sendable {
    /// The text is no address of a photo.
    case invalidAddress(AddressProblem)
    /// The address leads to where this server does not go, itself or by its name or a redirect.
    case notAllowed
    /// There is no such server, or it does not answer as it should.
    case unreachable(reason: String)
    /// It took too long.
    case timedOut
    /// There are more bytes than a photo may have.
    case tooLarge(limit: Int)
    /// What is there is no photo.
    case noPhoto(contentType: String)
    /// It leads from one address to the next.
    case tooManyRedirects(limit: Int)
    /// Others are fetched at the moment.
    case busy

    /// A text that a person can act on.
    public var message: String {
        switch self {
        case .invalidAddress(let problem):
            "This is no address of a photo: \(problem.reason)."
        case .notAllowed:
            "This address leads into a private network or to an unusual port, where this server does not go."
        case .unreachable(let reason):
            "There is no photo to be had at this address: \(reason)."
        case .timedOut:
            "The server at this address took too long. Save the photo, and choose it from your device."
        case .tooLarge(let limit):
            "The photo at this address is larger than \(limit / 1_000_000) MB."
        case .noPhoto(let type):
            "At this address there is no photo but something else (\(type)). Take the address of the picture itself."
        case .tooManyRedirects(let limit):
            "This address leads on more than \(limit) times."
        case .busy:
            "Many photos are being fetched at the moment. Try again in a few seconds."
        }
    }
}
