import Foundation

/// How long and how many things may take place at a database.
public struct PostgresLimits: Sendable {
    /// The most connections that one process opens to one database.
    public var connections = 16
    /// Seconds until connecting is given up.
    public var connectSeconds = 3
    /// Until a statement of a search is given up, by the server itself and a second later by this side.
    public var statement = Duration.seconds(5)
    /// Until the wait for others' locks is given up when tables are brought up to date, which itself may take any time.
    public var migrationLocks = Duration.seconds(60)
    /// Until the wait for others' transactions is given up when the index of vectors is made, which itself may take any time.
    public var indexLocks = Duration.seconds(600)
    /// Until the wait for a free connection is given up.
    public var wait = Duration.seconds(2)
    /// Up to so many items that pass a filter are compared one by one, though there is an index of vectors.
    public var comparedOneByOne = 2000
    /// How often a database that is away is tried again.
    public var probe = Duration.milliseconds(500)

    /// The standard limits.
    public init() {}
}

extension Duration {
    /// For people, in seconds.
    var inWords: String { String(format: "%g s", self / .seconds(1)) }
}
