/// A rectangle within a picture, in fractions of its sides from the top left corner, whatever size it is shown at.
public struct ImageRegion: Sendable, Hashable {
    /// Left edge, from 0.
    public let x: Double
    /// Top edge, from 0.
    public let y: Double
    /// Width, up to 1.
    public let width: Double
    /// Height, up to 1.
    public let height: Double

    /// All of a picture.
    public static let all = ImageRegion(x: 0, y: 0, width: 1, height: 1)

    /// - Parameters:
    ///   - x: left edge, at least 0.
    ///   - y: top edge, at least 0.
    ///   - width: width, more than 0.
    ///   - height: height, more than 0.
    /// - Precondition: the region lies within the picture, but for rounding.
    public init(x: Double, y: Double, width: Double, height: Double) {
        precondition(width > 0 && height > 0 && x > -1e-6 && y > -1e-6, "a region has an extent")
        precondition(x + width < 1 + 1e-6 && y + height < 1 + 1e-6, "a region lies within the picture")
        self.x = max(0, x)
        self.y = max(0, y)
        self.width = min(width, 1 - max(0, x))
        self.height = min(height, 1 - max(0, y))
    }

    /// The share of the picture that it covers.
    public var area: Double { width * height }

    /// The region of a picture of that size, in its pixels.
    public func rectangle(width: Int, height: Int) -> ImageRectangle {
        ImageRectangle(
            x: x * Double(width), y: y * Double(height), width: self.width * Double(width),
            height: self.height * Double(height))
    }
}
