import PhotoFetch
import Testing

@Suite("Socket addresses")
struct SocketAddressTests {
    @Test(
        "what lies in the public internet is public",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
            "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.255.255",
            "168.63.129.15", "168.63.129.17", "198.17.255.255", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
            "2a00:1450:4001::1", "2001:200::1",
            "2003::1", "2400:cb00::1",
        ])
    func isPublic(text: String) throws {
        #expect(try #require(SocketAddress(text, port: 80)).isPublic)
    }

    @Test(
        "private, loopback, link, group, reserved and translated addresses are not",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
            "127.255.255.254", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.8",
            "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
            // What clouds tell their machines: Azure, Alibaba, Oracle.
            "168.63.129.16", "100.100.100.200", "192.0.0.192",
            "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
            // IPv6: none, loopback, unique local, the metadata of clouds, link, site, group.
            "::", "::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fdff::1", "fe80::1",
            "febf::1", "fec0::1", "ff02::1", "ff0e::1",
            // An address of IPv4 inside: mapped, compatible, NAT64 twice, 6to4, Teredo.
            "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
            "2002:7f00:1::", "2001:0:7f00:1::1",
            // Documentation, benchmarks, discard, ORCHID, segment routing.
            "2001:db8::1", "3fff::1", "2001:2::1", "100::1", "2001:20::1", "5f00::1",
        ])
    func isNotPublic(text: String) throws {
        #expect(!(try #require(SocketAddress(text, port: 80)).isPublic))
    }

    @Test("the policy keeps to the ports of http and https")
    func ports() throws {
        let policy = FetchPolicy()
        for port in [80, 443] { #expect(policy.allows(try #require(SocketAddress("1.1.1.1", port: port)))) }
        for port in [0, 22, 25, 81, 8080, 6379] {
            #expect(!policy.allows(try #require(SocketAddress("1.1.1.1", port: port))) && !policy.allowsPort(port))
        }
        #expect(SocketAddress("1.2.3", port: 80) == nil && SocketAddress("localhost", port: 80) == nil)
    }
}
