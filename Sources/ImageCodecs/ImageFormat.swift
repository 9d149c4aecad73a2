/// The picture formats that are accepted.
public enum ImageFormat: String, Sendable, CaseIterable {
    case jpeg
    case png
    case webp

    /// What the format is called in texts.
    public var name: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        }
    }

    /// Its media type, for `Content-Type` and `accept`.
    public var mediaType: String { "image/\(rawValue)" }

    /// Its usual file name extension, without the dot.
    public var fileExtension: String { self == .jpeg ? "jpg" : rawValue }
}
