internal import CMicroHTTPD
internal import Glibc

/// An answer written straight to a socket, for the moments in which libmicrohttpd takes none: it accepts an answer
/// before a body or after it, never in the middle. Nothing else is being written then.
enum RawAnswer {
    /// The bytes of an answer after which the connection closes.
    static func bytes(status: Int, headers: HTTPHeaders, body: [UInt8]) -> [UInt8] {
        let reason = MHD_get_reason_phrase_for(UInt32(clamping: status)).map { String(cString: $0) } ?? ""
        var text = "HTTP/1.1 \(status) \(reason)\r\n"
        for (name, value) in headers.fields where !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            text += "\(name): \(value)\r\n"
        }
        text += "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        return Array(text.utf8) + body
    }

    /// Sends what the socket takes at once; an answer that does not fit an empty socket buffer is cut.
    static func send(_ bytes: [UInt8], to socket: Int32) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                let sent = Glibc.send(
                    socket, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                if sent <= 0 {
                    if sent < 0, errno == EINTR { continue }
                    return
                }
                rest = rest.dropFirst(sent)
            }
        }
    }
}
