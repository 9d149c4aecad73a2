internal import CMicroHTTPD
internal import Glibc

/// The thread that accepts connections, ends those that have had their time, and sees off refused clients.
///
/// libmicrohttpd could accept by itself, but taking its listening socket away while its threads run is a race
/// that ends in its panic function.
final class Acceptor: Sendable {
    /// Told about an accepted socket and its peer's address; from then on the socket is its own.
    typealias Accepted = @Sendable (_ socket: Int32, _ address: UnsafeRawBufferPointer) -> Void

    /// A client that was refused while it was still sending. Closing at once would reset the connection, and the
    /// client could lose the answer before reading it (RFC 9112, section 9.6).
    private struct Lingering {
        let socket: Int32
        let end: Moment
        var idleEnd: Moment
    }

    private struct State {
        var listener: Int32?
        var lingering: [Lingering] = []
        var isStopped = false
    }

    private static let mostLingering = 64
    private static let lingeringTime = Duration.seconds(30)
    private static let lingeringIdleTime = Duration.seconds(3)

    private let state: Guarded<State>
    private let wakeUp: Int32
    private let table: ConnectionTable
    private let limit: Int
    private let tick: Int32
    private let accepted: Accepted
    private let thread = Guarded<WorkerThread?>(nil)

    /// An acceptor for a listening socket, which it closes.
    init(
        listener: Int32, table: ConnectionTable, configuration: HTTPServerConfiguration,
        accepted: @escaping Accepted
    ) throws {
        state = Guarded(State(listener: listener))
        wakeUp = vitrine_event()
        guard wakeUp >= 0 else {
            throw HTTPServerError.system(call: "eventfd", message: String(cString: strerror(errno)))
        }
        self.table = table
        self.accepted = accepted
        limit = max(configuration.maximumConnections, 1)
        let shortest = min(configuration.requestDeadline, configuration.responseDeadline)
        tick = Int32(clamping: min(max(shortest.wholeNanoseconds / 8_000_000, 10), 500))
    }

    deinit { close(wakeUp) }

    /// Starts the thread.
    func start() throws {
        guard let started = WorkerThread(name: "http-accept", { self.run() }) else {
            throw HTTPServerError.system(call: "pthread_create", message: String(cString: strerror(errno)))
        }
        thread.withLock { $0 = started }
    }

    /// Closes the listening socket: new connections are refused from now on.
    func closeListener() {
        state.withLock { state in
            if let listener = state.listener {
                // At once, even while the thread polls it.
                shutdown(listener, Int32(SHUT_RDWR))
                close(listener)
            }
            state.listener = nil
        }
        wake()
    }

    /// Ends the thread and waits for it.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake()
        let running = thread.withLock { thread -> WorkerThread? in
            defer { thread = nil }
            return thread
        }
        running?.join()
        closeListener()
        state.withLock { state in
            for client in state.lingering { close(client.socket) }
            state.lingering = []
        }
    }

    /// Reads and throws away what a refused client still sends, for a while. Takes a duplicate of the socket.
    func linger(on socket: Int32) {
        let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return }
        let now = Moment.now
        let client = Lingering(
            socket: copy, end: now + Self.lingeringTime, idleEnd: now + Self.lingeringIdleTime)
        let isTaken = state.withLock { state -> Bool in
            guard state.lingering.count < Self.mostLingering, !state.isStopped else { return false }
            state.lingering.append(client)
            return true
        }
        if isTaken { wake() } else { close(copy) }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }

    private func run() {
        while true {
            let connections = table.count
            let (sockets, listener, isStopped) = state.withLock { state in
                (state.lingering.map(\.socket), connections < limit ? state.listener : nil, state.isStopped)
            }
            if isStopped { return }
            var polled = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
            polled += sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            polled.append(pollfd(fd: listener ?? -1, events: Int16(POLLIN), revents: 0))
            // Sleeps for good only when nothing has a deadline; it is this thread itself that accepts.
            let isIdle = connections == 0 && sockets.isEmpty
            poll(&polled, nfds_t(polled.count), isIdle ? -1 : tick)
            if polled[0].revents != 0 {
                var count: UInt64 = 0
                _ = read(wakeUp, &count, MemoryLayout<UInt64>.size)
            }
            if !sockets.isEmpty { drain(Set(polled[1...sockets.count].filter { $0.revents != 0 }.map(\.fd))) }
            if polled.last?.revents ?? 0 != 0 { acceptSome(room: limit - connections) }
            table.cutExpired()
        }
    }

    /// Accepts under the lock, so that the listening socket cannot be closed, and its number reused, in between.
    private func acceptSome(room: Int) {
        for _ in 0..<min(room, 64) {
            var address = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let socket = state.withLock { state -> Int32 in
                guard let listener = state.listener else { return -1 }
                return withUnsafeMutablePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        vitrine_accept(listener, $0, &length)
                    }
                }
            }
            guard socket >= 0 else {
                // Out of descriptors: the listen queue keeps them, and a moment's pause keeps this from spinning.
                if errno == EMFILE || errno == ENFILE || errno == ENOMEM { usleep(50_000) }
                return
            }
            var one: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            // Here and not when the library has got round to it: this thread must not fall asleep before.
            table.opened(socket)
            withUnsafeBytes(of: &address) { accepted(socket, UnsafeRawBufferPointer(rebasing: $0[..<Int(length)])) }
        }
    }

    private func drain(_ readable: Set<Int32>) {
        let now = Moment.now
        state.withLock { state in
            state.lingering = state.lingering.compactMap { client in
                var client = client
                var isOver = client.end < now
                if readable.contains(client.socket), !isOver {
                    isOver = Self.readAway(client.socket)
                    client.idleEnd = now + Self.lingeringIdleTime
                } else if client.idleEnd < now {
                    isOver = true
                }
                guard isOver else { return client }
                close(client.socket)
                return nil
            }
        }
    }

    /// Reads at most a megabyte; true at the end of the stream.
    private static func readAway(_ socket: Int32) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            for _ in 0..<16 {
                let count = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                if count == 0 { return true }
                if count < 0 { return errno != EAGAIN && errno != EINTR }
            }
            return false
        }
    }
}
