/// Why a PostgreSQL database did not do what it was asked for.
public enum PostgresError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The address cannot be read; it is not repeated, since it may hold a password.
    case unusableAddress(reason: String)
    /// The database cannot be reached, went away, or takes too long. What was asked for has not been done.
    case unavailable(reason: String)
    /// The connection was lost while a change was being committed: it may have been stored or not.
    case unknownOutcome(reason: String)
    /// Others changed the same things at the same time; the transaction was given up as a whole, and can be tried again.
    case conflict(reason: String)
    /// The server refused a statement.
    case refused(state: String, message: String)
    /// The database cannot be used as it is, and a person has to do something about it.
    case unusable(reason: String)

    public var description: String {
        switch self {
        case .unusableAddress(let reason): "The database address cannot be used: \(reason)"
        case .unavailable(let reason): "The database cannot be reached: \(reason)"
        case .unknownOutcome(let reason):
            "The connection to the database was lost while a change was stored; it is not known whether it was: \(reason)"
        case .conflict(let reason): "The database gave up a change because of others at the same time: \(reason)"
        case .refused(let state, let message): "The database refused a statement (\(state)): \(message)"
        case .unusable(let reason): reason
        }
    }

    /// Whether the same may work in a moment.
    public var isTemporary: Bool {
        switch self {
        case .unavailable, .unknownOutcome, .conflict: true
        case .unusableAddress, .refused, .unusable: false
        }
    }
}
