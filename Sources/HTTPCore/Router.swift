/// Answers one request. Runs on a thread where it may block for as long as its ``Route/Lane`` allows.
public typealias Handler = @Sendable (HTTPRequest) throws -> HTTPResponse

/// A method and a pattern, and what answers them.
public struct Route: Sendable {
    /// Where a handler runs.
    public enum Lane: Sendable {
        /// On the HTTP thread: answers in well under a millisecond, never embeds or scans.
        case inline
        /// On the bounded compute pool, while the connection is suspended; a full queue answers 503.
        case compute
    }

    /// The method.
    public let method: HTTPMethod
    /// Path segments; `{name}` takes one whole segment, and `{name...}` at the end takes the rest.
    public let pattern: String
    /// Where the handler runs.
    public let lane: Lane
    /// The most bytes of body that are taken; 0: a body is refused.
    public let bodyLimit: Int
    /// The handler.
    public let handler: Handler
}

/// A table of routes. Built once, before the server starts.
public struct Router: Sendable {
    /// The routes, in the order of their registration.
    public private(set) var routes: [Route] = []

    /// An empty table.
    public init() {}

    /// Registers a route. GET also answers HEAD.
    public mutating func on(
        _ method: HTTPMethod, _ pattern: String, lane: Route.Lane = .inline, bodyLimit: Int = 0,
        handler: @escaping Handler
    ) {
        routes.append(Route(method: method, pattern: pattern, lane: lane, bodyLimit: bodyLimit, handler: handler))
    }
}
