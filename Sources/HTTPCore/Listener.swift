internal import Glibc

/// A listening TCP socket.
struct Listener {
    /// The socket; whoever holds the listener closes it.
    let descriptor: Int32
    /// The port, chosen by the system where 0 was asked for.
    let port: Int

    /// Binds and listens.
    ///
    /// - Throws: ``HTTPServerError``.
    init(host: String, port: Int) throws {
        guard let wanted = UInt16(exactly: port) else { throw HTTPServerError.invalidPort(port) }
        var storage = sockaddr_storage()
        let (family, length) = try Self.address(host: host, port: wanted, into: &storage)
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure("socket") }
        do {
            try Self.set(SOL_SOCKET, SO_REUSEADDR, to: 1, on: descriptor)
            // :: takes IPv4 clients as well.
            if family == AF_INET6 { try Self.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: 0, on: descriptor) }
            let bound = withUnsafePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            guard bound == 0 else {
                switch errno {
                case EADDRINUSE: throw HTTPServerError.addressInUse(host: host, port: port)
                case EADDRNOTAVAIL: throw HTTPServerError.addressNotAvailable(host: host)
                case EACCES, EPERM: throw HTTPServerError.permissionDenied(port: port)
                default: throw Self.failure("bind")
                }
            }
            guard listen(descriptor, 512) == 0 else {
                if errno == EADDRINUSE { throw HTTPServerError.addressInUse(host: host, port: port) }
                throw Self.failure("listen")
            }
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let named = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
            }
            guard named == 0 else { throw Self.failure("getsockname") }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        // sin_port and sin6_port lie at the same place.
        self.port = withUnsafeBytes(of: &storage) {
            Int(UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    /// Closes the socket.
    func close() {
        Glibc.close(descriptor)
    }

    private static func address(
        host: String, port: UInt16, into storage: inout sockaddr_storage
    ) throws -> (family: Int32, length: socklen_t) {
        let host = host == "localhost" ? "127.0.0.1" : host
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port.bigEndian
        if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
            return (AF_INET, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if inet_pton(AF_INET6, bare, &six.sin6_addr) == 1 {
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
            return (AF_INET6, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
        throw HTTPServerError.invalidHost(host)
    }

    private static func set(_ level: Int32, _ option: Int32, to value: Int32, on descriptor: Int32) throws {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw failure("setsockopt")
        }
    }

    private static func failure(_ call: String) -> HTTPServerError {
        .system(call: call, message: String(cString: strerror(errno)))
    }
}
