internal import CPostgres
import Foundation

/// One connection to a database, used by one thread at a time.
///
/// Unchecked because it holds a pointer; ``PostgresPool`` hands it to one thread after another.
final class PostgresConnection: @unchecked Sendable {
    private let connection: OpaquePointer
    private let address: PostgresAddress
    private let limits: PostgresLimits
    /// Until this side gives up a statement that has no limit of its own.
    private var patience: Duration
    /// Whether it is good for nothing any more.
    private(set) var isLost = false
    /// Asked each time that a statement has had no answer for a second: a slow server is waited for, a dead one is not.
    var isServerAlive: () -> Bool = { true }

    /// Connects, and sets what every statement relies on.
    ///
    /// - Throws: ``PostgresError/unavailable(reason:)``, or ``PostgresError/unusable(reason:)`` if the server lets nobody
    ///   in with this name and password.
    init(_ address: PostgresAddress, limits: PostgresLimits) throws(PostgresError) {
        self.address = address
        self.limits = limits
        patience = limits.statement + .seconds(1)
        let options = [
            // What stands before the address counts only where that says nothing else.
            ("connect_timeout", String(limits.connectSeconds)), ("application_name", "vitrine"),
            // A machine that vanished without a word is noticed.
            ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "10000"), ("dbname", address.text), ("client_encoding", "UTF8"),
        ]
        let connected = Self.withPointers(options.map(\.0)) { keywords in
            Self.withPointers(options.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let connected else { throw .unavailable(reason: "memory ran out") }
        connection = connected
        guard PQstatus(connected) == CONNECTION_OK else {
            let reason = Self.message(of: connected, address)
            // The server says 28P01 and the like, but libpq keeps the code of a failed connection to itself.
            if PQconnectionNeedsPassword(connected) == 1 || reason.contains("authentication failed") {
                throw .unusable(reason: "\(address) lets nobody in with this user and password: \(reason)")
            }
            throw .unavailable(reason: reason)
        }
        PQsetnonblocking(connected, 1)
        try setStandardLimits()
        try run(
            """
            SET idle_in_transaction_session_timeout = '10min'; SET extra_float_digits = 3;
            SET search_path = vitrine, public; SET client_min_messages = error; SET jit = off;
            SET hnsw.iterative_scan = strict_order; SET hnsw.ef_search = 100
            """)
    }

    deinit { PQfinish(connection) }

    /// How long statements may take and wait for locks, unless something else was set.
    private func setStandardLimits() throws(PostgresError) {
        patience = limits.statement + .seconds(1)
        let milliseconds = Int(limits.statement / .milliseconds(1))
        try run("SET statement_timeout = \(milliseconds); SET lock_timeout = \(milliseconds)")
    }

    /// Runs `body` with statements that may take as long as they need and wait for locks for a time of their own: what is
    /// done to whole tables takes minutes where those are large.
    ///
    /// - Throws: what `body` throws, and gives the connection up then; ``PostgresError/conflict(reason:)`` if others held a
    ///   lock for too long.
    func unhurried<Value>(
        waitingForLocks lock: Duration, _ body: () throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        do throws(PostgresError) {
            try run("SET statement_timeout = 0; SET lock_timeout = \(Int(lock / .milliseconds(1)))")
            patience = .seconds(24 * 3600)
            let value = try body()
            try setStandardLimits()
            return value
        } catch {
            giveUp()
            throw error
        }
    }

    /// Runs a statement.
    ///
    /// - Parameters:
    ///   - sql: one statement, with `$1` and so on for the parameters.
    ///   - parameters: their values.
    ///   - timeLimit: until this side gives up; `nil` is the standard limit.
    /// - Returns: its rows.
    /// - Throws: ``PostgresError``. After ``PostgresError/unavailable(reason:)`` the connection is lost.
    @discardableResult
    func query(
        _ sql: String, _ parameters: [PostgresParameter] = [], timeLimit: Duration? = nil
    ) throws(PostgresError) -> PostgresRows {
        let encoded = parameters.map(\.encoded)
        // Text has to end with a NUL, which its length does not count.
        let bytes = encoded.map { $0.map { ContiguousArray($0.bytes + [0]) } }
        let lengths = encoded.map { Int32($0?.bytes.count ?? 0) }
        let formats = encoded.map { Int32($0?.isBinary == true ? 1 : 0) }
        let isSent = Self.withPointers(bytes[...]) { values in
            PQsendQueryParams(connection, sql, Int32(parameters.count), nil, values, lengths, formats, 1)
        }
        return try answer(isSent: isSent == 1, timeLimit)
    }

    /// Runs statements without parameters and without answers.
    func run(_ sql: String, timeLimit: Duration? = nil) throws(PostgresError) {
        _ = try answer(isSent: PQsendQuery(connection, sql) == 1, timeLimit)
    }

    /// The last answer of what was sent; the first error if there is one.
    private func answer(isSent: Bool, _ timeLimit: Duration?) throws(PostgresError) -> PostgresRows {
        guard isSent else { throw lost(Self.message(of: connection, address)) }
        let end = ContinuousClock.now + (timeLimit ?? patience)
        while true {
            let pending = PQflush(connection)
            guard pending >= 0 else { throw lost(Self.message(of: connection, address)) }
            if pending == 0, PQisBusy(connection) == 0 { break }
            try waitForSocket(until: end, writes: pending == 1)
            guard PQconsumeInput(connection) == 1 else { throw lost(Self.message(of: connection, address)) }
        }
        var rows: PostgresRows?
        var failure: PostgresError?
        while true {
            while PQisBusy(connection) == 1 {
                try waitForSocket(until: end, writes: false)
                guard PQconsumeInput(connection) == 1 else { throw lost(Self.message(of: connection, address)) }
            }
            guard let result = PQgetResult(connection) else { break }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                rows = PostgresRows(result)
            default:
                failure = failure ?? error(of: result)
                PQclear(result)
            }
        }
        if PQstatus(connection) != CONNECTION_OK {
            throw lost(failure.map { "\($0)" } ?? Self.message(of: connection, address))
        }
        if let failure { throw failure }
        guard let rows else { throw lost("it gave no answer") }
        return rows
    }

