import Foundation
import Synchronization

/// The connections of this process to one database: bounded, made when they are needed, used again, and made anew when the
/// database has been away. Safe to use from many threads.
///
/// While the database is away, requests fail at once instead of each waiting for it, and a thread tries it again some times
/// a second.
final class PostgresPool: Sendable {
    private struct State: Sendable {
        var idle: [PostgresConnection] = []
        var open = 0
        /// Threads that wait for a connection and were not told yet that there may be one.
        var waiting = 0
        /// Why the database is away; `nil` while it is not.
        var problem: PostgresError?
        var isProbed = false
        /// Whether it was reached and is being prepared.
        var isInPreparation = false
        /// Whether somebody is asking it whether it is alive.
        var isPinged = false
    }

    let address: PostgresAddress
    let limits: PostgresLimits
    private let state = Mutex(State())
    private let free = DispatchSemaphore(value: 0)
    /// Done with a new connection once before any other use of it, and again after the database has been away.
    private let prepare = Mutex<(@Sendable (PostgresConnection) throws(PostgresError) -> Void)?>(nil)
    private struct Watcher: Sendable {
        var body: (@Sendable (PostgresError?) -> Void)?
        /// What it was told last.
        var isThere = false
    }

    /// Told when the database goes away, with the reason, and when it is back.
    private let watcher = Mutex(Watcher())

    init(_ address: PostgresAddress, limits: PostgresLimits) {
        self.address = address
        self.limits = limits
    }

    /// Why the database is away; `nil` while it is not, as far as is known.
    var problem: PostgresError? { state.withLock(\.problem) }

    /// Says what the database must have been brought to before it is used; tries it at once.
    func prepare(_ body: @escaping @Sendable (PostgresConnection) throws(PostgresError) -> Void) {
        prepare.withLock { $0 = body }
        state.withLock { $0.problem = .unavailable(reason: "it has not answered yet") }
        probe()
    }

    /// Has `body` told with `nil` when the database can be used, at once if it can now, and with the reason when it goes away.
    /// It is called on the thread that found out, one call after the other, the last with what is so.
    func watch(_ body: @escaping @Sendable (PostgresError?) -> Void) {
        watcher.withLock { $0 = Watcher(body: body) }
        tell()
    }

    private func tell() {
        watcher.withLock { watcher in
            // Looked at in here: whoever comes later has later news.
            let problem = state.withLock(\.problem)
            guard watcher.isThere != (problem == nil) else { return }
            watcher.isThere = problem == nil
            watcher.body?(problem)
        }
    }

    /// Runs `body` with a connection. It may be run a second time with another one if the first was lost, so it must not
    /// change anything.
    ///
    /// - Throws: ``PostgresError``, and what `body` throws.
    func read<Value>(_ body: (PostgresConnection) throws(PostgresError) -> Value) throws(PostgresError) -> Value {
        try attempt(body) { $0.isTemporary }
    }

