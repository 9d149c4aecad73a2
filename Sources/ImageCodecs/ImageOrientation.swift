/// Where the first row and the first column of a stored picture belong (EXIF 2.32, section 4.6.4, tag 274).
public enum ImageOrientation: Int, Sendable, CaseIterable {
    /// First row on top, first column on the left.
    case upright = 1
    /// Mirrored left to right.
    case mirrored = 2
    /// Turned by 180 degrees.
    case upsideDown = 3
    /// Mirrored top to bottom.
    case flipped = 4
    /// Mirrored along the diagonal from top left to bottom right.
    case transposed = 5
    /// To be turned clockwise by 90 degrees.
    case turnedLeft = 6
    /// Mirrored along the diagonal from top right to bottom left.
    case transversed = 7
    /// To be turned counter-clockwise by 90 degrees.
    case turnedRight = 8

    /// Whether the stored width is the height that is seen.
    public var exchangesSides: Bool { rawValue >= 5 }
}
