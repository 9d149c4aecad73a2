/// Takes a request's body as it arrives, counts it, and makes an ``HTTPBody`` of it.
struct BodyReader {
    private enum Form {
        case raw
        case pairs
        case parts(MultipartParser)
    }

    private let contentType: String?
    private let limit: Int
    let share: BodyBudget.Share
    private var form: Form
    private var bytes: [UInt8] = []
    private var count = 0
    /// Why the form is refused; the rest of the body is still counted, and thrown away.
    private var failure: HTTPError?

    /// A reader for one body.
    ///
    /// - Parameters:
    ///   - contentType: the declared type, which says how the body is read.
    ///   - length: the declared length; `nil` when it comes in chunks.
    ///   - limit: the most bytes that are taken.
    ///   - share: what the body takes of the memory for all bodies.
    /// - Throws: ``HTTPError`` 400 `malformed_multipart` for a form without a boundary, or with an empty one.
    init(contentType: String?, length: Int?, limit: Int, share: BodyBudget.Share) throws {
        self.contentType = contentType
        self.limit = limit
        self.share = share
        // Told apart by what comes before the parameters, which may be malformed.
        let essence = contentType?.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        switch essence {
        case "multipart/form-data":
            guard let type = contentType.flatMap(MediaType.init) else { throw MultipartParser.badBoundary }
            form = .parts(try MultipartParser(contentType: type, expectedBytes: length ?? 0))
        case "application/x-www-form-urlencoded":
            form = .pairs
            bytes.reserveCapacity(length ?? 0)
        default:
            form = .raw
            bytes.reserveCapacity(length ?? 0)
        }
    }

    /// Takes the next piece.
    ///
    /// - Throws: ``HTTPError`` 413 or 503, after which nothing more may be read.
    mutating func append(_ piece: UnsafeRawBufferPointer) throws {
        count += piece.count
        guard count <= limit else { throw Self.tooLarge(limit: limit) }
        guard failure == nil else { return }
        guard share.grow(by: piece.count) else { throw Self.overBudget }
        guard case .parts(var parser) = form else {
            bytes.append(contentsOf: piece)
            return
        }
        form = .raw  // The parser is moved, not shared: a second reference would copy what it holds.
        do {
            try parser.append(piece)
            form = .parts(parser)
        } catch {
            failure = error as? HTTPError
            bytes = []
        }
    }

    /// The body, once all of it has arrived.
    ///
    /// - Throws: ``HTTPError`` 400 for a form that could not be read.
    mutating func finish() throws -> HTTPBody {
        if let failure { throw failure }
        defer { bytes = [] }
        switch form {
        case .parts(var parser):
            form = .raw
            return .form(try parser.finish())
        case .pairs:
            guard let pairs = PercentEncoding.decodePairs(bytes) else {
                throw HTTPError(400, code: "malformed_form", message: "The form could not be read.")
            }
            return .form(pairs.map { FormField(name: $0.name, content: $0.value) })
        case .raw:
            return count == 0 ? .none : .raw(contentType: contentType, bytes: bytes)
        }
    }

    /// Refuses a body that is compressed, and says that none may be (RFC 9110, section 15.5.16).
    ///
    /// - Throws: ``HTTPError`` 415 `unsupported_content_encoding`.
    static func checkEncoding(_ headers: HTTPHeaders) throws {
        for coding in headers.values(of: "Content-Encoding").flatMap({ $0.split(separator: ",") }) {
            let name = coding.filter { $0 != " " && $0 != "\t" }.lowercased()
            guard name.isEmpty || name == "identity" else {
                throw HTTPError(
                    415, code: "unsupported_content_encoding", message: "The body is compressed. Send it as it is.",
                    headers: ["Accept-Encoding": "identity"])
            }
        }
    }

    /// The refusal of a body over its limit.
    static func tooLarge(limit: Int) -> HTTPError {
        guard limit > 0 else {
            return HTTPError(413, code: "body_not_accepted", message: "This address takes no request body.")
        }
        let size = limit >= 1_000_000 ? "\(limit / 1_000_000) MB" : "\(limit) bytes"
        return HTTPError(413, code: "body_too_large", message: "The upload is too large: at most \(size) are taken.")
    }

    /// The refusal of a body that would not fit beside the others.
    static var overBudget: HTTPError {
        HTTPError(
            503, code: "overloaded", message: "Too many uploads at once. Try again in a moment.",
            headers: ["Retry-After": "2"])
    }
}
