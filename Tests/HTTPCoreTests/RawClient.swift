import Glibc

/// A TCP client that sends whatever bytes a test wants and reads answers one by one.
final class RawClient {
    struct Answer {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    struct Failure: Error {
        let what: String
    }

    private let socket: Int32
    private var received: [UInt8] = []
    /// The server, which lives as long as its clients.
    private let owner: AnyObject?

    /// Connects to a port of 127.0.0.1; reads give up after `timeout` seconds.
    init(port: Int, timeout: Int = 60, owner: AnyObject? = nil) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var time = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(socket)
            throw Failure(what: "connect: \(reason)")
        }
        // Last: a throw from here on would run deinit, and close a number that may be another client's by then.
        self.socket = socket
        self.owner = owner
    }

    deinit { Glibc.close(socket) }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let sent = bytes[start...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Failure(what: "send: \(String(cString: strerror(errno)))") }
            start += sent
        }
    }

    /// Closes with a reset, as a client does that goes away in the middle.
    func abort() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Reads one answer; an answer to HEAD has no body, whatever its length says.
    func read(toHead: Bool = false) throws -> Answer {
        var end = find()
        while end == nil {
            guard try fill() else { throw Failure(what: "the connection closed before an answer") }
            end = find()
        }
        let head = String(decoding: received[..<(end ?? 0)], as: UTF8.self)
        received.removeFirst((end ?? 0) + 4)
        var lines = head.split(separator: "\r\n").map(String.init)
        let status = Int(lines.removeFirst().split(separator: " ")[1]) ?? 0
        let headers = lines.map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        if status == 100 { return Answer(status: 100, headers: headers, body: []) }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard !toHead, status != 304, status != 204 else {
            return Answer(status: status, headers: headers, body: [])
        }
        while received.count < length {
            guard try fill() else { throw Failure(what: "the connection closed within an answer") }
        }
        defer { received.removeFirst(length) }
        return Answer(status: status, headers: headers, body: Array(received[..<length]))
    }

    /// Everything until the server closes.
    func readToEnd() throws -> String {
        while try fill() {}
        return String(decoding: received, as: UTF8.self)
    }

    /// Whether the server closes without sending anything more; false too when it does neither in time.
    func isClosedByServer() -> Bool {
        received.isEmpty && (try? fill()) == false
    }

    private func find() -> Int? {
        guard received.count >= 4 else { return nil }
        return (0...(received.count - 4)).first { received[$0..<($0 + 4)].elementsEqual("\r\n\r\n".utf8) }
    }

    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { throw Failure(what: "no answer in time") }
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }
}
