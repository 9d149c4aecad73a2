import HTTPCore
import Testing

@Suite("Multipart parser")
struct MultipartParserTests {
    private static let type = "multipart/form-data; boundary=\"----=_Part 7'\""
    private static let boundary = "----=_Part 7'"

    /// A form whose content has everything that looks like a boundary and is none.
    private static let body: [UInt8] = {
        var body = Array("ignored preamble\r\n".utf8)
        body += Array("--\(boundary) \t\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nfirst".utf8)
        body += Array("\r\n--\(boundary)\r\ncontent-disposition:form-data;name=b;filename=\"q\\\"u\\o.png\"\r\n".utf8)
        body += Array("Content-Type: image/png\r\nX-Other: x\r\n\r\n".utf8)
        body += tricky
        body += Array("\r\n--\(boundary)\r\nContent-Disposition: form-data; name=\"\"; filename*=UTF-8''x\r\n\r\n".utf8)
        body += Array("\r\n--\(boundary)--\r\nepilogue\r\n--\(boundary)\r\n".utf8)
        return body
    }()

    private static let tricky: [UInt8] =
        Array("\r\n--\(boundary.dropLast())X\r\r\n\r\n-\r\n--\n--\(boundary)\r\n\r".utf8) + (0...255).map { UInt8($0) }

    private func parse(_ body: [UInt8], type: String = type, pieces: [Int]) throws -> [FormField] {
        let media = try #require(MediaType(type))
        var parser = try MultipartParser(contentType: media, expectedBytes: body.count)
        var start = 0
        for piece in pieces where start < body.count {
            let end = min(start + piece, body.count)
            try body[start..<end].withUnsafeBytes { try parser.append($0) }
            start = end
        }
        return try parser.finish()
    }

    private func check(_ fields: [FormField]) {
        #expect(fields.map(\.name) == ["a", "b", ""])
        #expect(fields.map(\.filename) == [nil, "q\"u\\o.png", nil])
        #expect(fields.map(\.contentType) == [nil, "image/png", nil])
        #expect(fields.map(\.content) == [Array("first".utf8), Self.tricky, []])
    }

    @Test("parts are the same whether fed at once, byte by byte or in pieces of any size")
    func splits() throws {
        let count = Self.body.count
        check(try parse(Self.body, pieces: [count]))
        check(try parse(Self.body, pieces: Array(repeating: 1, count: count)))
        for size in 2...60 { check(try parse(Self.body, pieces: Array(repeating: size, count: count))) }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            check(try parse(Self.body, pieces: (0..<count).map { _ in Int.random(in: 1...40, using: &random) }))
        }
    }

    @Test("a body that ends anywhere before its closing boundary is malformed")
    func truncated() throws {
        let end = try #require(Self.body.lastRange(of: Array("--\r\nepilogue".utf8)))
        for count in 0..<(end + 2) {
            #expect(throws: HTTPError.self) { try parse(Array(Self.body[..<count]), pieces: [7, count]) }
        }
    }

    @Test("a form without parts is empty")
    func empty() throws {
        #expect(try parse(Array("--b--".utf8), type: "multipart/form-data; boundary=b", pieces: [5]).isEmpty)
    }

    @Test(
        "malformed input is 400 malformed_multipart",
        arguments: [
            "", "--c--", "x--b--", "--b\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\n\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=a\r\n folded: x\r\n\r\n\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--b--",
            "--b\r\nno colon\r\n\r\n\r\n--b--", "--bx\r\n\r\n--b--", "--b \tx", "--b-x",
            "--b\nContent-Disposition: form-data; name=a\n\nx\n--b--",
        ])
    func malformed(_ body: String) throws {
        for size in [1, 3, 1000] {
            let error = #expect(throws: HTTPError.self) {
                try parse(
                    Array(body.utf8), type: "multipart/form-data; boundary=b",
                    pieces: Array(repeating: size, count: body.utf8.count + 1))
            }
            #expect(error?.status == 400)
            #expect(error?.code == "malformed_multipart")
        }
    }

    @Test("too many parts and too long a header are refused")
    func limits() throws {
        let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n"
        let most = String(repeating: part, count: 64) + "--b--"
        #expect(try parse(Array(most.utf8), type: "multipart/form-data; boundary=b", pieces: [1 << 20]).count == 64)
        let more = Array((part + most).utf8)
        #expect(throws: HTTPError.self) {
            try parse(more, type: "multipart/form-data; boundary=b", pieces: [1 << 20])
        }
        let long = Array("--b\r\nX: \(String(repeating: "x", count: 9000))".utf8)
        var parser = try MultipartParser(contentType: try #require(MediaType("multipart/form-data; boundary=b")))
        #expect(throws: HTTPError.self) { try long.withUnsafeBytes { try parser.append($0) } }
    }

    @Test(
        "a boundary that RFC 2046 does not allow is refused",
        arguments: [
            "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a \"",
            "multipart/form-data; boundary=\"a\u{1}\"",
            "multipart/form-data; boundary=" + String(repeating: "b", count: 71),
        ])
    func boundaries(_ type: String) throws {
        #expect(throws: HTTPError.self) {
            guard let media = MediaType(type) else { throw HTTPError(400, code: "malformed_multipart", message: "") }
            _ = try MultipartParser(contentType: media)
        }
    }

    @Test("a large part keeps its bytes")
    func large() throws {
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
        let head = "--b\r\nContent-Disposition: form-data; name=image\r\n\r\n"
        let body = Array(head.utf8) + content + Array("\r\n--b--\r\n".utf8)
        let fields = try parse(
            body, type: "multipart/form-data; boundary=b", pieces: Array(repeating: 32_768, count: 100))
        #expect(fields.first?.content == content)
    }
}

extension [UInt8] {
    /// Where a sequence occurs for the last time.
    fileprivate func lastRange(of wanted: [UInt8]) -> Int? {
        (0...(count - wanted.count)).last { self[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
