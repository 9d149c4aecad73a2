import ImageCodecs

/// How fast a model is on this machine, from pixels to vector.
public struct EmbeddingSpeed: Sendable {
    /// Median of the milliseconds that one photo takes, alone, on all cores.
    public let latencyMilliseconds: Double
    /// Photos a second, many at once.
    public let photosPerSecond: Double
}

extension EmbeddingModel {
    /// Measures the model on ``RGBImage/synthetic(width:height:)`` of 480 x 640 pixels.
    ///
    /// - Parameter seconds: about how long to measure; half for one photo at a time, half for many.
    /// - Returns: the speed.
    /// - Throws: what embedding throws.
    public func measure(seconds: Double) throws -> EmbeddingSpeed {
        let image = RGBImage.synthetic(width: 480, height: 640)
        _ = try embed(image)
        let clock = ContinuousClock()
        func time(_ work: () throws -> Void) throws -> Double {
            let elapsed = try clock.measure(work)
            return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        }
        var singles: [Double] = []
        var spent = 0.0
        repeat {
            let once = try time { _ = try embed(image) }
            singles.append(once)
            spent += once
        } while spent < seconds / 2
        let batch = [RGBImage](repeating: image, count: 16)
        var photos = 0
        spent = 0
        repeat {
            spent += try time { _ = try embed(batch) }
            photos += batch.count
        } while spent < seconds / 2
        return EmbeddingSpeed(
            latencyMilliseconds: singles.sorted()[singles.count / 2] * 1000,
            photosPerSecond: Double(photos) / spent)
    }
}

extension RGBImage {
    /// A picture that is always the same: a coloured gradient with a grain of integer noise.
    ///
    /// - Precondition: sides are positive.
    static func synthetic(width: Int, height: Int) -> RGBImage {
        var pixels = [UInt8](repeating: 0, count: 3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = y * width + x
                let grain = Int((UInt32(truncatingIfNeeded: pixel) &* 2_654_435_761) >> 28)
                pixels[3 * pixel] = UInt8(min(255, x * 240 / width + grain))
                pixels[3 * pixel + 1] = UInt8(min(255, y * 240 / height + grain))
                pixels[3 * pixel + 2] = UInt8(min(255, (x + y) * 240 / (width + height) + grain))
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}
