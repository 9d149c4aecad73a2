extension ImageError: CustomStringConvertible {
    /// A word for programs.
    public var code: String {
        switch self {
        case .empty: "empty_image"
        case .notAnImage: "not_an_image"
        case .unsupported: "unsupported_image"
        case .damaged: "damaged_image"
        case .tooLarge: "image_too_large"
        case .tooComplex: "image_too_complex"
        }
    }

    /// The HTTP status that fits (RFC 9110, section 15.5).
    public var status: Int {
        switch self {
        case .empty: 400
        case .notAnImage, .unsupported: 415
        case .damaged, .tooComplex: 422
        case .tooLarge: 413
        }
    }

    /// What happened and what to do about it, for a shopper.
    public var message: String {
        switch self {
        case .empty:
            "There was no photo in the upload. Please choose a photo and try again."
        case .notAnImage:
            "This file is not a photo. Please choose a JPEG, PNG or WebP photo."
        case .unsupported(let kind):
            "This is \(Self.article(for: kind)) \(kind) file, which is not supported. "
                + "Please use a JPEG, PNG or WebP photo."
        case .damaged:
            "This photo is damaged or was not uploaded completely. Please try again, or choose another photo."
        case .tooLarge(let reason):
            "This photo is too large: \(reason). Please choose a smaller one."
        case .tooComplex:
            "This photo is stored in a way that takes too long to open. "
                + "Please save it again as an ordinary JPEG or PNG, or choose another photo."
        }
    }

    /// ``message`` with the technical reason, for logs and reports.
    public var description: String {
        switch self {
        case .empty: "\(code): no bytes"
        case .notAnImage: "\(code): neither JPEG, PNG nor WebP"
        case .unsupported(let kind): "\(code): \(kind) (accepted: JPEG, PNG, WebP)"
        case .damaged(let reason), .tooLarge(let reason), .tooComplex(let reason): "\(code): \(reason)"
        }
    }

    /// "an" where the first sound of a kind's name is a vowel: an AVIF, an MP4, but a HEIC.
    private static func article(for kind: String) -> String {
        let vowelSounds = ["AV", "ICO", "MP4", "MOV", "SVG", "a", "u"]
        return vowelSounds.contains(where: kind.hasPrefix) ? "an" : "a"
    }
}
