import Tensors

internal import CKernels

/// Finds the range of each activation of a network, by running it in single precision on pictures.
///
/// A few large values would spend the 256 steps of a byte on a range that is hardly used. So a range is cut where the
/// mean squared error of all values seen is least: that of rounding within it (step² / 12) plus that of cutting off what
/// lies beyond.
public final class RangeCalibration {
    private let graph: ConvolutionGraph
    private let convolutions: [(any Convolution)?]
    private let context: ComputeContext
    private var input = Histogram()
    private var histograms: [Histogram]
    /// Pictures seen.
    public private(set) var pictures = 0

    /// Makes a network to observe.
    ///
    /// - Parameters:
    ///   - architecture: which network it is.
    ///   - width: of the pictures.
    ///   - height: of the pictures.
    ///   - weights: those of the network.
    ///   - pool: the threads to compute with.
    /// - Throws: as ``Network`` does.
    public init(
        _ architecture: Architecture, width: Int, height: Int, weights: any WeightSource, pool: ThreadPool = .shared
    ) throws {
        context = try ComputeContext(pool: pool)
        let reader = WeightReader(weights)
        graph = try ConvolutionGraph(architecture, reader)
        let shapes = graph.shapes(for: FeatureShape(height: height, width: width, channels: 3))
        convolutions = graph.steps.map { step in
            guard case .convolution(let weights, _) = step.operation else { return nil }
            return makeConvolution(weights, for: shapes[step.input])
        }
        histograms = [Histogram](repeating: Histogram(), count: graph.steps.count)
    }

    /// Runs the network on a picture, as ``Network/callAsFunction(planes:width:height:scale:shift:)`` takes it, and counts
    /// the values of each activation.
    ///
    /// - Throws: ``NeuralNetError/unsuitableInput(reason:)``.
    public func observe(
        planes: [Float], width: Int, height: Int, scale: [Float] = [1, 1, 1], shift: [Float] = [0, 0, 0]
    ) throws(NeuralNetError) {
        let shape = FeatureShape(height: height, width: width, channels: 3)
        guard planes.count == shape.count, shape.count > 0, scale.count == 3, shift.count == 3 else {
            throw .unsuitableInput(reason: "\(planes.count) floats are no picture of \(width)x\(height) pixels")
        }
        let picture = FloatBuffer(uninitialized: shape.count)
        vk_interleave_rgb(planes, Int32(shape.pixels), scale, shift, picture.pointer)
        var values = [(map: picture, shape: shape)]
        input.add(picture)
        for (index, step) in graph.steps.enumerated() {
            let (source, shape) = values[step.input]
            let out = step.outputShape(for: shape)
            guard out.count > 0 else {
                throw .unsuitableInput(reason: "\(width)x\(height) pixels are too few for this network")
            }
            let map = FloatBuffer(uninitialized: out.count)
            switch step.operation {
            case .convolution(_, let relu):
                let residual = step.residual.map { UnsafePointer(values[$0].map.pointer) }
                convolutions[index]?.run(
                    source.pointer, shape, residual: residual, relu: relu, into: map.pointer, context)
                histograms[index].add(map)
            case .maxPool(let pool):
                pool.run(source.pointer, shape, into: map.pointer, context)
            }
            values.append((map, out))
        }
        pictures += 1
    }

    /// The ranges of what was observed so far.
    public func ranges() -> ActivationRanges {
        var ranges = ["input": input.extremes]
        for (step, histogram) in zip(graph.steps, histograms) {
            if case .convolution = step.operation { ranges[step.name] = histogram.bestRange }
        }
        return ActivationRanges(ranges.compactMapValues { $0 })
    }
}

/// Values by size, in bins of equal width whose number stays the same: when a value is too large for them, pairs become
/// one.
private struct Histogram {
    private static let bins = 8192
    /// Values are between minus this and this; a power of two.
    private var limit: Float = 1
    private var counts = [UInt64](repeating: 0, count: bins)
    private var least: Float = 0
    private var largest: Float = 0

    mutating func add(_ values: FloatBuffer) {
        var (low, high) = (Float(0), Float(0))
        vk_extremes(values.pointer, values.count, &low, &high)
        least = min(least, low)
        largest = max(largest, high)
        while max(high, -low) > limit, limit < 1e30 { widen() }
        vk_histogram(values.pointer, values.count, limit, Int32(Self.bins), &counts)
    }

    private mutating func widen() {
        var wider = [UInt64](repeating: 0, count: Self.bins)
        for (bin, count) in counts.enumerated() { wider[Self.bins / 4 + bin / 2] += count }
        counts = wider
        limit *= 2
    }

    /// All that was seen, and 0.
    var extremes: ActivationRanges.Range? { ActivationRanges.Range(least, largest) }

    /// The range with the least squared error.
    var bestRange: ActivationRanges.Range? {
        var best = (error: Double.infinity, share: Float(1))
        for percent in stride(from: 100, through: 20, by: -1) {
            let share = Float(percent) / 100
            let error = squaredError(Double(least * share)...Double(largest * share))
            if error < best.error { best = (error, share) }
        }
        return ActivationRanges.Range(least * best.share, largest * best.share)
    }

    private func squaredError(_ range: ClosedRange<Double>) -> Double {
        let step = (range.upperBound - range.lowerBound) / 255
        let width = 2 * Double(limit) / Double(Self.bins)
        var error = 0.0
        for (bin, count) in counts.enumerated() where count > 0 {
            let value = (Double(bin) + 0.5) * width - Double(limit)
            let beyond = max(0, max(range.lowerBound - value, value - range.upperBound))
            // Zero is exact, and after a ReLU half of all values are.
            let rounding = abs(value) <= width ? 0 : step * step / 12
            error += Double(count) * (beyond > 0 ? beyond * beyond : rounding)
        }
        return error
    }
}
