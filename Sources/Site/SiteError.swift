/// Why the site cannot start.
public enum SiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A folder of templates or static files lacks a file, or it cannot be read. The payload is its path.
    case unreadableFile(String)
    /// A template is not valid Mustache. The payloads are its path and what the parser says.
    case invalidTemplate(String, reason: String)

    public var description: String {
        switch self {
        case .unreadableFile(let path): "cannot read \(path)"
        case .invalidTemplate(let path, let reason): "\(path) is not a valid template: \(reason)"
        }
    }
}
