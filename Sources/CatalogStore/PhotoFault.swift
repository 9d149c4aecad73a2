import ImageCodecs

/// Why the photo of a row cannot be indexed.
public enum PhotoFault: Sendable {
    /// The photo is no good; an item that was made of an earlier one goes.
    case unusable(SkippedRow.Reason)
    /// The photo cannot be read now, which says nothing about it; an item that is there stays.
    case unreadable(SkippedRow.Reason)

    /// What is told of the row.
    public var reason: SkippedRow.Reason {
        switch self {
        case .unusable(let reason), .unreadable(let reason): reason
        }
    }

    /// What an error of opening, reading or decoding a photo says about it; nil if the photo is not to blame.
    public init?(_ error: any Error, of imagePath: String) {
        switch error {
        case OpenPhoto.Problem.outside: self = .unusable(.outsideImage(imagePath))
        case OpenPhoto.Problem.missing: self = .unreadable(.unreadableImage(path: imagePath, reason: "it is gone"))
        case OpenPhoto.Problem.unreadable(let reason):
            self = .unreadable(.unreadableImage(path: imagePath, reason: reason))
        case let error as ImageError: self = .unusable(.badImage(path: imagePath, reason: error.message))
        default: return nil
        }
    }
}
