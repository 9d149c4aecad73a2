/// Why the site cannot start.
public enum SiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A folder of templates or static files lacks a file, or it cannot be read. The payload is its path.
    case unreadableFile(String)
    /// A template is not valid Mustache. The payloads are its path and what the parser says.
    case invalidTemplate(String, reason: String)
    /// A language's file is not as it should be. The payloads are its path and what is wrong.
    case invalidLanguage(String, reason: String)
    /// The token that lets clients change items could be guessed.
    case shortToken(minimum: Int)

    public var description: String {
        switch self {
        case .unreadableFile(let path): "cannot read \(path)"
        case .invalidLanguage(let path, let reason): "\(path) is not a valid language: \(reason)"
        case .shortToken(let minimum): "VITRINE_TOKEN needs \(minimum) characters at the least"
        case .invalidTemplate(let path, let reason): "\(path) is not a valid template: \(reason)"
        }
    }
}
