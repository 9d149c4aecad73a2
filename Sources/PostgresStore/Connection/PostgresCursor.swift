/// The rows of a query, some at a time, in a transaction, which has only one of them.
final class PostgresCursor {
    private let connection: PostgresConnection
    private let size: Int
    private var isAtEnd = false

    /// How long a page may take: the first one may have all rows sorted.
    private static let patience = Duration.seconds(600)

    /// Begins with a query.
    ///
    /// - Parameters:
    ///   - sql: the query, with `$1` and so on for the parameters.
    ///   - parameters: their values.
    ///   - size: rows that come at a time, and are in memory.
    ///   - connection: in a transaction; see ``PostgresConnection/holdMoment()``.
    /// - Throws: ``PostgresError``.
    init(
        _ sql: String, _ parameters: [PostgresParameter] = [], size: Int = 1000, on connection: PostgresConnection
    ) throws(PostgresError) {
        self.connection = connection
        self.size = size
        try connection.query("DECLARE everything NO SCROLL CURSOR FOR " + sql, parameters)
    }

    /// The next rows; `nil` at the end.
    func next() throws(PostgresError) -> PostgresRows? {
        if isAtEnd { return nil }
        let rows = try connection.query("FETCH \(size) FROM everything", timeLimit: Self.patience)
        isAtEnd = rows.count < size
        return rows.count > 0 ? rows : nil
    }
}

extension PostgresConnection {
    /// Has the transaction that has just begun see what there is at one moment, and change nothing, for as long as it takes.
    func holdMoment() throws(PostgresError) {
        try run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = 0")
    }
}
