import CatalogStore
import HTTPCore

/// What lets a client change items (RFC 6750). Only its hash is kept.
package struct AccessToken: Sendable {
    private let hash: [UInt8]

    /// The fewest characters that a token may have.
    package static let minimumLength = 16

    /// A token; `nil` if it is so short that it could be guessed.
    package init?(_ text: String) {
        guard text.utf8.count >= Self.minimumLength else { return nil }
        hash = Self.hash(text)
    }

    private static func hash(_ text: String) -> [UInt8] { Array(contentHash(Array(text.utf8)).utf8) }

    /// Lets a request pass that carries the token.
    ///
    /// - Throws: `HTTPError` 401 `unauthorized`.
    package func check(_ request: HTTPRequest) throws(HTTPError) {
        let fields = request.headers.values(of: "Authorization")
        let words = fields.first?.split(separator: " ", omittingEmptySubsequences: true) ?? []
        guard fields.count == 1, words.count == 2, words[0].lowercased() == "bearer",
            isSame(Self.hash(String(words[1])))
        else {
            throw HTTPError(
                401, code: "unauthorized",
                message: "Changing items needs the server's token: send it as Authorization: Bearer TOKEN.",
                headers: ["WWW-Authenticate": "Bearer realm=\"items\""])
        }
    }

    /// Takes the same time wherever two hashes differ.
    private func isSame(_ other: [UInt8]) -> Bool {
        zip(hash, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0 && hash.count == other.count
    }
}
