internal import CImageCodecs

/// Resizes pictures with an antialiased triangle filter.
///
/// Along each axis, with `extent` source pixels from `origin` on becoming `length` pixels:
///
///     scale   = extent / length
///     support = max(1, scale)
///     centre  = origin + (i + 1/2) * scale                of output pixel i
///     weight  = max(0, 1 - |j + 1/2 - centre| / support)  of source pixel j in floor(origin) ..< ceil(origin + extent)
///     output  = sum(weight * source) / sum(weight)
///
/// This is what others call "bilinear with antialias": Pillow's `BILINEAR`, or `interpolate(mode="bilinear",
/// antialias=True)` of PyTorch, without rounding between the two axes. Pixels outside the source rectangle do not
/// exist: with whole coordinates the result is that of cutting out first and resizing then; a pixel that the edge cuts
/// through counts as a whole one. `Training/preprocess.py` has the same in NumPy.
///
/// Takes time in proportion to source pixels plus output pixels, memory for the output and one row. The same input
/// gives the same output every time.
public enum Resampler {
    /// Resizes to 8 bits, rounded once, at the end.
    ///
    /// - Parameters:
    ///   - image: the source.
    ///   - rectangle: the part to take, in source pixels, inside the image; `nil` takes all.
    ///   - width: width of the result in pixels.
    ///   - height: height of the result in pixels.
    /// - Returns: the resized picture.
    /// - Precondition: sides are positive.
    public static func resize(
        _ image: RGBImage, from rectangle: ImageRectangle? = nil, width: Int, height: Int
    ) -> RGBImage {
        precondition(width > 0 && height > 0, "sides are positive")
        let count = 3 * width * height
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            withPlan(image, rectangle, width, height) { columns, rows, scratch in
                imc_resample_bytes(image.pixels, image.width, columns, rows, scratch, buffer.baseAddress)
            }
            initialized = count
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// Resizes into a part of three planes of floats, unrounded.
    ///
    /// - Parameters:
    ///   - image: the source.
    ///   - placement: the part to take, and where it goes in the planes.
    ///   - planes: R, G and B one after the other, each `planeHeight` rows of `planeWidth` values of 0...255.
    ///   - planeWidth: width of a plane.
    ///   - planeHeight: height of a plane.
    /// - Precondition: the placement lies inside the planes.
    public static func resize(
        _ image: RGBImage, placement: ImageFit.Placement, into planes: inout [Float], planeWidth: Int, planeHeight: Int
    ) {
        let plane = planeWidth * planeHeight
        precondition(planes.count == 3 * plane, "there are three planes")
        precondition(placement.x >= 0 && placement.y >= 0 && placement.width > 0 && placement.height > 0)
        precondition(placement.x + placement.width <= planeWidth && placement.y + placement.height <= planeHeight)
        planes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            withPlan(image, placement.source, placement.width, placement.height) { columns, rows, scratch in
                imc_resample_floats(
                    image.pixels, image.width, columns, rows, scratch,
                    base + placement.y * planeWidth + placement.x, planeWidth, plane)
            }
        }
    }

    private static func withPlan(
        _ image: RGBImage, _ rectangle: ImageRectangle?, _ width: Int, _ height: Int,
        _ body: (UnsafePointer<imc_taps>, UnsafePointer<imc_taps>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let part =
            rectangle ?? ImageRectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
        // Coordinates far outside would not fit an integer; a rounding error outside is cut off.
        precondition(
            part.width > 0 && part.height > 0 && part.x > -1 && part.y > -1
                && part.x + part.width < Double(image.width) + 1 && part.y + part.height < Double(image.height) + 1,
            "the rectangle lies inside the image")
        let columns = ResampleTaps(origin: part.x, extent: part.width, length: width, limit: image.width)
        let rows = ResampleTaps(origin: part.y, extent: part.height, length: height, limit: image.height)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * image.width + 4) { scratch in
            scratch.initialize(repeating: 0)
            guard let row = scratch.baseAddress else { return }
            columns.withTaps { columns in
                rows.withTaps { rows in
                    withUnsafePointer(to: columns) { columns in
                        withUnsafePointer(to: rows) { rows in body(columns, rows, row) }
                    }
                }
            }
        }
    }
}
