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
        /// On a small pool of its own, for what waits for somebody else for seconds: however slow that is, it takes no
        /// thread from those who compute. A full queue answers 503.
        case waiting
    }

    /// The method.
    public let method: HTTPMethod
    /// Path segments; `{name}` takes one whole segment, and `{name...}` at the end takes the rest.
    public let pattern: String
    /// Where the handler runs.
    public let lane: Lane
    /// Tells requests of the compute lane that wait for somebody else; runs on the HTTP thread.
    public let waits: (@Sendable (HTTPRequest) -> Bool)?
    /// The most bytes of body that are taken; 0: a body is refused.
    public let bodyLimit: Int
    /// The handler.
    public let handler: Handler

    /// The lane of one request.
    func lane(of request: HTTPRequest) -> Lane {
        lane != .inline && waits?(request) == true ? .waiting : lane
    }
}

/// A table of routes. Built once, before the server starts.
public struct Router: Sendable {
    /// The routes, in the order of their registration.
    public private(set) var routes: [Route] = []

    /// An empty table.
    public init() {}

    /// Registers a route. GET also answers HEAD. Requests that `waits` is true of go to ``Route/Lane/waiting``.
    public mutating func on(
        _ method: HTTPMethod, _ pattern: String, lane: Route.Lane = .inline, bodyLimit: Int = 0,
        waits: (@Sendable (HTTPRequest) -> Bool)? = nil, handler: @escaping Handler
    ) {
        routes.append(
            Route(
                method: method, pattern: pattern, lane: lane, waits: waits, bodyLimit: bodyLimit, handler: handler))
    }
}
