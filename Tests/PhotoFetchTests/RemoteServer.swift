import Foundation
import Glibc
import Synchronization

/// A server that answers whatever a test wants, well formed or not; on a free port of 127.0.0.1, or of ::1.
final class RemoteServer: Sendable {
    typealias Connection = @Sendable (_ path: String, _ send: (String) -> Bool) -> Void

    let port: Int
    private let listener: Int32
    private let seen = Heads()

    /// The heads of the requests so far.
    var requests: [String] { seen.all.withLock { $0 } }

    private final class Heads: Sendable {
        let all = Mutex<[String]>([])
    }

    init(overIPv6: Bool = false, _ answer: @escaping Connection) throws {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let open = socket(overIPv6 ? AF_INET6 : AF_INET, type, 0)
        var length = socklen_t(overIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        var storage = sockaddr_storage()
        let isBound = withUnsafeMutablePointer(to: &storage) { storage in
            if overIPv6 {
                storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    $0.pointee.sin6_family = sa_family_t(AF_INET6)
                    $0.pointee.sin6_addr = in6addr_loopback
                }
            } else {
                storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    $0.pointee.sin_family = sa_family_t(AF_INET)
                    $0.pointee.sin_addr.s_addr = inet_addr("127.0.0.1")
                }
            }
            return storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(open, $0, length) == 0 && listen(open, 16) == 0 && getsockname(open, $0, &length) == 0
            }
        }
        guard isBound else {
            close(open)
            throw CocoaError(.featureUnsupported)
        }
        // The port is in the same place in both families.
        port = withUnsafeBytes(of: storage) { Int($0[2]) << 8 | Int($0[3]) }
        listener = open
        let heads = seen
        Thread {
            // Closed only here: its number may be another server's as soon as it is.
            defer { close(open) }
            while true {
                let client = accept(open, nil, nil)
                guard client >= 0 else { return }
                Thread { Self.serve(client, heads, answer) }.start()
            }
        }.start()
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ client: Int32, _ seen: Heads, _ answer: Connection) {
        defer { close(client) }
        var head = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !head.contains("\r\n\r\n") {
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { return }
            head += String(decoding: buffer[..<count], as: UTF8.self)
        }
        seen.all.withLock { $0.append(head) }
        let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        answer(path) { text in
            let bytes = Array(text.utf8)
            return send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        }
    }

    /// An answer with a body of its length.
    static func answer(_ body: String, type: String? = "image/jpeg", status: String = "200 OK") -> String {
        "HTTP/1.1 \(status)\r\n" + (type.map { "Content-Type: \($0)\r\n" } ?? "")
            + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
    }

    static func redirect(_ address: String) -> String {
        "HTTP/1.1 302 Found\r\nLocation: \(address)\r\nContent-Length: 0\r\n\r\n"
    }
}
