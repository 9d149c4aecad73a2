/// One request and its answer on a connection.
///
/// Belongs to the connection's HTTP thread, but for ``outcome``, which the compute pool hands over.
final class Exchange: @unchecked Sendable {
    /// How far it has come.
    enum Step {
        /// The request line is known.
        case head
        /// The body is arriving, or is none.
        case body(BodyReader?)
        /// The compute pool has it, and the connection is suspended.
        case computing
        /// The answer is queued or written.
        case answered
    }

    /// What the compute pool and the connection know of each other.
    enum Outcome {
        case none
        /// Suspended; the closure resumes the connection and is called once.
        case awaited(resume: () -> Void)
        case ready(HTTPResponse)
    }

    let id: String
    let socket: Int32
    let started = Moment.now
    /// The target as it was sent.
    let rawTarget: [UInt8]

    var step = Step.head
    var method = ""
    var target = RequestTarget.unknown
    var headers = HTTPHeaders()
    var route: Route?
    var parameters: [String: String] = [:]
    /// A refusal that waits until the request is over, so that the connection can go on.
    var refusal: HTTPError?
    /// Whether the client may still be sending when the connection closes.
    var mustLinger = false
    var status = 0
    var sentBytes = 0

    private let outcome = Guarded(Outcome.none)

    init(rawTarget: [UInt8], socket: Int32) {
        self.rawTarget = rawTarget
        self.socket = socket
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        id = String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The path for the log: of a known route its pattern, because what stands in a pattern's places may be private, and
    /// of any other path its first segment, which may be a mistaken address of something private.
    var loggedPath: String {
        if let route { return route.pattern }
        guard target.isReadable, let first = target.segments.first else { return "/" }
        return "/" + first + (target.segments.count > 1 ? "/..." : "")
    }

    /// The request as it is known so far.
    func request(body: HTTPBody = .none) -> HTTPRequest {
        let known = HTTPMethod(rawValue: method) ?? .get
        return HTTPRequest(
            id: id, method: known == .head ? .get : known, path: target.path,
            target: String(decoding: rawTarget, as: UTF8.self), parameters: parameters, query: target.query,
            headers: headers, body: body)
    }

    /// The connection is suspended now.
    func await(resume: @escaping () -> Void) {
        outcome.withLock { $0 = .awaited(resume: resume) }
    }

    /// Hands over the answer and resumes the connection; the second one is dropped. Resumes under the lock, so
    /// that the connection is resumed once, and never after the daemon has been stopped.
    func complete(with response: HTTPResponse) {
        outcome.withLock { outcome in
            guard case .awaited(let resume) = outcome else { return }
            outcome = .ready(response)
            resume()
        }
    }

    /// Whether the compute pool still has it.
    var isAwaited: Bool {
        outcome.withLock { if case .awaited = $0 { true } else { false } }
    }

    /// The answer that was handed over.
    func takeResponse() -> HTTPResponse? {
        outcome.withLock { outcome in
            guard case .ready(let response) = outcome else { return nil }
            outcome = .none
            return response
        }
    }
}
