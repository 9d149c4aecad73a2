internal import CImageCodecs

extension RGBImage {
    /// The picture turned and mirrored so that it is upright.
    ///
    /// - Parameter orientation: how the pixels are stored.
    /// - Returns: the same pixels in the order in which they are to be seen.
    public func oriented(_ orientation: ImageOrientation) -> RGBImage {
        if orientation == .upright { return self }
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, initialized in
            let size = imc_size(width: UInt32(width), height: UInt32(height))
            imc_orient(pixels, size, Int32(orientation.rawValue), buffer.baseAddress)
            initialized = pixels.count
        }
        return orientation.exchangesSides
            ? RGBImage(width: height, height: width, pixels: turned)
            : RGBImage(width: width, height: height, pixels: turned)
    }
}
