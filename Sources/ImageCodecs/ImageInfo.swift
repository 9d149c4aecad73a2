/// What the headers of a picture say.
public struct ImageInfo: Sendable, Equatable {
    /// Its format.
    public let format: ImageFormat
    /// Width in pixels after ``orientation`` is applied.
    public let width: Int
    /// Height in pixels after ``orientation`` is applied.
    public let height: Int
    /// How the stored picture has to be turned (EXIF tag 274); upright where the file says nothing.
    public let orientation: ImageOrientation

    init(format: ImageFormat, storedWidth: Int, storedHeight: Int, orientation: ImageOrientation) {
        self.format = format
        self.orientation = orientation
        width = orientation.exchangesSides ? storedHeight : storedWidth
        height = orientation.exchangesSides ? storedWidth : storedHeight
    }
}
