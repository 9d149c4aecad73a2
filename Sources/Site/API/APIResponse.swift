import Foundation
import HTTPCore

/// Values as JSON answers.
enum APIResponse {
    /// A value in JSON (RFC 8259), its members in alphabetical order so that answers are the same every time.
    static func json(_ value: some Encodable, status: Int = 200) throws -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return HTTPResponse(
            status: status, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
            body: .bytes(Array(try encoder.encode(value))))
    }

    /// A refusal in JSON, in its own words or in others.
    static func error(_ error: HTTPError, message: String? = nil) -> HTTPResponse {
        let photo = error.code == "photo_of_several" ? error.details["number"].flatMap { Int($0) } : nil
        let answer = APIErrorAnswer(error: .init(code: error.code, message: message ?? error.message, photo: photo))
        // Two strings can always be encoded.
        return (try? json(answer, status: error.status)) ?? HTTPResponse(status: error.status)
    }

    /// A number with so many decimals.
    static func rounded(_ value: Double, places: Int) -> Double {
        guard value.isFinite else { return 0 }
        let scale = [1.0, 10, 100, 1000, 10_000][places]
        return (value * scale).rounded() / scale
    }
}
