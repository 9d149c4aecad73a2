internal import CMicroHTTPD
internal import Glibc

/// Makes an answer as it goes over the wire of an ``HTTPResponse``.
struct ResponseWriter: Sendable {
    /// Fields of every answer.
    let headers: HTTPHeaders

    /// The framing is the library's, not a handler's.
    private static let reserved = [
        "connection", "content-length", "date", "keep-alive", "trailer", "transfer-encoding", "upgrade",
    ]

    /// Queues an answer.
    ///
    /// - Returns: false when libmicrohttpd did not take it; the connection must be closed then.
    /// - Throws: ``HTTPError`` 404 when a file to send is not there.
    func queue(
        _ response: HTTPResponse, for exchange: Exchange, on connection: OpaquePointer, closes: Bool
    ) throws -> Bool {
        var response = response
        var raw: OpaquePointer?
        var length = 0
        switch response.body {
        case .none:
            raw = vitrine_mhd_response(nil, 0)
        case .bytes(let bytes):
            if isUnchanged(response, exchange) { response.status = 304 }
            // Also for 304: the library sends no body with it, but the length, which must be that of the 200
            // (RFC 9110, section 8.6).
            length = bytes.count
            raw = bytes.withUnsafeBytes { vitrine_mhd_response($0.baseAddress, $0.count) }
        case .file(let path):
            (raw, length) = try openFile(path, &response, exchange)
        }
        guard let raw else { return false }
        let fields = fields(of: response.headers, id: exchange.id)
        for (name, value) in fields.fields where response.status != 304 || !Self.describesContent(name) {
            _ = vitrine_mhd_add_header(raw, name, value)
        }
        if closes { _ = vitrine_mhd_add_header(raw, "Connection", "close") }
        exchange.status = response.status
        exchange.sentBytes = exchange.method == "HEAD" || response.status == 304 ? 0 : length
        exchange.step = .answered
        return vitrine_mhd_queue(connection, UInt32(clamping: response.status), raw) != 0
    }

    /// The fields of an answer: the handler's, then those of every answer that it did not set. One that the handler set
    /// to nothing is left out.
    func fields(of own: HTTPHeaders, id: String) -> HTTPHeaders {
        var fields = HTTPHeaders()
        for (name, value) in own.fields
        where !value.isEmpty && !Self.reserved.contains(where: { HTTPHeaders.areSame($0, name) }) {
            fields.add(value, to: name)
        }
        for (name, value) in headers.fields where own[name] == nil {
            fields.add(value, to: name)
        }
        fields["X-Request-Id"] = id
        return fields
    }

    private func isUnchanged(_ response: HTTPResponse, _ exchange: Exchange) -> Bool {
        guard response.status == 200, ["GET", "HEAD"].contains(exchange.method), let tag = response.headers["ETag"]
        else { return false }
        return EntityTag.matches(tag, headers: exchange.headers)
    }

    private func openFile(
        _ path: String, _ response: inout HTTPResponse, _ exchange: Exchange
    ) throws -> (OpaquePointer?, Int) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if file >= 0 { close(file) }
            throw HTTPError(404, code: "not_found", message: "There is no such file.")
        }
        if response.headers["ETag"] == nil { response.headers["ETag"] = EntityTag.file(status) }
        if isUnchanged(response, exchange) { response.status = 304 }
        if response.headers["Content-Type"] == nil {
            response.headers["Content-Type"] = FileType.contentType(of: path)
        }
        let raw = MHD_create_response_from_fd64(UInt64(clamping: status.st_size), file)
        if raw == nil { close(file) }
        return (raw, Int(status.st_size))
    }

    private static func describesContent(_ name: String) -> Bool {
        ["content-type", "content-encoding"].contains(name.lowercased())
    }
}
