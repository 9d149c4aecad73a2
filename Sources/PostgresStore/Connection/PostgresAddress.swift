internal import CPostgres

/// Where a PostgreSQL database is and who asks it, as libpq understands it: `postgresql://user:password@host:port/name`,
/// or words such as `host=... dbname=...`. What is missing comes from libpq's environment (`PGPASSWORD`, `~/.pgpass`, ...).
public struct PostgresAddress: Sendable, CustomStringConvertible {
    /// The address itself, password included: for libpq alone.
    let text: String
    /// Without user and password: for people.
    public let description: String
    private let secrets: [String]

    /// An address.
    ///
    /// - Throws: ``PostgresError/unusableAddress(reason:)``; what libpq says of it is not repeated, since that may quote
    ///   a password.
    public init(_ text: String) throws(PostgresError) {
        guard !text.utf8.contains(0) else { throw .unusableAddress(reason: "it holds a NUL.") }
        let isURL = text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
        guard isURL || text.contains("=") else {
            throw .unusableAddress(reason: "it has the form postgresql://user@host:port/name.")
        }
        guard let options = PQconninfoParse(text, nil) else {
            throw .unusableAddress(
                reason: "it has the form postgresql://user@host:port/name, with special characters as %XX.")
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        self.text = text
        let host = values["host"] ?? values["hostaddr"] ?? "localhost"
        let port = values["port"].map { ":" + $0 } ?? ""
        description = "postgresql://\(host)\(port)/\(values["dbname"] ?? values["user"] ?? "")"
        secrets = ["password", "sslpassword", "passfile"].compactMap { values[$0] }.filter { !$0.isEmpty } + [text]
    }

    /// A text without anything secret of this address.
    func redacted(_ message: String) -> String {
        secrets.reduce(message) { $0.replacing($1, with: "***") }
    }
}
