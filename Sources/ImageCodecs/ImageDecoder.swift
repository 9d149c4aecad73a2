/// Turns the bytes of a photo into pixels. (Signatures; the implementation follows.)
public enum ImageDecoder {
    /// Decodes a photo with its EXIF orientation applied.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - minimumSide: a JPEG whose shorter side is at least twice this is scaled down while decoding (n/8), to the
    ///     smallest size whose shorter side is still `minimumSide` or more; `nil` decodes at full size.
    /// - Throws: ``ImageError``.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, minimumSide: Int? = nil
    ) throws(ImageError) -> RGBImage {
        throw .notAnImage
    }
}
