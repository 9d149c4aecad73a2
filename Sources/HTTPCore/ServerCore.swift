internal import CMicroHTTPD
internal import Logging

/// What the callbacks of libmicrohttpd work on: takes requests apart, finds their routes, runs their handlers.
final class ServerCore: Sendable {
    let logger: Logger
    let table: ConnectionTable
    let metrics: ServerMetrics
    let writer: ResponseWriter
    /// Set once, before the first connection.
    let acceptor = Guarded<Acceptor?>(nil)

    private let routes: RouteTable
    private let pool: ComputePool
    private let waitingPool: ComputePool
    private let budget: BodyBudget
    private let lifecycle: ServerLifecycle
    private let headerLimit: Int
    private let errorPage: @Sendable (HTTPError, HTTPRequest) -> HTTPResponse
    private let exchanges = Guarded<[ObjectIdentifier: Exchange]>([:])
    private let isCut = Guarded(false)

    init(
        configuration: HTTPServerConfiguration, router: Router, logger: Logger, metrics: ServerMetrics,
        errorPage: @escaping @Sendable (HTTPError, HTTPRequest) -> HTTPResponse
    ) {
        self.logger = logger
        self.metrics = metrics
        self.errorPage = errorPage
        let writer = ResponseWriter(headers: configuration.headers)
        self.writer = writer
        table = ConnectionTable(configuration) { id in
            let body = Array("The request did not arrive in time.\n".utf8)
            let fields = writer.fields(of: ["Content-Type": "text/plain; charset=utf-8"], id: id)
            return RawAnswer.bytes(status: 408, headers: fields, body: body)
        }
        routes = RouteTable(router)
        pool = ComputePool(threads: configuration.computeThreads, capacity: configuration.queueCapacity) {
            metrics.setQueueDepth($0)
        }
        waitingPool = ComputePool(
            name: "waiting", threads: configuration.waitingThreads, capacity: configuration.waitingThreads)
        budget = BodyBudget(bytes: configuration.bodyMemory)
        lifecycle = configuration.lifecycle
        headerLimit = configuration.connectionMemory / 2
    }

    // MARK: Requests in flight

    func begin(_ exchange: Exchange) {
        exchanges.withLock { exchanges in
            exchanges[ObjectIdentifier(exchange)] = exchange
            metrics.setInFlight(exchanges.count)
        }
    }

    func end(_ exchange: Exchange) {
        let isIdle = exchanges.withLock { exchanges in
            exchanges[ObjectIdentifier(exchange)] = nil
            metrics.setInFlight(exchanges.count)
            return exchanges.isEmpty
        }
        if isIdle { exchanges.signalAll() }
    }

    /// Waits until no request is in flight; false when that took too long.
    func waitUntilIdle(until deadline: Moment) -> Bool {
        exchanges.wait(until: deadline) { $0.isEmpty ? true : nil } ?? false
    }

    /// Answers 503 to all that waits for the compute pool, now and from now on, and cuts what still arrives.
    func cut() {
        isCut.withLock { $0 = true }
        pool.stop()
        waitingPool.stop()
        for exchange in exchanges.withLock({ Array($0.values) }) {
            exchange.complete(with: page(Self.stopping, exchange.request()))
        }
        table.cutReceiving()
    }

    /// From now on each answer closes its connection.
    func beginDraining() { lifecycle.drain() }

    // MARK: The way of a request

    /// The header fields have arrived: refuses at once what must not be read, or makes ready for the body.
    func receiveHead(_ exchange: Exchange, on connection: OpaquePointer, version: String) -> Bool {
        // Before anything is refused: the form of a refusal depends on the path.
        let routing = Result { try findRoute(exchange) }
        let framing: RequestFraming
        do {
            framing = try RequestFraming(headers: exchange.headers, version: version)
            guard vitrine_mhd_header_size(connection) <= headerLimit else {
                throw HTTPError(
                    431, code: "header_too_large", message: "The request's header fields are too large.")
            }
        } catch {
            return refuse(exchange, on: connection, Self.asHTTPError(error))
        }
        do {
            try routing.get()
        } catch {
            // Without a body the connection can go on after the refusal; with one it is not worth reading.
            guard framing == .none else { return refuse(exchange, on: connection, Self.asHTTPError(error)) }
            exchange.refusal = Self.asHTTPError(error)
        }
        do {
            exchange.step = .body(try bodyReader(for: exchange, framing))
            return true
        } catch {
            return refuse(exchange, on: connection, Self.asHTTPError(error))
        }
    }

