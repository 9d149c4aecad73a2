/// A web origin (RFC 6454): scheme, host and port, as browsers write it in the field `Origin`.
public struct WebOrigin: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    public let scheme: String
    /// The host in lower case.
    public let host: String
    /// The port; `nil` for the scheme's own.
    public let port: Int?

    /// The origin without a default port: `https://shop.example`.
    public var description: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }

    /// Whether only the machine itself can be meant.
    public var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.") || host == "0.0.0.0"
    }

    /// Reads an origin. A default port is dropped and letters become small, as browsers do it.
    ///
    /// - Throws: ``HTTPServerError/invalidOrigin(_:reason:)`` for anything that is more or less than an origin: a path,
    ///   a wildcard, another scheme, a host that is not a name or an IPv4 address.
    public init(_ text: String) throws(HTTPServerError) {
        func refused(_ reason: String) -> HTTPServerError { .invalidOrigin(text, reason: reason) }
        guard let separator = text.firstRange(of: "://") else {
            throw refused("an origin begins with https:// or http://, such as https://shop.example")
        }
        scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { throw refused("the scheme must be https or http") }
        let rest = text[separator.upperBound...]
        if let end = rest.firstIndex(where: { "/?#".contains($0) }) {
            throw refused("an origin ends with the host or port; write \(text[..<end])")
        }
        guard !rest.contains("@") else { throw refused("an origin has no user name") }
        guard !rest.hasPrefix("[") else { throw refused("the host must be a name or an IPv4 address") }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        host = (parts.first ?? "").lowercased()
        guard !host.contains("*") else { throw refused("a wildcard names no host; list each origin by itself") }
        guard host.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw refused("write the host in its ASCII form, which begins with xn--")
        }
        guard Self.isHost(host) else { throw refused("the host is not a name or an IPv4 address") }
        guard parts.count <= 2 else { throw refused("there is more than one port") }
        guard parts.count == 2 else {
            port = nil
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(parts[1]),
            (1...65535).contains(number)
        else { throw refused("the port must be a number from 1 to 65535") }
        port = number == (scheme == "https" ? 443 : 80) ? nil : number
    }

    /// Labels of letters, digits and hyphens (RFC 1123, section 2.1); underscores are seen in names of machines.
    private static func isHost(_ host: String) -> Bool {
        host.utf8.count <= 253
            && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
                    }
            }
    }
}
