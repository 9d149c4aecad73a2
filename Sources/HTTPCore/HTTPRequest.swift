/// A request whose body has arrived whole and within the limits of its route.
public struct HTTPRequest: Sendable {
    /// A short random identifier, also sent back as `X-Request-Id` and written in each log line of this request.
    public let id: String
    /// The method; HEAD arrives at handlers as GET, and the body of the answer is left out by the server.
    public let method: HTTPMethod
    /// The path, percent-decoded, always starting with `/`.
    public let path: String
    /// The path with its query as they were sent, percent-encoded.
    public let target: String
    /// What the router took from the `{name}` places of the route's pattern.
    public let parameters: [String: String]
    /// The query's pairs, percent-decoded, in order.
    public let query: [(name: String, value: String)]
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body.
    public let body: HTTPBody

    /// A request as the server makes it; public so that handlers can be tested without a socket.
    public init(
        id: String = "test", method: HTTPMethod, path: String, target: String? = nil,
        parameters: [String: String] = [:], query: [(name: String, value: String)] = [],
        headers: HTTPHeaders = [:], body: HTTPBody = .none
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.target = target ?? path
        self.parameters = parameters
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first value of a query parameter.
    public func query(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The value of a cookie; the first one of a name counts (RFC 6265, section 5.4: it is the nearest in its path). O(n).
    public func cookie(_ name: String) -> String? {
        for field in headers.values(of: "Cookie") {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
                return String(parts[1])
            }
        }
        return nil
    }

    /// The names of the cookies that were sent, each once, in order.
    public var cookieNames: [String] {
        var names: [String] = []
        for field in headers.values(of: "Cookie") {
            for pair in field.split(separator: ";") {
                let name = String(pair.prefix { $0 != "=" }.drop { $0 == " " })
                // A token (RFC 9110, section 5.6.2), so that the name can be written back.
                let isToken = name.utf8.allSatisfy {
                    $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0)
                }
                if !name.isEmpty, isToken, !names.contains(name) { names.append(name) }
            }
        }
        return names
    }

    /// The first field of a form with a name, as text; `nil` for none, or for one that is not UTF-8.
    public func formText(_ name: String) -> String? {
        guard case .form(let fields) = body else { return nil }
        return fields.first { $0.name == name }.flatMap { String(validating: $0.content, as: UTF8.self) }
    }
}

/// A request's body.
public enum HTTPBody: Sendable {
    /// None was sent, or the route takes none.
    case none
    /// The bytes as they were sent, with their declared type.
    case raw(contentType: String?, bytes: [UInt8])
    /// The parts of `multipart/form-data` (RFC 7578) or the fields of `application/x-www-form-urlencoded`.
    case form([FormField])
}

/// One part of a form.
public struct FormField: Sendable {
    /// The field's name.
    public let name: String
    /// The file's name as the client gave it; never to be used as a path.
    public let filename: String?
    /// The part's declared type; never to be believed.
    public let contentType: String?
    /// The part's content.
    public let content: [UInt8]

    /// A part as the parser makes it.
    public init(name: String, filename: String? = nil, contentType: String? = nil, content: [UInt8]) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
        self.content = content
    }
}
