internal import Glibc

/// An address of IPv4 or IPv6 with its port, as it is connected to.
public struct SocketAddress: Sendable, Hashable {
    /// 4 or 16 bytes, in the order of the network.
    public let bytes: [UInt8]
    /// The port.
    public let port: Int

    /// - Precondition: there are 4 or 16 bytes.
    public init(bytes: [UInt8], port: Int) {
        precondition(bytes.count == 4 || bytes.count == 16, "an address of IPv4 or IPv6")
        self.bytes = bytes
        self.port = port
    }

    /// An address in its usual form, such as `192.0.2.1` or `2001:db8::1`; `nil` if the text is none.
    public init?(_ text: String, port: Int) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(bytes: Array(bytes.prefix(4)), port: port)
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(bytes: bytes, port: port)
        } else {
            return nil
        }
    }

    /// What the system knows as an address; `nil` if it is of another family.
    init?(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET where Int(length) >= MemoryLayout<sockaddr_in>.size:
            let value = raw.loadUnaligned(as: sockaddr_in.self)
            self.init(
                bytes: withUnsafeBytes(of: value.sin_addr) { Array($0) }, port: Int(UInt16(bigEndian: value.sin_port)))
        case AF_INET6 where Int(length) >= MemoryLayout<sockaddr_in6>.size:
            let value = raw.loadUnaligned(as: sockaddr_in6.self)
            self.init(
                bytes: withUnsafeBytes(of: value.sin6_addr) { Array($0) }, port: Int(UInt16(bigEndian: value.sin6_port))
            )
        default:
            return nil
        }
    }

    /// Whether anybody on the internet may be meant by it: no address of a private network, of this machine, of a link, of a
    /// group, or of another purpose (RFC 6890 and the registries of IANA that it began). What clouds tell their machines is
    /// at such addresses, and at one that is public in itself.
    ///
    /// Of IPv6 only global unicast is public, without the ranges that hold an address of IPv4 (6to4, Teredo; mapped,
    /// compatible and NAT64 ones lie outside): what they lead to is not what they say.
    public var isPublic: Bool {
        bytes.count == 4
            ? !Self.special4.contains { $0.contains(bytes) }
            : Self.global6.contains(bytes) && !Self.special6.contains { $0.contains(bytes) }
    }

    private struct Block: Sendable {
        let bytes: [UInt8]
        let bits: Int

        func contains(_ address: [UInt8]) -> Bool {
            for index in 0..<(bits + 7) / 8 {
                let known = min(8, bits - 8 * index)
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> known)
                guard (address[index] ^ (index < bytes.count ? bytes[index] : 0)) & mask == 0 else { return false }
            }
            return true
        }
    }

    private static let special4 = [
        Block(bytes: [0], bits: 8),  // this network
        Block(bytes: [10], bits: 8),  // private
        Block(bytes: [100, 64], bits: 10),  // shared by a carrier's customers; Alibaba's metadata
        Block(bytes: [127], bits: 8),  // loopback
        Block(bytes: [169, 254], bits: 16),  // link, and the metadata of clouds
        Block(bytes: [168, 63, 129, 16], bits: 32),  // Azure's machines' own services, public by its number alone
        Block(bytes: [172, 16], bits: 12),  // private
        Block(bytes: [192, 0, 0], bits: 24),  // protocol assignments; Oracle's metadata
        Block(bytes: [192, 0, 2], bits: 24),  // documentation
        Block(bytes: [192, 88, 99], bits: 24),  // relays of 6to4
        Block(bytes: [192, 168], bits: 16),  // private
        Block(bytes: [198, 18], bits: 15),  // benchmarks
        Block(bytes: [198, 51, 100], bits: 24),  // documentation
        Block(bytes: [203, 0, 113], bits: 24),  // documentation
        Block(bytes: [224], bits: 4),  // multicast
        Block(bytes: [240], bits: 4),  // reserved, broadcast
    ]
    private static let global6 = Block(bytes: [0x20], bits: 3)
    private static let special6 = [
        Block(bytes: [0x20, 0x01, 0x00], bits: 23),  // protocol assignments, Teredo among them
        Block(bytes: [0x20, 0x01, 0x0D, 0xB8], bits: 32),  // documentation
        Block(bytes: [0x20, 0x02], bits: 16),  // 6to4
        Block(bytes: [0x3F, 0xFF, 0x00], bits: 20),  // documentation
    ]
}
