import Foundation
import HTTPCore
import Testing

/// A folder that goes when it is no longer needed.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/httpcore-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = try #require(fopen(path + "/" + name, "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }
}

@Suite("Static files")
struct StaticFilesTests {
    private let folder: TemporaryFolder
    private let server: TestServer
    private static let big = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    init() throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        for name in ["public", "public/css", "public/.git"] { mkdir(folder.path + "/" + name, 0o755) }
        try folder.write("public/css/site.css", "body{}")
        try folder.write("public/a b.svg", "<svg/>")
        try folder.write("public/photo.JPG", Self.big)
        try folder.write("public/unknown.xyz", "?")
        try folder.write("public/empty.txt", "")
        try folder.write("public/.hidden", "hidden")
        try folder.write("public/.git/config", "hidden")
        try folder.write("secret.txt", "secret")
        symlink(folder.path + "/secret.txt", folder.path + "/public/link.txt")
        symlink(folder.path + "/public/css/site.css", folder.path + "/public/inside.css")
        symlink("/", folder.path + "/public/rootlink")
        server = try TestServer { router, _ in
            router.on(.get, "/static/{path...}", handler: StaticFiles(root: folder.path + "/public").handler)
            router.on(.get, "/file") { _ in HTTPResponse(body: .file(path: folder.path + "/secret.txt")) }
            router.on(.get, "/gone") { _ in HTTPResponse(body: .file(path: folder.path + "/nothing")) }
            router.on(.get, "/typed") { _ in
                HTTPResponse(
                    headers: ["Content-Type": "text/x-own", "ETag": "\"own\""],
                    body: .file(path: folder.path + "/secret.txt"))
            }
            router.on(.get, "/tagged") { _ in
                HTTPResponse(headers: ["ETag": "\"v1\"", "Cache-Control": "no-cache"], body: .bytes([65]))
            }
        }
    }

    @Test("a file comes with its type, length, tag and cache rule")
    func file() throws {
        let answer = try server.get("/static/css/site.css")
        #expect(answer.status == 200)
        #expect(answer.text == "body{}")
        #expect(answer.header("Content-Type") == "text/css; charset=utf-8")
        #expect(answer.header("Cache-Control") == "public, max-age=3600")
        #expect(answer.header("ETag") != nil)
        #expect(try server.get("/static/a%20b.svg").header("Content-Type") == "image/svg+xml")
        #expect(try server.get("/static/unknown.xyz").header("Content-Type") == "application/octet-stream")
        #expect(try server.get("/static/empty.txt").body.isEmpty)
        let photo = try server.get("/static/photo.JPG")
        #expect(photo.header("Content-Type") == "image/jpeg")
        #expect(photo.body == Self.big)
    }

    @Test("nothing outside the folder, hidden or not a file is served")
    func escapes() throws {
        let targets = [
            "/static/../secret.txt", "/static/css/../../secret.txt", "/static/%2e%2e/secret.txt",
            "/static/..%2fsecret.txt", "/static/css%2f..%2f..%2fsecret.txt", "/static//etc/passwd",
            "/static/%2fetc/passwd", "/static/link.txt", "/static/rootlink/etc/passwd", "/static/.hidden",
            "/static/.git/config", "/static/css", "/static/css/", "/static/", "/static/nothing.css",
            "/static/./css/site.css",
        ]
        for target in targets {
            let answer = try server.get(target)
            #expect(answer.status == 404, "\(target)")
            #expect(!answer.text.contains("secret\n"))
        }
        #expect(try server.get("/static/inside.css").text == "body{}")
    }

    @Test("If-None-Match with the file's tag is 304 without a body, until the file is replaced")
    func notModified() throws {
        let tag = try #require(try server.get("/static/css/site.css").header("ETag"))
        let client = try server.connect()
        for value in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            try client.send("GET /static/css/site.css HTTP/1.1\r\nHost: a\r\nIf-None-Match: \(value)\r\n\r\n")
            let answer = try client.read()
            #expect(answer.status == 304)
            #expect(answer.header("ETag") == tag)
            #expect(answer.header("Cache-Control") == "public, max-age=3600")
        }
        #expect(try server.get("/static/css/site.css", headers: "If-None-Match: \"x\"\r\n").status == 200)
        try folder.write("public/css/new.css", "body{color:red}")
        rename(folder.path + "/public/css/new.css", folder.path + "/public/css/site.css")
        let changed = try server.get("/static/css/site.css", headers: "If-None-Match: \(tag)\r\n")
        #expect(changed.status == 200)
        #expect(changed.text == "body{color:red}")
    }

    @Test("HEAD of a file has its length and no body")
    func head() throws {
        let client = try server.connect()
        try client.send("HEAD /static/photo.JPG HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try client.read(toHead: true)
        #expect(head.header("Content-Length") == "3000000")
        #expect(head.header("Content-Type") == "image/jpeg")
        try client.send("GET /tagged HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.read().text == "A")
    }

    @Test("a handler's own type and tag are kept, and a file that is gone is 404")
    func handlers() throws {
        #expect(try server.get("/file").header("Content-Type") == "text/plain; charset=utf-8")
        let typed = try server.get("/typed")
        #expect(typed.header("Content-Type") == "text/x-own")
        #expect(typed.header("ETag") == "\"own\"")
        #expect(try server.get("/typed", headers: "If-None-Match: \"own\"\r\n").status == 304)
        let gone = try server.get("/gone")
        #expect(gone.status == 404)
        #expect(gone.text.hasPrefix("not_found"))
    }

    @Test("bytes with a tag honour If-None-Match too")
    func taggedBytes() throws {
        #expect(try server.get("/tagged").text == "A")
        let answer = try server.get("/tagged", headers: "If-None-Match: \"v1\"\r\n")
        #expect(answer.status == 304)
        #expect(answer.header("Cache-Control") == "no-cache")
        #expect(answer.header("Content-Length") == "1", "the length of the 200, or none")
    }
}