    /// A piece of the body has arrived; false closes the connection.
    func receiveBody(_ exchange: Exchange, _ piece: UnsafeRawBufferPointer) -> Bool {
        guard case .body(var reader) = exchange.step else { return true }
        exchange.step = .body(nil)  // Moved out and back, not copied.
        do {
            try reader?.append(piece)
            exchange.step = .body(reader)
            return true
        } catch {
            // In the middle of a body the library takes no answer, and reading on to its end has no end.
            let response = page(Self.asHTTPError(error), exchange.request())
            let body: [UInt8] = if case .bytes(let bytes) = response.body { bytes } else { [] }
            let fields = writer.fields(of: response.headers, id: exchange.id)
            exchange.step = .answered
            exchange.status = response.status
            exchange.sentBytes = body.count
            exchange.mustLinger = true
            // What it took is given back before anybody can know of it.
            reader = nil
            RawAnswer.send(
                RawAnswer.bytes(status: response.status, headers: fields, body: body), to: exchange.socket)
            return false
        }
    }

    /// The request is whole: answers it, or suspends it and hands it to the compute pool.
    func receiveEnd(_ exchange: Exchange, on connection: OpaquePointer) -> Bool {
        guard case .body(var reader) = exchange.step else { return true }
        exchange.step = .body(nil)
        if let refusal = exchange.refusal { return respond(exchange, on: connection, refusal) }
        guard let route = exchange.route else {
            return respond(exchange, on: connection, allowed(by: exchange))
        }
        let body: HTTPBody
        do {
            body = try reader?.finish() ?? .none
        } catch {
            return respond(exchange, on: connection, Self.asHTTPError(error))
        }
        let request = exchange.request(body: body)
        let lane = route.lane(of: request)
        guard lane != .inline else {
            return withExtendedLifetime(reader) {
                respond(exchange, on: connection, answer(request, by: route))
            }
        }
        let pool = lane == .waiting ? waitingPool : pool
        guard pool.reserve() else {
            metrics.countRejected()
            return respond(exchange, on: connection, Self.busy)
        }
        suspend(
            exchange, connection, in: pool, Work(core: self, request: request, route: route, share: reader?.share))
        return true
    }

    /// The compute pool has answered.
    func receiveOutcome(_ exchange: Exchange, on connection: OpaquePointer) -> Bool {
        guard let response = exchange.takeResponse() else { return !exchange.isAwaited }
        return respond(exchange, on: connection, response)
    }

    /// Suspends before it queues: the pool may be done before this returns, and only what is suspended is resumed.
    private func suspend(_ exchange: Exchange, _ connection: OpaquePointer, in pool: ComputePool, _ work: Work) {
        exchange.step = .computing
        table.startedComputing(exchange.socket)
        MHD_suspend_connection(connection)
        exchange.await { MHD_resume_connection(connection) }
        pool.submit { work.run(for: exchange) }
        // Seen here or in `cut`, whichever comes second.
        if isCut.withLock({ $0 }) { exchange.complete(with: page(Self.stopping, work.request)) }
    }

    /// A handler's job, with the share of the body budget that its request holds.
    private final class Work: @unchecked Sendable {
        let core: ServerCore
        let request: HTTPRequest
        let route: Route
        let share: BodyBudget.Share?

        init(core: ServerCore, request: HTTPRequest, route: Route, share: BodyBudget.Share?) {
            self.core = core
            self.request = request
            self.route = route
            self.share = share
        }

        func run(for exchange: Exchange) {
            // Nobody waits any more after a cut.
            guard exchange.isAwaited else { return }
            exchange.complete(with: core.answer(request, by: route))
        }
    }