    private func waitForSocket(until end: ContinuousClock.Instant, writes: Bool) throws(PostgresError) {
        var descriptor = pollfd(
            fd: PQsocket(connection), events: Int16(POLLIN) | (writes ? Int16(POLLOUT) : 0), revents: 0)
        while true {
            let left = Int32(clamping: Int((end - ContinuousClock.now) / .milliseconds(1)))
            guard left > 0 else { throw lost("it did not answer in time") }
            if poll(&descriptor, 1, min(left, 1000)) != 0 { return }
            if left > 1000, !isServerAlive() { throw lost("it does not answer") }
        }
    }

    /// Whether a server answers at this address, be it that it refuses; waits as long as connecting may take.
    static func ping(_ address: PostgresAddress, limits: PostgresLimits) -> Bool {
        let options = [("connect_timeout", String(limits.connectSeconds)), ("dbname", address.text)]
        return withPointers(options.map(\.0)) { keywords in
            withPointers(options.map(\.1)) { values in PQpingParams(keywords, values, 1) }
        } != PQPING_NO_RESPONSE
    }

    /// Has the connection closed instead of used again.
    func giveUp() { isLost = true }

    private func lost(_ reason: String) -> PostgresError {
        isLost = true
        return .unavailable(reason: reason)
    }

    /// What a failed statement means (Appendix A of PostgreSQL's documentation).
    private func error(of result: OpaquePointer) -> PostgresError {
        let state = PQresultErrorField(result, 67).map { String(cString: $0) } ?? ""
        let primary = PQresultErrorField(result, 77).map { String(cString: $0) }
        let message = address.redacted(primary ?? String(cString: PQresultErrorMessage(result)).trimmed)
        switch state {
        case "40001", "40P01", "55P03": return .conflict(reason: message)
        // Shutting down, crashed, starting, too many connections, out of memory or disk, and a statement's time over.
        case "57P01", "57P02", "57P03", "57P05", "53000", "53100", "53200", "53300", "57014", "08000", "08003", "08006":
            if state != "57014", state != "53100" { isLost = true }
            return .unavailable(reason: message)
        default: return .refused(state: state, message: message)
        }
    }

    private static func message(of connection: OpaquePointer, _ address: PostgresAddress) -> String {
        let text = String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isWhitespace)
        return text.isEmpty ? "the connection was lost" : address.redacted(text.joined(separator: " "))
    }

    /// Calls `body` with C's array of C's strings, ended by NULL.
    private static func withPointers<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        withPointers(texts.map { ContiguousArray(Array($0.utf8) + [0]) as ContiguousArray<UInt8>? } + [nil], body)
    }

    private static func withPointers<Result>(
        _ values: some Collection<ContiguousArray<UInt8>?>,
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        // One buffer with all of them, and pointers into it.
        let all = ContiguousArray(values.compactMap(\.self).joined() + [0])
        return all.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { buffer in
                var offset = 0
                let pointers = values.map { value -> UnsafePointer<CChar>? in
                    defer { offset += value?.count ?? 0 }
                    return value == nil ? nil : buffer.baseAddress.map { $0 + offset }
                }
                // Room for one at the least, so that the array has an address.
                return (pointers + [nil]).withUnsafeBufferPointer { pointers in
                    guard let base = pointers.baseAddress else { preconditionFailure("it has an address") }
                    return body(base)
                }
            }
        }
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
