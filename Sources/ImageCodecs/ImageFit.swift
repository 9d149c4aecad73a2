/// How a picture of one shape is put into another.
///
/// `Training/preprocess.py` computes the same rectangles with the same operations, so that a model sees at home what it
/// was taught on.
public enum ImageFit: String, Sendable, CaseIterable {
    /// All of the picture, its shape kept, centred on a background (letterbox).
    case pad
    /// The largest centred part of the picture that has the target's shape.
    case crop
    /// All of the picture, its shape given up.
    case stretch

    /// What is taken from the source and where it goes.
    public struct Placement: Sendable, Equatable {
        /// The part of the source, in its pixels; lies inside it, and may cut through pixels.
        public let source: ImageRectangle
        /// Left edge in the target, in whole pixels.
        public let x: Int
        /// Top edge in the target, in whole pixels.
        public let y: Int
        /// Width in the target, in whole pixels.
        public let width: Int
        /// Height in the target, in whole pixels.
        public let height: Int

        /// - Parameters:
        ///   - source: the part of the source.
        ///   - x: left edge in the target.
        ///   - y: top edge in the target.
        ///   - width: width in the target.
        ///   - height: height in the target.
        public init(source: ImageRectangle, x: Int, y: Int, width: Int, height: Int) {
            self.source = source
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }
    }

    /// Where a picture of `sourceWidth` x `sourceHeight` goes in a target of `width` x `height`.
    ///
    /// With W x H the source and w x h the target:
    /// - `stretch`: all of the source on all of the target.
    /// - `crop`: if `W * h > H * w`, the part `(W - H * w / h) / 2, 0, H * w / h, H`, else
    ///   `0, (H - W * h / w) / 2, W, W * h / w`, on all of the target.
    /// - `pad`: all of the source on `a` x `b` pixels at `((w - a) / 2, (h - b) / 2)`, rounded down. If
    ///   `W * h > H * w`, `a = w` and `b = max(1, floor(H * w / W + 1/2))`, else `b = h` and
    ///   `a = max(1, floor(W * h / H + 1/2))`.
    ///
    /// - Parameters:
    ///   - sourceWidth: width of the picture in pixels.
    ///   - sourceHeight: height of the picture in pixels.
    ///   - width: width of the target in pixels.
    ///   - height: height of the target in pixels.
    /// - Returns: what to take and where to put it.
    /// - Precondition: all four are positive.
    public func placement(sourceWidth: Int, sourceHeight: Int, width: Int, height: Int) -> Placement {
        precondition(sourceWidth > 0 && sourceHeight > 0 && width > 0 && height > 0, "sides are positive")
        let all = ImageRectangle(x: 0, y: 0, width: Double(sourceWidth), height: Double(sourceHeight))
        let isWider = sourceWidth * height > sourceHeight * width
        switch self {
        case .stretch:
            return Placement(source: all, x: 0, y: 0, width: width, height: height)
        case .crop:
            var part = all
            if isWider {
                part.width = Double(sourceHeight * width) / Double(height)
                part.x = (all.width - part.width) / 2
            } else {
                part.height = Double(sourceWidth * height) / Double(width)
                part.y = (all.height - part.height) / 2
            }
            return Placement(source: part, x: 0, y: 0, width: width, height: height)
        case .pad:
            // Whole numbers throughout: floor(p / q + 1/2) is (2p + q) / 2q.
            let a = isWider ? width : max(1, (2 * sourceWidth * height + sourceHeight) / (2 * sourceHeight))
            let b = isWider ? max(1, (2 * sourceHeight * width + sourceWidth) / (2 * sourceWidth)) : height
            return Placement(source: all, x: (width - a) / 2, y: (height - b) / 2, width: a, height: b)
        }
    }
}
