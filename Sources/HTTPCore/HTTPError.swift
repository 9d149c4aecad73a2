/// A refusal that is thrown, and is itself the answer: a status, a code for programs and a sentence for people.
public struct HTTPError: Error, Sendable {
    /// The status code, 400 to 599.
    public let status: Int
    /// A stable snake_case word, such as `not_found`.
    public let code: String
    /// One or two sentences that say what is wrong and what to do.
    public let message: String
    /// What the sentence says of the single case, by name, for those who say it in other words: `["id": "4711"]`.
    public let details: [String: String]
    /// Fields that the answer must carry, such as `Allow` or `Retry-After`.
    public let headers: HTTPHeaders

    /// A refusal.
    public init(
        _ status: Int, code: String, message: String, details: [String: String] = [:], headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers
    }
}
