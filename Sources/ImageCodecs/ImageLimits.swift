/// What a picture may take. Sizes are checked from headers, before any pixel is decoded; scans as they come.
public struct ImageLimits: Sendable, Equatable {
    /// Size of the file in bytes.
    public var bytes: Int
    /// Width times height.
    public var pixels: Int
    /// Width, and height.
    public var side: Int
    /// Scans of a progressive JPEG; ordinary ones have about ten.
    public var scans: Int
    /// Width times height times scans of a progressive JPEG: each scan goes over all of the pixels once more.
    public var scannedPixels: Int
    /// Chunks of a PNG or WebP.
    public var chunks: Int

    /// 20 MB, 50 megapixels, 16,384 pixels a side, 100 scans (20 where there are 50 megapixels), unless said otherwise.
    public init(
        bytes: Int = 20_000_000, pixels: Int = 50_000_000, side: Int = 16_384, scans: Int = 100,
        scannedPixels: Int = 1_000_000_000, chunks: Int = 65_536
    ) {
        self.bytes = bytes
        self.pixels = pixels
        self.side = side
        self.scans = scans
        self.scannedPixels = scannedPixels
        self.chunks = chunks
    }

    /// Refuses a file that has too many bytes, before it is read.
    ///
    /// - Throws: ``ImageError/tooLarge(reason:)``.
    public func check(byteCount: Int) throws(ImageError) {
        if byteCount > bytes {
            throw .tooLarge(
                reason: "it has \(Self.tenths(byteCount)) MB, and at most \(Self.tenths(bytes)) are accepted")
        }
    }

    func check(width: Int, height: Int) throws(ImageError) {
        if max(width, height) > side {
            throw .tooLarge(reason: "it has \(width) x \(height) pixels, and at most \(side) a side are accepted")
        }
        if width * height > pixels {
            throw .tooLarge(
                reason: "it has \(Self.tenths(width * height)) megapixels, "
                    + "and at most \(Self.tenths(pixels)) are accepted")
        }
    }

    /// How many scans a JPEG of a size may have: one at least.
    func scans(width: Int, height: Int) -> Int {
        max(1, min(scans, scannedPixels / max(1, width * height)))
    }

    /// Millions with one decimal where it is not zero; rounded up, so that what exceeds a limit also reads so.
    private static func tenths(_ count: Int) -> String {
        let tenths = (count + 99_999) / 100_000
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
