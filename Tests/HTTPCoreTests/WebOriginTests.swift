import HTTPCore
import Testing

@Suite("Web origins")
struct WebOriginTests {
    @Test(
        "are written as browsers write them",
        arguments: [
            ("https://shop.example", "https://shop.example"), ("HTTPS://Shop.Example:443", "https://shop.example"),
            ("http://localhost:3000", "http://localhost:3000"), ("http://10.0.0.7:80", "http://10.0.0.7"),
            ("https://xn--bcher-kva.example:8443", "https://xn--bcher-kva.example:8443"),
        ])
    func canonical(text: String, origin: String) throws {
        #expect(try WebOrigin(text).description == origin)
    }

    @Test(
        "what is no origin is refused with the reason",
        arguments: [
            ("shop.example", "begins with https://"), ("*", "begins with https://"), ("null", "begins with https://"),
            ("ftp://shop.example", "https or http"), ("https://shop.example/", "write https://shop.example"),
            ("https://shop.example/a?b", "write https://shop.example"), ("https://*.shop.example", "wildcard"),
            ("https://user@shop.example", "user name"), ("https://", "not a name"), ("https://a..b", "not a name"),
            ("https://shop.example:", "port"), ("https://shop.example:0", "port"),
            ("https://shop.example:65536", "port"),
            ("https://shop.example:+8", "port"), ("https://a:1:2", "more than one port"),
            ("https://[::1]:80", "IPv4"), ("https://bücher.example", "xn--"), ("https://a b", "not a name"),
            ("https://a;script-src *", "wildcard"), ("https://a;b", "not a name"), ("https://a\r\nb", "not a name"),
        ])
    func refused(text: String, reason: String) {
        let error = #expect(throws: HTTPServerError.self) { try WebOrigin(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix(text) == true)
    }

    @Test("tell this machine's own names")
    func loopback() throws {
        for host in ["localhost", "kiosk.localhost", "127.0.0.1", "127.1.2.3:8080", "0.0.0.0"] {
            #expect(try WebOrigin("http://" + host).isLoopback, "\(host)")
        }
        for host in ["shop.example", "192.168.1.4", "localhost.example"] {
            #expect(try !WebOrigin("http://" + host).isLoopback, "\(host)")
        }
    }
}
