internal import CImageCodecs

/// The weights of ``Resampler`` along one axis.
struct ResampleTaps {
    private(set) var firsts: [Int32] = []
    private(set) var counts: [Int32] = []
    private(set) var weights: [Float] = []
    private let stride: Int

    /// For `length` outputs from `extent` pixels at `origin`, of an axis with `limit` pixels.
    init(origin: Double, extent: Double, length: Int, limit: Int) {
        let scale = extent / Double(length)
        let support = max(1, scale)
        // Pixels that the rectangle touches; those outside do not exist.
        let low = max(0, min(limit - 1, Int(origin.rounded(.down))))
        let high = max(low + 1, min(limit, Int((origin + extent).rounded(.up))))
        stride = min(high - low, Int((2 * support).rounded(.up)) + 2)
        firsts.reserveCapacity(length)
        counts.reserveCapacity(length)
        weights.reserveCapacity(length * stride)
        var row = [Double](repeating: 0, count: stride)
        for i in 0..<length {
            let centre = origin + (Double(i) + 0.5) * scale
            // The nearest pixel inside is kept whatever rounding does, so that weights always have a sum.
            let nearest = max(low, min(high - 1, Int(centre.rounded(.down))))
            let first = min(nearest, max(low, Int((centre - support - 0.5).rounded(.up))))
            let end = max(nearest + 1, min(high, first + stride, Int((centre + support + 0.5).rounded(.down)) + 1))
            var sum = 0.0
            for k in 0..<(end - first) {
                let distance = abs(Double(first + k) + 0.5 - centre)
                row[k] = max(0, 1 - distance / support)
                sum += row[k]
            }
            if sum == 0 {
                row[nearest - first] = 1
                sum = 1
            }
            // Without the ends that weigh nothing: at the same size, one pixel of three is left.
            let used = row[..<(end - first)]
            let from = used.firstIndex { $0 > 0 } ?? 0
            let to = (used.lastIndex { $0 > 0 } ?? 0) + 1
            firsts.append(Int32(first + from))
            counts.append(Int32(to - from))
            for k in 0..<stride { weights.append(k < to - from ? Float(row[from + k] / sum) : 0) }
        }
    }

    /// The taps as C takes them, valid within `body`.
    func withTaps<Result>(_ body: (imc_taps) -> Result) -> Result {
        firsts.withUnsafeBufferPointer { firsts in
            counts.withUnsafeBufferPointer { counts in
                weights.withUnsafeBufferPointer { weights in
                    body(
                        imc_taps(
                            firsts: firsts.baseAddress, counts: counts.baseAddress, weights: weights.baseAddress,
                            stride: Int32(stride), length: Int32(firsts.count)))
                }
            }
        }
    }
}
