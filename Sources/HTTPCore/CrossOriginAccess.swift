/// Which other sites' scripts may use an API from a browser: the CORS protocol of the Fetch standard
/// (https://fetch.spec.whatwg.org/#http-cors-protocol). Others are not told anything, and their browsers keep the
/// answers from them.
public struct CrossOriginAccess: Sendable {
    /// The origins that may do all that the API can, with its token.
    public let origins: Set<WebOrigin>
    /// Whether any origin may read, without a token.
    public let isOpenForReading: Bool

    /// For how many seconds a browser may remember a preflight's answer.
    private static let maximumAge = 600
    private static let readable = "Location, Retry-After, X-Request-Id"

    /// Nobody.
    public init() {
        origins = []
        isOpenForReading = false
    }

    /// The named origins; `*` is any origin, for reading without a token alone.
    ///
    /// - Throws: ``HTTPServerError/invalidOrigin(_:reason:)``.
    public init(_ names: [String]) throws(HTTPServerError) {
        var origins: Set<WebOrigin> = []
        for name in names where name != "*" { origins.insert(try WebOrigin(name)) }
        self.origins = origins
        isOpenForReading = names.contains("*")
    }

    /// Whether anybody may.
    public var isConfigured: Bool { isOpenForReading || !origins.isEmpty }

    /// The fields that an answer gets.
    ///
    /// - Parameters:
    ///   - request: what is answered.
    ///   - isRead: whether the operation only reads.
    /// - Returns: none unless somebody may use the API from elsewhere.
    public func fields(for request: HTTPRequest, isRead: Bool) -> HTTPHeaders {
        guard isConfigured else { return [:] }
        var fields: HTTPHeaders = ["Vary": "Origin"]
        let hasToken = request.headers["Authorization"] != nil
        if let origin = allowedOrigin(request, isRead: isRead && !hasToken) {
            fields["Access-Control-Allow-Origin"] = origin
            fields["Access-Control-Expose-Headers"] = Self.readable
        }
        return fields
    }

    /// The answer to OPTIONS.
    ///
    /// - Parameters:
    ///   - request: the preflight, or an OPTIONS of another purpose.
    ///   - methods: the methods of the address, each with whether it only reads.
    /// - Returns: 204 with the methods, and with what the origin may do if it may do anything.
    public func preflight(_ request: HTTPRequest, methods: [(method: HTTPMethod, isRead: Bool)]) -> HTTPResponse {
        let allowed = HTTPMethod.allCases.filter { method in
            method == .options || methods.contains { $0.method == method || ($0.method == .get && method == .head) }
        }
        var response = HTTPResponse(
            status: 204,
            headers: [
                "Allow": allowed.map(\.rawValue).joined(separator: ", "),
                "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
            ])
        let wanted = request.headers["Access-Control-Request-Method"] ?? ""
        let wantedFields = request.headers.values(of: "Access-Control-Request-Headers").joined(separator: ",")
            .lowercased().split { ", \t".contains($0) }
        guard let method = methods.first(where: { $0.method.rawValue == wanted }),
            let origin = allowedOrigin(request, isRead: method.isRead && !wantedFields.contains("authorization"))
        else { return response }
        let isListed = origin != "*"
        let offered = methods.filter { isListed || $0.isRead }.map(\.method.rawValue)
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = offered.joined(separator: ", ")
        response.headers["Access-Control-Allow-Headers"] = isListed ? "Authorization, Content-Type" : "Content-Type"
        response.headers["Access-Control-Max-Age"] = "\(Self.maximumAge)"
        return response
    }

    /// What is said to be allowed: the origin itself if it is listed, `*` for a read that anybody may do.
    private func allowedOrigin(_ request: HTTPRequest, isRead: Bool) -> String? {
        let given = request.headers.values(of: "Origin")
        guard given.count == 1 else { return nil }
        // Compared as it was sent: a browser writes an origin in one way.
        if origins.contains(where: { $0.description == given[0] }) { return given[0] }
        return isOpenForReading && isRead ? "*" : nil
    }
}