    private func findRoute(_ exchange: Exchange) throws {
        do {
            exchange.target = try RequestTarget(exchange.rawTarget)
        } catch {
            exchange.target = .unreadable(exchange.rawTarget)
            throw error
        }
        guard let method = HTTPMethod(rawValue: exchange.method) else {
            throw HTTPError(
                501, code: "method_not_implemented", message: "This server does not know the request's method.")
        }
        if exchange.target.path == "*" {
            guard method == .options else { throw Self.notFound }
            return
        }
        switch routes.match(method, segments: exchange.target.segments) {
        case .route(let route, let parameters):
            exchange.route = route
            exchange.parameters = parameters
        case .methods(let methods):
            if method == .options { return }
            throw HTTPError(
                405, code: "method_not_allowed", message: "This address does not take that method.",
                headers: ["Allow": Self.list(methods)])
        case .none:
            throw Self.notFound
        }
    }

    private func bodyReader(for exchange: Exchange, _ framing: RequestFraming) throws -> BodyReader? {
        guard exchange.refusal == nil else { return nil }
        let limit = exchange.route?.bodyLimit ?? 0
        let length: Int?
        switch framing {
        case .none:
            guard limit > 0 else { return nil }
            length = 0
        case .length(let declared):
            guard declared <= limit else { throw BodyReader.tooLarge(limit: limit) }
            guard declared <= budget.bytesLeft else {
                metrics.countRejected()
                throw BodyReader.overBudget
            }
            length = declared
        case .chunked:
            guard limit > 0 else { throw BodyReader.tooLarge(limit: 0) }
            length = nil
        }
        try BodyReader.checkEncoding(exchange.headers)
        return try BodyReader(
            contentType: exchange.headers["Content-Type"], length: length, limit: limit,
            share: BodyBudget.Share(of: budget))
    }

    /// OPTIONS of a path that no route of its own answers.
    private func allowed(by exchange: Exchange) -> HTTPResponse {
        let methods: [HTTPMethod] =
            if case .methods(let some) = routes.match(.options, segments: exchange.target.segments) { some } else {
                routes.methods
            }
        return HTTPResponse(status: 204, headers: ["Allow": Self.list(methods)])
    }

    private static func list(_ methods: [HTTPMethod]) -> String {
        methods.map(\.rawValue).joined(separator: ", ")
    }

    // MARK: Answers

    /// Runs a handler; whatever it throws becomes an answer.
    private func answer(_ request: HTTPRequest, by route: Route) -> HTTPResponse {
        do {
            return try route.handler(request)
        } catch let error as HTTPError {
            return page(error, request)
        } catch {
            logger.error(
                "a handler failed",
                metadata: ["request": "\(request.id)", "path": "\(route.pattern)", "error": "\(error)"])
            return page(Self.internalError, request)
        }
    }

    private func page(_ error: HTTPError, _ request: HTTPRequest) -> HTTPResponse {
        var response = errorPage(error, request)
        response.status = error.status
        for (name, value) in error.headers.fields { response.headers[name] = value }
        return response
    }

    /// Answers before the body has been read; the connection closes after that.
    private func refuse(_ exchange: Exchange, on connection: OpaquePointer, _ error: HTTPError) -> Bool {
        exchange.mustLinger = true
        return respond(exchange, on: connection, page(error, exchange.request()), closes: true)
    }

    private func respond(_ exchange: Exchange, on connection: OpaquePointer, _ error: HTTPError) -> Bool {
        respond(exchange, on: connection, page(error, exchange.request()))
    }

    private func respond(
        _ exchange: Exchange, on connection: OpaquePointer, _ response: HTTPResponse, closes: Bool = false
    ) -> Bool {
        let closes = closes || lifecycle.isDraining
        table.startedAnswer(exchange.socket)
        do {
            return try writer.queue(response, for: exchange, on: connection, closes: closes)
        } catch {
            // The page of an error has no file of its own; if it had, there is nothing left to try.
            let response = page(Self.asHTTPError(error), exchange.request())
            return (try? writer.queue(response, for: exchange, on: connection, closes: closes)) ?? false
        }
    }

    private static func asHTTPError(_ error: any Error) -> HTTPError {
        error as? HTTPError ?? internalError
    }

    private static let notFound = HTTPError(
        404, code: "not_found", message: "There is nothing at this address.")
    private static let internalError = HTTPError(
        500, code: "internal_error", message: "Something went wrong here. Try again.")
    private static let busy = HTTPError(
        503, code: "overloaded", message: "The server is busy. Try again in a moment.", headers: ["Retry-After": "1"])
    private static let stopping = HTTPError(
        503, code: "stopping", message: "The server is restarting. Try again in a moment.",
        headers: ["Retry-After": "5"])
}
