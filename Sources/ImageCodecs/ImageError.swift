/// Why bytes could not become a picture. Each case has its own code, status and text, so that a person knows what to
/// do about it.
public enum ImageError: Error, Equatable, Sendable {
    /// There were no bytes at all.
    case empty
    /// The bytes are not a picture of any kind known here.
    case notAnImage
    /// A picture (or document) of a known kind that is not accepted, such as HEIC or PDF. The payload is its name.
    case unsupported(kind: String)
    /// The file starts like an accepted picture, and then is cut short or broken. The payload says how.
    case damaged(reason: String)
    /// Too many bytes, pixels, or pixels on a side. The payload gives the measure and the limit.
    case tooLarge(reason: String)
    /// Within the size limits, yet built so that decoding would cost too much (progressive scans, chunk bombs).
    case tooComplex(reason: String)
}
