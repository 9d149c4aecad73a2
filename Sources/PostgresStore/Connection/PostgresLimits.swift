/// How long and how many things may take place at a database.
public struct PostgresLimits: Sendable {
    /// The most connections that one process opens to one database.
    public var connections = 16
    /// Seconds until connecting is given up.
    public var connectSeconds = 3
    /// Until a statement of a search is given up, by the server itself and a second later by this side.
    public var statement = Duration.seconds(5)
    /// Until the wait for a free connection is given up.
    public var wait = Duration.seconds(2)
    /// Up to so many items that pass a filter are compared one by one, though there is an index of vectors.
    public var comparedOneByOne = 2000
    /// How often a database that is away is tried again.
    public var probe = Duration.milliseconds(500)

    /// The standard limits.
    public init() {}
}
