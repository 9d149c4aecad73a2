internal import CImageCodecs

/// Turns the bytes of a photo into pixels.
///
/// The kind is told by content, limits are checked from the headers, and only then are pixels decoded. Grey, palette,
/// CMYK and YCCK become RGB; transparency is laid over white; colour profiles and gamma are ignored. Safe to call from
/// many threads at once.
public enum ImageDecoder {
    /// Decodes a photo with its EXIF orientation applied.
    ///
    /// Takes time and memory in proportion to the pixels of the file, not to what its data may claim to expand to.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - minimumSide: a JPEG whose shorter side is at least twice this is scaled down while decoding (n/8), to the
    ///     smallest size whose shorter side is still `minimumSide` or more; `nil` decodes at full size.
    ///   - limits: what the file may take.
    /// - Returns: the picture as it is to be seen.
    /// - Throws: ``ImageError``.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, minimumSide: Int? = nil, limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> RGBImage {
        let header = try readHeader(bytes, limits: limits)
        let stored = try decodeStored(bytes, header: header, minimumSide: minimumSide, limits: limits)
        return stored.oriented(header.orientation)
    }

    /// Decodes a photo held in an array; see ``decode(_:minimumSide:limits:)-(UnsafeRawBufferPointer,_,_)``.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - minimumSide: the shorter side that is enough.
    ///   - limits: what the file may take.
    /// - Returns: the picture as it is to be seen.
    /// - Throws: ``ImageError``.
    public static func decode(
        _ bytes: [UInt8], minimumSide: Int? = nil, limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> RGBImage {
        try bytes.withRawBytes { bytes throws(ImageError) in
            try decode(bytes, minimumSide: minimumSide, limits: limits)
        }
    }

    /// Reads the headers of a photo and checks them against the limits, without decoding pixels.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - limits: what the file may take.
    /// - Returns: its format, size and orientation.
    /// - Throws: ``ImageError``, as decoding would; damage behind the headers is not noticed.
    public static func inspect(
        _ bytes: UnsafeRawBufferPointer, limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> ImageInfo {
        let header = try readHeader(bytes, limits: limits)
        let (width, height) = (Int(header.size.width), Int(header.size.height))
        let isTurned = header.orientation.exchangesSides
        return ImageInfo(
            format: header.format, width: isTurned ? height : width, height: isTurned ? width : height,
            orientation: header.orientation)
    }

    /// Reads the headers of a photo held in an array.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - limits: what the file may take.
    /// - Returns: its format, size and orientation.
    /// - Throws: ``ImageError``.
    public static func inspect(
        _ bytes: [UInt8], limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> ImageInfo {
        try bytes.withRawBytes { bytes throws(ImageError) in try inspect(bytes, limits: limits) }
    }

    private struct Header {
        let format: ImageFormat
        let size: imc_size
        let orientation: ImageOrientation
    }

    private static func readHeader(
        _ bytes: UnsafeRawBufferPointer, limits: ImageLimits
    ) throws(ImageError) -> Header {
        let format = try ImageFormat.sniff(bytes)
        try limits.check(byteCount: bytes.count)
        let data = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var size = imc_size()
        try callCodec { text in
            switch format {
            case .jpeg: imc_jpeg_inspect(data, bytes.count, &size, text)
            case .png: imc_png_inspect(data, bytes.count, &size, text)
            case .webp: imc_webp_inspect(data, bytes.count, &size, text)
            }
        }
        try limits.check(width: Int(size.width), height: Int(size.height))
        let orientation = try OrientationReader.orientation(in: bytes, format: format, limits: limits)
        return Header(format: format, size: size, orientation: orientation)
    }

    private static func decodeStored(
        _ bytes: UnsafeRawBufferPointer, header: Header, minimumSide: Int?, limits: ImageLimits
    ) throws(ImageError) -> RGBImage {
        let data = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var size = header.size
        let scans = limits.scans(width: Int(size.width), height: Int(size.height))
        var eighths: UInt32 = 8
        if header.format == .jpeg, let minimumSide {
            eighths = scale(shorterSide: min(size.width, size.height), minimumSide: minimumSide)
            size.width = imc_jpeg_scaled(size.width, eighths)
            size.height = imc_jpeg_scaled(size.height, eighths)
        }
        var failure: ImageError?
        let count = 3 * Int(size.width) * Int(size.height)
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let rgb = buffer.baseAddress
            do throws(ImageError) {
                try callCodec { text in
                    switch header.format {
                    case .jpeg:
                        imc_jpeg_decode(data, bytes.count, eighths, UInt32(clamping: scans), size, rgb, text)
                    case .png: imc_png_decode(data, bytes.count, size, rgb, text)
                    case .webp: imc_webp_decode(data, bytes.count, size, rgb, text)
                    }
                }
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return RGBImage(width: Int(size.width), height: Int(size.height), pixels: pixels)
    }

    /// The smallest n of n/8 that leaves the shorter side at `minimumSide` or more, or 8 for sides under twice that.
    private static func scale(shorterSide: UInt32, minimumSide: Int) -> UInt32 {
        guard Int(shorterSide) >= 2 * max(1, min(minimumSide, 1 << 30)) else { return 8 }
        return (1...8).first { Int(imc_jpeg_scaled(shorterSide, $0)) >= minimumSide } ?? 8
    }
}
