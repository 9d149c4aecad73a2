internal import CMicroHTTPD

/// A streaming parser of `multipart/form-data` (RFC 7578, on RFC 2046 section 5.1).
///
/// Takes the body in pieces of any size and keeps each part's content once. `filename*` is ignored, as RFC 7578
/// asks. O(n) over the whole body.
package struct MultipartParser: Sendable {
    /// The most parts that are taken.
    package static let mostParts = 64
    /// The most bytes of one part's header fields, and of what may come before the first boundary.
    package static let mostHeaderBytes = 8192

    private enum State {
        case preamble
        case afterBoundary
        case headers
        case content
        case epilogue
    }

    private var state = State.preamble
    /// CRLF, two hyphens and the boundary.
    private let delimiter: [UInt8]
    /// What has come and cannot be judged yet.
    private var pending: [UInt8] = Array("\r\n".utf8)
    private var fields: [FormField] = []
    private var disposition: (name: String, filename: String?, contentType: String?)?
    private var content: [UInt8] = []
    private let expectedBytes: Int
    private var seenBytes = 0

    /// A parser for one body.
    ///
    /// - Parameters:
    ///   - contentType: the request's `Content-Type`.
    ///   - expectedBytes: the body's length where it is known, so that a large part is not moved while it grows.
    /// - Throws: ``HTTPError`` 400 `malformed_multipart` when the boundary is missing or not allowed.
    package init(contentType: MediaType, expectedBytes: Int = 0) throws {
        guard let boundary = contentType.parameters["boundary"], (1...70).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy(Self.isBoundary), boundary.utf8.last != UInt8(ascii: " ")
        else { throw Self.badBoundary }
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.expectedBytes = expectedBytes
    }

    /// The refusal of a form whose boundary is missing or not allowed.
    static var badBoundary: HTTPError { malformed("Its boundary is missing or not allowed.") }

    /// Takes the next piece.
    ///
    /// - Throws: ``HTTPError`` 400 `malformed_multipart`.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        seenBytes += bytes.count
        if case .epilogue = state { return }
        pending.append(contentsOf: bytes)
        while try step() {}
    }

    /// The parts, once the body has ended.
    ///
    /// - Throws: ``HTTPError`` 400 `malformed_multipart` when the closing boundary has not come.
    package mutating func finish() throws -> [FormField] {
        guard case .epilogue = state else { throw Self.malformed("It ends before its closing boundary.") }
        return fields
    }

    /// Goes on as far as one state allows; false when more bytes are needed.
    private mutating func step() throws -> Bool {
        switch state {
        case .preamble:
            guard let start = find(delimiter) else {
                guard pending.count <= Self.mostHeaderBytes else {
                    throw Self.malformed("Its first boundary is missing.")
                }
                return false
            }
            drop(start + delimiter.count)
            state = .afterBoundary
        case .afterBoundary:
            return try stepAfterBoundary()
        case .headers:
            return try stepHeaders()
        case .content:
            guard let end = find(delimiter) else {
                // The last bytes may be the beginning of a delimiter.
                keepContent(pending.count - (delimiter.count - 1))
                return false
            }
            keepContent(end)
            drop(delimiter.count)
            finishPart()
            state = .afterBoundary
        case .epilogue:
            pending = []
            return false
        }
        return true
    }

    private mutating func stepAfterBoundary() throws -> Bool {
        if pending.starts(with: "--".utf8) {
            state = .epilogue
            return true
        }
        let padding = pending.prefix { $0 == UInt8(ascii: " ") || $0 == 0x09 }.count
        guard padding <= 64 else { throw Self.malformed("A boundary is followed by something else.") }
        let rest = pending.dropFirst(padding)
        guard rest.count >= 2 else {
            let isPossible = rest.isEmpty || rest.first == 0x0D || (padding == 0 && rest.first == UInt8(ascii: "-"))
            guard isPossible else { throw Self.malformed("A boundary is followed by something else.") }
            return false
        }
        guard rest.starts(with: "\r\n".utf8) else {
            throw Self.malformed("A boundary is followed by something else.")
        }
        guard fields.count < Self.mostParts else {
            throw Self.malformed("It has more than \(Self.mostParts) parts.")
        }
        drop(padding + 2)
        state = .headers
        return true
    }

    private mutating func stepHeaders() throws -> Bool {
        let end = find(Array("\r\n\r\n".utf8))
        guard (end ?? pending.count) <= Self.mostHeaderBytes else {
            throw Self.malformed("A part's header is too long.")
        }
        guard let end else { return false }
        disposition = try Self.readHeader(pending[..<end])
        drop(end + 4)
        state = .content
        return true
    }

    private mutating func keepContent(_ count: Int) {
        guard count > 0 else { return }
        if content.count + count > 1 << 16, content.capacity < expectedBytes {
            content.reserveCapacity(max(expectedBytes - seenBytes + pending.count, 0) + content.count)
        }
        content.append(contentsOf: pending[..<count])
        drop(count)
    }

    private mutating func finishPart() {
        guard let disposition else { return }
        fields.append(
            FormField(
                name: disposition.name, filename: disposition.filename, contentType: disposition.contentType,
                content: content))
        self.disposition = nil
        content = []
    }

    private mutating func drop(_ count: Int) {
        pending.removeFirst(count)
    }

    private func find(_ needle: [UInt8]) -> Int? {
        pending.withUnsafeBytes { haystack in
            needle.withUnsafeBytes { needle in
                let offset = vitrine_find(haystack.baseAddress, haystack.count, needle.baseAddress, needle.count)
                return offset < 0 ? nil : offset
            }
        }
    }

    private static func readHeader(
        _ bytes: ArraySlice<UInt8>
    ) throws -> (name: String, filename: String?, contentType: String?) {
        var disposition: MediaType?
        var contentType: String?
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed("A part's header is not UTF-8.")
        }
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon != line.startIndex,
                line[..<colon].utf8.allSatisfy(MediaType.isToken),
                line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { throw malformed("A line of a part's header is not a field.") }
            let value = String(line[line.utf8.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard disposition == nil, let parsed = MediaType(value) else {
                    throw malformed("A part's Content-Disposition is not well formed.")
                }
                disposition = parsed
            case "content-type":
                contentType = String(value.drop { $0 == " " || $0 == "\t" })
            case "content-transfer-encoding":
                let encoding = value.lowercased().filter { $0 != " " }
                guard ["binary", "8bit", "7bit"].contains(encoding) else {
                    throw malformed("A part has a transfer encoding.")
                }
            default:
                break
            }
        }
        guard let disposition, disposition.essence == "form-data", let name = disposition.parameters["name"] else {
            throw malformed("A part has no name.")
        }
        return (name, disposition.parameters["filename"], contentType)
    }

    /// bchars (RFC 2046, section 5.1.1).
    private static func isBoundary(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "'()+_,-./:=? ".utf8.contains(byte)
        }
    }

    private static func malformed(_ what: String) -> HTTPError {
        HTTPError(400, code: "malformed_multipart", message: "The form could not be read. \(what)")
    }
}
