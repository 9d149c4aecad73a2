/// A decoded photo: 8-bit sRGB, three interleaved bytes a pixel, rows from top to bottom without padding.
public struct RGBImage: Sendable, Equatable {
    /// Width in pixels.
    public let width: Int
    /// Height in pixels.
    public let height: Int
    /// `3 * width * height` bytes: R, G, B of each pixel, row by row.
    public let pixels: [UInt8]

    /// Wraps pixels that are already in the layout of ``pixels``.
    ///
    /// - Precondition: `width` and `height` are positive and `pixels.count == 3 * width * height`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        precondition(pixels.count == 3 * width * height, "an RGB image has three bytes a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
