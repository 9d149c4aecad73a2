internal import CDeflate
import HTTPCore

/// Pages, styles and scripts in the format of gzip, for clients that take it (RFC 9110, section 12.5.3).
enum Compression {
    /// Bytes under which a packet is not saved.
    private static let least = 1200

    /// Compresses.
    ///
    /// - Parameters:
    ///   - bytes: what is to be compressed.
    ///   - level: 1 is fast, 9 small.
    /// - Returns: the bytes in the format of gzip; `nil` where that saves nothing.
    static func gzip(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
        guard bytes.count >= least, bytes.count < 1 << 28 else { return nil }
        let compressed = [UInt8](unsafeUninitializedCapacity: vd_bound(bytes.count)) { buffer, count in
            count = vd_gzip(bytes, bytes.count, level, buffer.baseAddress)
        }
        return compressed.isEmpty || compressed.count >= bytes.count ? nil : compressed
    }

    /// Whether a client takes gzip: by name, or by `*`, with a weight that is not 0.
    static func isAccepted(by request: HTTPRequest) -> Bool {
        let codings = request.headers.values(of: "Accept-Encoding").joined(separator: ",").lowercased()
        var weights: [Substring: Bool] = [:]
        for coding in codings.split(separator: ",").prefix(20) {
            let parts = coding.filter { $0 != " " && $0 != "\t" }.split(separator: ";")
            guard let name = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            weights[name] = weight > 0
        }
        return weights["gzip"] ?? weights["*"] ?? false
    }

    /// An answer whose body is compressed, if it is a page and the client takes it.
    static func compressed(_ response: HTTPResponse, for request: HTTPRequest) -> HTTPResponse {
        guard case .bytes(let bytes) = response.body, response.headers["Content-Encoding"] == nil,
            response.headers["Content-Type"]?.hasPrefix("text/html") == true
        else { return response }
        var response = response
        response.headers["Vary"] = (response.headers["Vary"].map { $0 + ", " } ?? "") + "Accept-Encoding"
        guard isAccepted(by: request), let compressed = gzip(bytes, level: 4) else { return response }
        response.headers["Content-Encoding"] = "gzip"
        response.body = .bytes(compressed)
        return response
    }
}
