/// An answer.
public struct HTTPResponse: Sendable {
    /// The status code.
    public var status: Int
    /// The header fields; `Content-Length`, `Date` and the security headers are the server's.
    public var headers: HTTPHeaders
    /// The body.
    public var body: Body

    /// What is sent.
    public enum Body: Sendable {
        /// Nothing.
        case none
        /// These bytes.
        case bytes([UInt8])
        /// A file, sent from disk by the kernel; its type, length and ETag come from the file.
        case file(path: String)
    }

    /// An answer of any kind.
    public init(status: Int = 200, headers: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Text of some type in UTF-8.
    public static func text(
        _ text: String, contentType: String = "text/plain; charset=utf-8", status: Int = 200
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": contentType], body: .bytes(Array(text.utf8)))
    }

    /// 303 See Other: the client fetches `location` with GET (RFC 9110, section 15.4.4).
    public static func seeOther(_ location: String) -> HTTPResponse {
        HTTPResponse(status: 303, headers: ["Location": location])
    }
}
