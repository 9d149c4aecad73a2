import HTTPCore

extension Site {
    /// Whether an address is one of the API's, which other sites' scripts may be allowed to use.
    private static func isShared(_ path: String) -> Bool {
        path == "/openapi.json" || ["/api/", "/images/", "/thumbnails/"].contains { path.hasPrefix($0) }
    }

    /// Whether an operation only reads. All that is not known to do so is taken for one that changes something.
    private static func isRead(_ method: HTTPMethod, _ path: String) -> Bool {
        method == .get || method == .head || (method == .post && path == "/api/v1/search")
    }

    /// An answer with what other sites' scripts may do with it.
    func shared(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
        guard options.crossOrigin.isConfigured, Self.isShared(request.path) else { return response }
        var response = response
        let isRead = Self.isRead(request.method, request.path)
        for (name, value) in options.crossOrigin.fields(for: request, isRead: isRead).fields {
            response.headers.add(value, to: name)
        }
        return response
    }

    /// Registers OPTIONS for every address of the API, once all others are there.
    func registerPreflights(on router: inout Router) {
        let crossOrigin = options.crossOrigin
        guard crossOrigin.isConfigured else { return }
        for (pattern, routes) in Dictionary(grouping: router.routes, by: \.pattern) where Self.isShared(pattern) {
            let methods = routes.map { (method: $0.method, isRead: Self.isRead($0.method, pattern)) }
            router.on(.options, pattern) { crossOrigin.preflight($0, methods: methods) }
        }
    }
}
