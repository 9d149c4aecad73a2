import HTTPCore
import Testing

@Suite("Cross-origin access")
struct CrossOriginTests {
    private static let shop = "https://shop.example"
    private static let methods: [(method: HTTPMethod, isRead: Bool)] = [
        (.get, true), (.post, false), (.delete, false),
    ]

    private static func request(_ origin: String?, _ others: HTTPHeaders = [:]) -> HTTPRequest {
        var headers = others
        headers["Origin"] = origin
        return HTTPRequest(method: .get, path: "/", headers: headers)
    }

    private static func preflight(
        _ access: CrossOriginAccess, _ origin: String, _ method: String, fields: String? = nil
    ) -> HTTPHeaders {
        var others: HTTPHeaders = ["Access-Control-Request-Method": method]
        others["Access-Control-Request-Headers"] = fields
        let response = access.preflight(request(origin, others), methods: methods)
        #expect(response.status == 204)
        #expect(response.headers["Allow"] == "GET, HEAD, POST, DELETE, OPTIONS")
        #expect(response.headers["Vary"]?.contains("Origin") == true)
        return response.headers
    }

    @Test("nobody is told anything unless it is configured")
    func off() {
        #expect(CrossOriginAccess().fields(for: Self.request(Self.shop), isRead: true).fields.isEmpty)
    }

    @Test("a listed origin may do everything, and another one nothing, however alike")
    func listed() throws {
        let access = try CrossOriginAccess([Self.shop, "http://localhost:3000"])
        for isRead in [true, false] {
            let fields = access.fields(for: Self.request(Self.shop, ["Authorization": "Bearer x"]), isRead: isRead)
            #expect(fields["Access-Control-Allow-Origin"] == Self.shop)
            #expect(fields["Vary"] == "Origin")
            #expect(fields["Access-Control-Allow-Credentials"] == nil)
        }
        let others = [
            "https://shop.example:8443", "http://shop.example", "https://www.shop.example", "https://shop.example.evil",
            "https://shop.example/", "HTTPS://SHOP.EXAMPLE", "null", "", "*", "http://localhost:3001",
        ]
        for origin in others {
            let fields = access.fields(for: Self.request(origin), isRead: true)
            #expect(fields["Access-Control-Allow-Origin"] == nil, "\(origin)")
            #expect(fields["Vary"] == "Origin", "a cache must not give one origin's answer to another")
            #expect(Self.preflight(access, origin, "GET")["Access-Control-Allow-Origin"] == nil)
        }
        #expect(access.fields(for: Self.request(nil), isRead: true)["Access-Control-Allow-Origin"] == nil)
        var twice: HTTPHeaders = ["Origin": Self.shop]
        twice.add("https://other.example", to: "Origin")
        let request = HTTPRequest(method: .get, path: "/", headers: twice)
        #expect(access.fields(for: request, isRead: true)["Access-Control-Allow-Origin"] == nil)
    }

    @Test("any origin may read where * is given, but neither with a token nor change anything")
    func star() throws {
        let access = try CrossOriginAccess(["*"])
        let origin = Self.request("https://anywhere.example")
        #expect(access.fields(for: origin, isRead: true)["Access-Control-Allow-Origin"] == "*")
        #expect(access.fields(for: origin, isRead: false)["Access-Control-Allow-Origin"] == nil)
        let withToken = Self.request("https://anywhere.example", ["Authorization": "Bearer x"])
        #expect(access.fields(for: withToken, isRead: true)["Access-Control-Allow-Origin"] == nil)

        let read = Self.preflight(access, "https://anywhere.example", "GET", fields: "content-type")
        #expect(read["Access-Control-Allow-Origin"] == "*")
        #expect(read["Access-Control-Allow-Methods"] == "GET")
        #expect(read["Access-Control-Allow-Headers"] == "Content-Type")
        for (method, fields) in [("GET", "x, Authorization"), ("DELETE", nil), ("POST", nil), ("PATCH", nil)] {
            let answer = Self.preflight(access, "https://anywhere.example", method, fields: fields)
            #expect(answer["Access-Control-Allow-Origin"] == nil, "\(method) \(fields ?? "")")
        }
    }

    @Test("a listed origin keeps its rights beside *")
    func both() throws {
        let access = try CrossOriginAccess(["*", Self.shop])
        let change = Self.preflight(access, Self.shop, "DELETE", fields: "authorization")
        #expect(change["Access-Control-Allow-Origin"] == Self.shop)
        #expect(change["Access-Control-Allow-Methods"] == "GET, POST, DELETE")
        #expect(change["Access-Control-Allow-Headers"] == "Authorization, Content-Type")
        #expect(change["Access-Control-Max-Age"] == "600")
        #expect(Self.preflight(access, "https://other.example", "DELETE")["Access-Control-Allow-Origin"] == nil)
        #expect(Self.preflight(access, "https://other.example", "GET")["Access-Control-Allow-Origin"] == "*")
    }

    @Test("a name that is no origin is refused")
    func invalid() {
        #expect(throws: HTTPServerError.self) { try CrossOriginAccess(["*", "https://shop.example/"]) }
    }
}
