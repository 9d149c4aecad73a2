internal import CMicroHTTPD
public import Logging
public import Metrics

/// An HTTP/1.1 server on libmicrohttpd.
///
/// HTTP threads read and write and never compute: a request of the compute lane is suspended until the bounded pool
/// has answered it.
public final class HTTPServer: Sendable {
    private struct Running: @unchecked Sendable {
        let daemon: Daemon
        let acceptor: Acceptor
    }

    /// libmicrohttpd's daemon, with the callbacks that it goes on to read until it is stopped.
    private struct Daemon: @unchecked Sendable {
        let pointer: OpaquePointer
        let callbacks: UnsafeMutablePointer<vitrine_mhd_callbacks>

        func stop() {
            MHD_stop_daemon(pointer)
            callbacks.deallocate()
        }
    }

    private enum State {
        case new
        case running(Running)
        case stopped
    }

    private let configuration: HTTPServerConfiguration
    private let core: ServerCore
    private let state = Guarded(State.new)

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: how to listen, and what to bound.
    ///   - router: the routes.
    ///   - logger: takes one line a request.
    ///   - metrics: where the server counts.
    ///   - errorPage: makes the answer to an ``HTTPError``; its status and fields are the error's in any case.
    ///     Runs on HTTP threads too, so it must be quick.
    public init(
        configuration: HTTPServerConfiguration, router: Router, logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory,
        errorPage: @escaping @Sendable (HTTPError, HTTPRequest) -> HTTPResponse
    ) {
        self.configuration = configuration
        core = ServerCore(
            configuration: configuration, router: router, logger: logger, metrics: ServerMetrics(factory: metrics),
            errorPage: errorPage)
    }

    deinit { shutdown(grace: .zero) }

    /// Listens and serves, and returns at once.
    ///
    /// - Returns: the port.
    /// - Throws: ``HTTPServerError``.
    public func start() throws -> Int {
        try state.withLock { state in
            guard case .new = state else { throw HTTPServerError.alreadyStarted }
            let listener = try Listener(host: configuration.host, port: configuration.port)
            let daemon: Daemon
            do {
                daemon = try startDaemon()
            } catch {
                listener.close()
                throw error
            }
            do {
                let acceptor = try makeAcceptor(listener, daemon)
                core.acceptor.withLock { $0 = acceptor }
                try acceptor.start()
                state = .running(Running(daemon: daemon, acceptor: acceptor))
            } catch {
                listener.close()
                daemon.stop()
                throw error
            }
            return listener.port
        }
    }

    /// Stops: takes no more connections, finishes what runs for at most `grace`, then cuts the rest. Waits for all
    /// of that; the second call does nothing.
    ///
    /// - Returns: true when everything was finished in time.
    @discardableResult
    public func shutdown(grace: Duration) -> Bool {
        let running = state.withLock { state -> Running? in
            defer { state = .stopped }
            if case .running(let running) = state { return running }
            return nil
        }
        guard let running else { return true }
        core.beginDraining()
        running.acceptor.closeListener()
        let isFinished = core.waitUntilIdle(until: .now + grace)
        // From here on nothing is suspended any more: stopping with a suspended connection is a panic.
        core.cut()
        // Only answers are sent any more, for which a moment is enough but on a machine that is very busy.
        if !isFinished { _ = core.waitUntilIdle(until: .now + .seconds(10)) }
        // First, since it may be about to hand over a connection that it accepted just before.
        running.acceptor.stop()
        running.daemon.stop()
        core.acceptor.withLock { $0 = nil }
        return isFinished
    }

    private func startDaemon() throws -> Daemon {
        var settings = vitrine_mhd_settings(
            threads: UInt32(clamping: max(configuration.httpThreads, 1)),
            // The acceptor keeps the limit; this one, which is split between the threads, only backs it.
            connection_limit: UInt32(clamping: max(configuration.maximumConnections, 1) * 2 + 64),
            per_ip_limit: UInt32(clamping: configuration.maximumConnectionsPerAddress),
            idle_timeout: configuration.idleTimeout.secondsRoundedUp,
            connection_memory: max(configuration.connectionMemory, 8 << 10))
        let callbacks = UnsafeMutablePointer<vitrine_mhd_callbacks>.allocate(capacity: 1)
        callbacks.initialize(to: ServerCallbacks.table(for: core))
        guard let daemon = vitrine_mhd_start(&settings, callbacks) else {
            callbacks.deallocate()
            throw HTTPServerError.daemonFailed
        }
        return Daemon(pointer: daemon, callbacks: callbacks)
    }

    private func makeAcceptor(_ listener: Listener, _ daemon: Daemon) throws -> Acceptor {
        let table = core.table
        return try Acceptor(listener: listener.descriptor, table: table, configuration: configuration) {
            socket, address in
            if vitrine_mhd_add(daemon.pointer, socket, address.baseAddress, UInt32(address.count)) == 0 {
                table.closed(socket)
            }
        }
    }
}
