/// What the headers of a picture say.
public struct ImageInfo: Sendable, Equatable {
    /// Its format.
    public let format: ImageFormat
    /// Width in pixels after ``orientation`` is applied.
    public let width: Int
    /// Height in pixels after ``orientation`` is applied.
    public let height: Int
    /// How the stored picture has to be turned; upright where the file says nothing.
    public let orientation: ImageOrientation

    /// - Parameters:
    ///   - format: the file format.
    ///   - width: width in pixels as seen.
    ///   - height: height in pixels as seen.
    ///   - orientation: how the stored picture has to be turned.
    public init(format: ImageFormat, width: Int, height: Int, orientation: ImageOrientation = .upright) {
        self.format = format
        self.width = width
        self.height = height
        self.orientation = orientation
    }
}
