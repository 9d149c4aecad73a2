/// What a request line asks for (RFC 9112, section 3.2), decoded from the bytes that were sent.
package struct RequestTarget: Sendable {
    /// The path, decoded, always starting with `/`; `*` for the server as a whole.
    package let path: String
    /// The path's segments, split before they were decoded.
    package let segments: [String]
    /// The query's pairs, decoded, in order.
    package let query: [(name: String, value: String)]

    /// False where the target is refused, and ``path`` is only its beginning.
    let isReadable: Bool

    /// The longest target that is taken, in bytes.
    package static let longest = 8192
    /// The most pairs of a query that are taken.
    package static let mostParameters = 256

    /// What is known before a target has been read.
    static let unknown = RequestTarget(path: "/", segments: [""], query: [], isReadable: false)

    private init(
        path: String, segments: [String], query: [(name: String, value: String)], isReadable: Bool = true
    ) {
        self.path = path
        self.segments = segments
        self.query = query
        self.isReadable = isReadable
    }

    /// A refused target as far as whole segments can be read: enough to tell programs' addresses from pages.
    static func unreadable(_ bytes: [UInt8]) -> RequestTarget {
        let path = withoutAuthority(bytes.prefix(longest)).prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard path.first == UInt8(ascii: "/") else { return unknown }
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            let text = decode(segment)
            segments.append(text ?? "")
            if text == nil { break }
        }
        return RequestTarget(
            path: "/" + segments.joined(separator: "/"), segments: segments, query: [], isReadable: false)
    }

    /// Decodes a target.
    ///
    /// - Throws: ``HTTPError`` 414 when it is too long; 400 for bad escapes, control characters (`%00` too), what
    ///   is not UTF-8, forms that a server does not take, and more than ``mostParameters`` pairs.
    package init(_ bytes: [UInt8]) throws {
        guard bytes.count <= Self.longest else {
            throw HTTPError(414, code: "uri_too_long", message: "The address is longer than this server takes.")
        }
        // Also catches a space, which the library leaves in a target.
        guard !bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { throw Self.malformed }
        let bytes = Self.withoutAuthority(bytes[...])
        if bytes.elementsEqual("*".utf8) {
            self.init(path: "*", segments: ["*"], query: [])
            return
        }
        guard bytes.first == UInt8(ascii: "/") else { throw Self.malformed }
        let end = bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? bytes.endIndex
        let segments = try bytes[bytes.startIndex..<end].dropFirst()
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { segment -> String in
                guard let text = Self.decode(segment) else { throw Self.malformed }
                return text
            }
        var query: [(name: String, value: String)] = []
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: "?") {
            let rest = bytes[bytes.index(after: end)...].prefix { $0 != UInt8(ascii: "#") }
            guard rest.count(where: { $0 == UInt8(ascii: "&") }) < Self.mostParameters else {
                throw HTTPError(
                    400, code: "too_many_parameters",
                    message: "The address has more than \(Self.mostParameters) parameters.")
            }
            guard let pairs = PercentEncoding.decodePairs(rest) else { throw Self.malformed }
            query = try pairs.map { pair in
                guard let value = String(validating: pair.value, as: UTF8.self) else { throw Self.malformed }
                return (pair.name, value)
            }
        }
        self.init(path: "/" + segments.joined(separator: "/"), segments: segments, query: query)
    }

    /// A segment's text; `nil` for bad escapes, control characters and what is not UTF-8.
    private static func decode(_ segment: ArraySlice<UInt8>) -> String? {
        guard let text = PercentEncoding.decodeText(segment),
            !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        return text
    }

    /// An absolute form's path and query: a server takes that form too (RFC 9112, section 3.2.2).
    private static func withoutAuthority(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        for scheme in ["http://", "https://"] where bytes.starts(with: scheme.utf8) {
            let rest = bytes.dropFirst(scheme.utf8.count)
            return rest.firstIndex(of: UInt8(ascii: "/")).map { rest[$0...] } ?? ArraySlice("/".utf8)
        }
        return bytes
    }

    private static var malformed: HTTPError {
        HTTPError(400, code: "malformed_uri", message: "The address is not well formed.")
    }
}
