internal import CMicroHTTPD
internal import Glibc

/// The open connections and how long each may go on with what it does.
///
/// libmicrohttpd's own time-out counts inactivity alone, so that a client which sends a byte now and then could
/// stay for ever. A socket is shut down under the table's lock, and leaves the table before it is closed: its
/// number cannot belong to another connection by then.
final class ConnectionTable: Sendable {
    private enum Phase {
        /// Nothing of a request line has been seen yet.
        case waiting
        /// A request is arriving.
        case receiving(id: String)
        /// The compute pool has it.
        case computing
        /// An answer is being sent.
        case answering
    }

    private struct Entry {
        var phase = Phase.waiting
        var deadline: Moment?
        var hasServed = false
    }

    private let entries = Guarded<[Int32: Entry]>([:])
    private let requestDeadline: Duration
    private let idleTimeout: Duration
    private let responseDeadline: Duration
    private let timeoutAnswer: @Sendable (_ id: String) -> [UInt8]

    /// A table without connections.
    ///
    /// - Parameters:
    ///   - configuration: the deadlines.
    ///   - timeoutAnswer: what a client is told whose request did not arrive in time.
    init(_ configuration: HTTPServerConfiguration, timeoutAnswer: @escaping @Sendable (_ id: String) -> [UInt8]) {
        requestDeadline = configuration.requestDeadline
        idleTimeout = configuration.idleTimeout
        responseDeadline = configuration.responseDeadline
        self.timeoutAnswer = timeoutAnswer
    }

    /// Open connections.
    var count: Int { entries.withLock { $0.count } }

    /// A connection was accepted.
    func opened(_ socket: Int32) {
        let deadline = Moment.now + requestDeadline
        entries.withLock { $0[socket] = Entry(deadline: deadline) }
    }

    /// A connection is about to be closed.
    func closed(_ socket: Int32) {
        _ = entries.withLock { $0.removeValue(forKey: socket) }
    }

    /// A request line has arrived. The first request's time runs from the connection's beginning.
    func startedRequest(_ socket: Int32, id: String) {
        let deadline = Moment.now + requestDeadline
        update(socket) { entry in
            entry.phase = .receiving(id: id)
            if entry.hasServed { entry.deadline = deadline }
        }
    }

    /// A request has arrived whole.
    func startedComputing(_ socket: Int32) {
        update(socket) { entry in
            entry.phase = .computing
            entry.deadline = nil
        }
    }

    /// An answer goes out.
    func startedAnswer(_ socket: Int32) {
        let deadline = Moment.now + responseDeadline
        update(socket) { entry in
            entry.phase = .answering
            entry.deadline = deadline
        }
    }

    /// An answer has gone out. The next request line must come before the idle time-out, and then whole.
    func finishedRequest(_ socket: Int32) {
        let deadline = Moment.now + idleTimeout + requestDeadline
        update(socket) { entry in
            entry.phase = .waiting
            entry.deadline = deadline
            entry.hasServed = true
        }
    }

    /// Shuts down what has had its time.
    func cutExpired() {
        let now = Moment.now
        entries.withLock { entries in
            for (socket, entry) in entries {
                guard let deadline = entry.deadline, deadline < now else { continue }
                if case .receiving(let id) = entry.phase {
                    RawAnswer.send(timeoutAnswer(id), to: socket)
                }
                shutdown(socket, Int32(SHUT_RDWR))
                entries[socket]?.deadline = nil
            }
        }
    }

    /// Shuts down all that still send a request.
    func cutReceiving() {
        entries.withLock { entries in
            for (socket, entry) in entries {
                if case .receiving = entry.phase { shutdown(socket, Int32(SHUT_RDWR)) }
            }
        }
    }

    private func update(_ socket: Int32, _ change: (inout Entry) -> Void) {
        entries.withLock { entries in
            guard var entry = entries[socket] else { return }
            change(&entry)
            entries[socket] = entry
        }
    }
}
