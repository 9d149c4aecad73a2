import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An answer of the server.
struct Answer {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
    }

    /// The code of an API error.
    var errorCode: String? { (try? json()["error"] as? [String: Any])?["code"] as? String }

    /// The results of a search.
    func results() throws -> [[String: Any]] { try json()["results"] as? [[String: Any]] ?? [] }

    func ids() throws -> [String] { try results().compactMap { $0["id"] as? String } }
}

/// `vitrine serve` on a free port; ended with the object.
final class RunningServer: @unchecked Sendable {
    let command: RunningCommand
    let url: String
    private let session: URLSession

    init(
        catalog: String, data: String, options: [String] = [], environment: [String: String] = [:],
        prefix: [String] = []
    ) throws {
        command = try RunningCommand(
            ["serve", "--catalog", catalog, "--data", data, "--port", "0"] + options, environment: environment,
            prefix: prefix)
        var address: String?
        for _ in 0..<3600 {
            address = command.output.firstMatch(of: /http:\/\/[^\s\/]+/).map { String($0.output) }
            if address != nil || !command.isRunning { break }
            Thread.sleep(forTimeInterval: 0.05)
        }
        guard let address else { throw StartFailure(errors: command.errors) }
        url = address
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 32
        configuration.timeoutIntervalForRequest = 120
        session = URLSession(configuration: configuration)
    }

    struct StartFailure: Error { let errors: String }

    func get(_ path: String, method: String = "GET", headers: [String: String] = [:]) async throws -> Answer {
        try await send(path, method: method, headers: headers, body: nil)
    }

    func search(_ photo: [UInt8], query: String = "", type: String = "image/jpeg") async throws -> Answer {
        try await send("/api/v1/search" + query, method: "POST", headers: ["Content-Type": type], body: photo)
    }

    /// Uploads a photo as the page's form does.
    func upload(_ photo: [UInt8], to path: String, field: String = "image") async throws -> Answer {
        let boundary = "vitrine-boundary"
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"a.jpg\"\r\n"
            + "Content-Type: image/jpeg\r\n\r\n"
        let body = Array(head.utf8) + photo + Array("\r\n--\(boundary)--\r\n".utf8)
        return try await send(
            path, method: "POST", headers: ["Content-Type": "multipart/form-data; boundary=\(boundary)"], body: body)
    }

    func send(_ path: String, method: String, headers: [String: String], body: [UInt8]?) async throws -> Answer {
        guard let address = URL(string: url + path) else { throw URLError(.badURL) }
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.httpBody = body.map { Data($0) }
        request.cachePolicy = .reloadIgnoringLocalAndRemoteCacheData
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        var fields: [String: String] = [:]
        for (name, value) in response.allHeaderFields {
            fields["\(name)".lowercased()] = "\(value)"
        }
        return Answer(status: response.statusCode, headers: fields, body: [UInt8](data))
    }
}
