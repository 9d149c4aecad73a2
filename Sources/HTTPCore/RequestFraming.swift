/// Where a request's body ends, and the refusal of what two servers could read in two ways (RFC 9112, section 6).
package enum RequestFraming: Sendable, Equatable {
    /// No body.
    case none
    /// This many bytes, at least one.
    case length(Int)
    /// In chunks, of a length not known yet.
    case chunked

    /// Reads the framing fields.
    ///
    /// - Throws: ``HTTPError`` 400 for two lengths, a length beside `Transfer-Encoding`, a name that is not a
    ///   token, and chunks in HTTP/1.0; 501 for encodings other than `chunked`.
    package init(headers: HTTPHeaders, version: String) throws {
        for field in headers.fields {
            // Also catches white space before the colon, which some servers take and others do not.
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(MediaType.isToken) else {
                throw Self.malformed("A header field's name is not allowed.")
            }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw Self.malformed("A header field has control characters.")
            }
        }
        if version != "HTTP/1.0", headers.values(of: "Host").count != 1 {
            throw Self.malformed("There must be one Host field.")
        }
        let lengths = headers.values(of: "Content-Length")
        let encodings = headers.values(of: "Transfer-Encoding")
        guard lengths.count + encodings.count <= 1 || encodings.count > 1 && lengths.isEmpty else {
            throw Self.malformed("The length of the body is given twice.")
        }
        if let encoding = encodings.first {
            guard encodings.count == 1, encoding.lowercased() == "chunked" else {
                throw HTTPError(
                    501, code: "unsupported_transfer_encoding",
                    message: "The only transfer encoding that is taken is chunked.")
            }
            guard version != "HTTP/1.0" else { throw Self.malformed("HTTP/1.0 has no transfer encodings.") }
            self = .chunked
        } else if let text = lengths.first {
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
                throw Self.malformed("Content-Length is not a number.")
            }
            self = length == 0 ? .none : .length(length)
        } else {
            self = .none
        }
    }

    private static func malformed(_ message: String) -> HTTPError {
        HTTPError(400, code: "malformed_request", message: message)
    }
}
