extension RGBImage {
    /// The picture as a network takes it: three planes (all of R, then G, then B) of `height` rows of `width` values of
    /// 0...255, resized as ``Resampler`` says and not rounded. What `pad` leaves free is white (255).
    ///
    /// - Parameters:
    ///   - width: width of the planes.
    ///   - height: height of the planes.
    ///   - fit: how the picture's shape is brought to that of the planes.
    /// - Returns: `3 * height * width` values.
    /// - Precondition: sides are positive.
    public func tensor(width: Int, height: Int, fit: ImageFit) -> [Float] {
        let placement = fit.placement(
            sourceWidth: self.width, sourceHeight: self.height, width: width, height: height)
        var planes = [Float](repeating: 255, count: 3 * width * height)
        Resampler.resize(self, placement: placement, into: &planes, planeWidth: width, planeHeight: height)
        return planes
    }

    /// The picture with its longer side brought down to `maximumSide`; itself if it is no larger.
    ///
    /// - Parameter maximumSide: the longer side in pixels.
    /// - Returns: the smaller picture, its shape kept.
    /// - Precondition: `maximumSide` is positive.
    public func thumbnail(maximumSide: Int) -> RGBImage {
        precondition(maximumSide > 0, "sides are positive")
        guard max(width, height) > maximumSide else { return self }
        let placement = ImageFit.pad.placement(
            sourceWidth: width, sourceHeight: height, width: maximumSide, height: maximumSide)
        return Resampler.resize(self, width: placement.width, height: placement.height)
    }

    /// The part of the picture in a region: all pixels that it touches, one at least on each side.
    public func cut(to region: ImageRegion) -> RGBImage {
        func span(_ start: Double, _ length: Double, _ side: Int) -> Range<Int> {
            // A part of a millionth of a pixel is a rounding error.
            let first = min(side - 1, max(0, Int((start * Double(side) + 1e-6).rounded(.down))))
            let end = Int(((start + length) * Double(side) - 1e-6).rounded(.up))
            return first..<max(first + 1, min(side, end))
        }
        let (columns, rows) = (span(region.x, region.width, width), span(region.y, region.height, height))
        let pixels = rows.flatMap { row in
            self.pixels[3 * (row * width + columns.lowerBound)..<3 * (row * width + columns.upperBound)]
        }
        return RGBImage(width: columns.count, height: rows.count, pixels: pixels)
    }
}