    /// Runs `body` in a transaction: all of it is stored, or nothing. It may be run several times.
    ///
    /// - Parameters:
    ///   - isRepeatable: whether doing it twice is the same as doing it once; then it is also repeated if it is not known
    ///     whether it was done.
    ///   - body: what is to be done.
    /// - Returns: what `body` returned the last time.
    /// - Throws: ``PostgresError``, and what `body` throws.
    func transaction<Value>(
        isRepeatable: Bool, _ body: (PostgresConnection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        try attempt { connection throws(PostgresError) in
            try connection.run("BEGIN")
            let value: Value
            do throws(PostgresError) {
                value = try body(connection)
            } catch {
                if !connection.isLost { try? connection.run("ROLLBACK") }
                throw error
            }
            do throws(PostgresError) {
                try connection.run("COMMIT")
            } catch .unavailable(let reason) {
                throw .unknownOutcome(reason: reason)
            }
            return value
        } mayRepeat: { error in
            if case .unknownOutcome = error { return isRepeatable }
            return error.isTemporary
        }
    }

    private func attempt<Value>(
        _ body: (PostgresConnection) throws(PostgresError) -> Value, mayRepeat: (PostgresError) -> Bool
    ) throws(PostgresError) -> Value {
        var attempts = 0
        while true {
            attempts += 1
            let (connection, isNew) = try acquire()
            do throws(PostgresError) {
                let value = try body(connection)
                release(connection)
                return value
            } catch {
                release(connection)
                var isConflict = false
                if case .conflict = error { isConflict = true }
                // After a restart of the server all idle connections are dead: a new one tells.
                if connection.isLost { discardIdle() }
                let isLast = isConflict ? attempts > 5 : attempts > 1 || isNew || !connection.isLost
                if isLast || !mayRepeat(error) {
                    if case .unavailable = error, connection.isLost, isNew || attempts > 1 { markAway(error) }
                    throw error
                }
                if isConflict { Thread.sleep(forTimeInterval: Double.random(in: 0.005...0.02) * Double(attempts)) }
            }
        }
    }

    /// A connection and whether it was made just now.
    private func acquire() throws(PostgresError) -> (PostgresConnection, isNew: Bool) {
        let end = DispatchTime.now() + (limits.wait / .seconds(1))
        while true {
            enum Found { case idle(PostgresConnection), mayOpen, none }
            let found: Result<Found, PostgresError> = state.withLock { state in
                if let problem = state.problem { return .failure(problem) }
                if let connection = state.idle.popLast() { return .success(.idle(connection)) }
                guard state.open < limits.connections else {
                    state.waiting += 1
                    return .success(.none)
                }
                state.open += 1
                return .success(.mayOpen)
            }
            switch try found.get() {
            case .idle(let connection): return (connection, false)
            case .mayOpen:
                do throws(PostgresError) {
                    let connection = try PostgresConnection(address, limits: limits)
                    connection.isServerAlive = { [weak self] in self?.ping() ?? true }
                    return (connection, true)
                } catch {
                    closeOne()
                    markAway(error)
                    throw error
                }
            case .none:
                if free.wait(timeout: end) == .timedOut {
                    state.withLock { $0.waiting = max(0, $0.waiting - 1) }
                    throw .unavailable(reason: "all \(limits.connections) connections are in use")
                }
            }
        }
    }

    private func release(_ connection: PostgresConnection) {
        if connection.isLost {
            closeOne()
        } else {
            state.withLock { $0.idle.append(connection) }
            wakeOne()
        }
    }

    private func closeOne() {
        state.withLock { $0.open -= 1 }
        wakeOne()
    }

    private func wakeOne() {
        let isAwaited = state.withLock { state in
            defer { state.waiting = max(0, state.waiting - 1) }
            return state.waiting > 0
        }
        if isAwaited { free.signal() }
    }

    private func discardIdle() {
        // They are closed outside of the lock.
        let idle = state.withLock { state in
            defer {
                state.open -= state.idle.count
                state.idle = []
            }
            return state.idle
        }
        withExtendedLifetime(idle) {}
    }

    private func markAway(_ error: PostgresError) {
        state.withLock { $0.problem = error }
        tell()
        discardIdle()
        probe()
    }

    /// Whether the server answers at all; one that does not is away from now on. Of several that ask at once, one looks, and
    /// the others are told to go on.
    private func ping() -> Bool {
        let (isAway, isPinged) = state.withLock { state in
            defer { if state.problem == nil { state.isPinged = true } }
            return (state.problem != nil, state.isPinged)
        }
        if isAway { return false }
        if isPinged { return true }
        let isAlive = PostgresConnection.ping(address, limits: limits)
        state.withLock { $0.isPinged = false }
        if !isAlive { markAway(.unavailable(reason: "it does not answer")) }
        return isAlive
    }

    /// Tries the database until it is there, on a thread of its own.
    private func probe() {
        let isProbed = state.withLock { state in
            defer { state.isProbed = true }
            return state.isProbed
        }
        guard !isProbed else { return }
        let (pause, address, limits) = (limits.probe / .seconds(1), address, limits)
        let thread = Thread { [weak self] in
            while true {
                do throws(PostgresError) {
                    let connection = try PostgresConnection(address, limits: limits)
                    guard let pool = self else { return }
                    pool.state.withLock { state in
                        state.isInPreparation = true
                        // What takes a person stands until it has gone.
                        guard state.problem?.isTemporary ?? true else { return }
                        state.problem = .unavailable(reason: "its tables are being checked, or brought up to date")
                    }
                    try pool.prepare.withLock(\.self)?(connection)
                    pool.markThere(connection)
                    return
                } catch {
                    guard let pool = self else { return }
                    pool.state.withLock { ($0.problem, $0.isInPreparation) = (error, false) }
                }
                Thread.sleep(forTimeInterval: pause)
            }
        }
        thread.name = "database-probe"
        thread.start()
    }

    private func markThere(_ connection: PostgresConnection) {
        connection.isServerAlive = { [weak self] in self?.ping() ?? true }
        let isKept = state.withLock { state in
            (state.problem, state.isProbed, state.isInPreparation) = (nil, false, false)
            guard state.open < limits.connections else { return false }
            state.open += 1
            state.idle.append(connection)
            return true
        }
        if isKept { wakeOne() }
        tell()
    }

    /// Waits until the database has been reached and prepared, or cannot be.
    ///
    /// - Parameters:
    ///   - time: until it is given up.
    ///   - sitsOutPreparation: whether it is not given up while it is being prepared, however long that takes.
    /// - Throws: the ``PostgresError`` that stands when the time is over, or one that will not go away by itself.
    func waitUntilReady(_ time: Duration, sitsOutPreparation: Bool) throws(PostgresError) {
        let end = ContinuousClock.now + time
        while true {
            let state = state.withLock { ($0.problem, $0.isProbed, sitsOutPreparation && $0.isInPreparation) }
            let (problem, isProbed, isSatOut) = state
            if !isProbed { break }
            if let problem, !problem.isTemporary || (!isSatOut && ContinuousClock.now > end) { throw problem }
            Thread.sleep(forTimeInterval: 0.01)
        }
        if let problem { throw problem }
    }
}
