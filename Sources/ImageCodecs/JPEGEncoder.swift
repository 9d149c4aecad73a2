internal import CImageCodecs

/// Writes JPEG files.
public enum JPEGEncoder {
    /// Encodes a picture as baseline JPEG: 4:2:0, optimised Huffman tables, no metadata.
    ///
    /// The same picture gives the same bytes every time.
    ///
    /// - Parameters:
    ///   - image: the picture; a JPEG has at most 65,500 pixels a side.
    ///   - quality: 1 to 100, as libjpeg counts it.
    /// - Returns: the whole file.
    /// - Throws: ``ImageError/tooLarge(reason:)``, also if memory ran out.
    public static func encode(_ image: RGBImage, quality: Int = 85) throws(ImageError) -> [UInt8] {
        guard max(image.width, image.height) <= 65_500 else {
            throw .tooLarge(reason: "a JPEG has at most 65500 pixels a side")
        }
        var data: UnsafeMutablePointer<UInt8>?
        var count = 0
        try callCodec { text in
            let size = imc_size(width: UInt32(image.width), height: UInt32(image.height))
            return imc_jpeg_encode(image.pixels, size, Int32(max(1, min(quality, 100))), &data, &count, text)
        }
        defer { imc_free(data) }
        return Array(UnsafeBufferPointer(start: data, count: count))
    }
}
