internal import Glibc

/// Serves the files of one folder.
public struct StaticFiles: Sendable {
    /// The folder, its links followed.
    public let root: String
    private let cacheControl: String
    private let parameter: String

    /// Files below `root`.
    ///
    /// - Parameters:
    ///   - root: a folder that exists when the server starts.
    ///   - parameter: the name of the route's `{name...}` place that gives the path.
    ///   - cacheControl: what is said about caching.
    public init(root: String, parameter: String = "path", cacheControl: String = "public, max-age=3600") {
        self.root = Self.resolve(root) ?? root
        self.parameter = parameter
        self.cacheControl = cacheControl
    }

    /// Answers with a file, or throws 404.
    public var handler: Handler {
        { request in
            guard let file = path(of: request.parameters[parameter] ?? "") else { throw Self.notFound }
            return HTTPResponse(headers: ["Cache-Control": cacheControl], body: .file(path: file))
        }
    }

    /// The file that a relative path means; `nil` for what is not a regular file, is hidden, or lies outside of
    /// the root, be it through `..` or a link.
    public func path(of relative: String) -> String? {
        let segments = relative.split(separator: "/", omittingEmptySubsequences: false)
        guard !segments.isEmpty, segments.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\0") }),
            let file = Self.resolve(root + "/" + relative), file.hasPrefix(root == "/" ? "/" : root + "/")
        else { return nil }
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return file
    }

    private static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static var notFound: HTTPError {
        HTTPError(404, code: "not_found", message: "There is no such file.")
    }
}

/// Media types of the files that a site is made of.
enum FileType {
    /// The type for a path's extension.
    static func contentType(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return switch name[name.index(after: dot)...].lowercased() {
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "html": "text/html; charset=utf-8"
        case "txt": "text/plain; charset=utf-8"
        case "json": "application/json"
        case "webmanifest": "application/manifest+json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }
}
