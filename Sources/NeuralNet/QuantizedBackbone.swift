import Tensors

internal import CKernels

/// A network in int8, from the picture to the last feature map.
struct QuantizedBackbone: Backbone {
    private enum Operation: Sendable {
        case convolution(any ByteConvolution, residual: Int?)
        case maxPool(MaxPool)
    }

    private struct Step: Sendable {
        let operation: Operation
        /// Buffers that it reads and writes.
        let source: Int
        let destination: Int
        /// For a profile.
        let kind: String
        let filterCount: Int

        func outputShape(for input: FeatureShape) -> FeatureShape {
            switch operation {
            case .convolution(let convolution, _): convolution.outputShape(for: input)
            case .maxPool(let pool): pool.outputShape(for: input)
            }
        }
    }

    /// The first step's, which takes what comes from outside.
    private let first: QuantizedConvolution
    private let steps: [Step]
    /// Numbers of the step whose output each step reads; nil is the picture.
    private let sources: [Int?]
    private let input: Quantization
    private let output: Quantization
    private let profile: LayerProfile?

    /// - Throws: ``NeuralNetError/unusableCalibration(file:reason:)`` unless `ranges` are those of this network.
    init(
        _ graph: ConvolutionGraph, ranges: ActivationRanges, products: Int8Products, file: String,
        profile: LayerProfile? = nil
    ) throws {
        func quantization(_ name: String) throws -> Quantization {
            guard let range = ranges.ranges[name] else {
                throw NeuralNetError.unusableCalibration(file: file, reason: "it has no range for \(name)")
            }
            return Quantization(range)
        }
        self.profile = profile
        input = try quantization("input")
        let places = graph.places(input: 1)
        // What each value's bytes stand for.
        var quantizations = [input]
        var steps: [Step] = []
        for (index, step) in graph.steps.enumerated() {
            let operation: Operation
            var kind = "max pool"
            var filterCount = 0
            switch step.operation {
            case .maxPool(let pool):
                // The largest byte is the largest number's.
                quantizations.append(quantizations[step.input])
                operation = .maxPool(pool)
            case .convolution(let weights, _):
                quantizations.append(try quantization(step.name))
                let convolution = Self.convolution(
                    weights, products, input: quantizations[step.input],
                    residual: step.residual.map { quantizations[$0] }, output: quantizations[index + 1])
                guard !convolution.mayOverflow else {
                    throw NeuralNetError.unusableCalibration(
                        file: file, reason: "the range of \(step.name) is too narrow for what comes in")
                }
                operation = .convolution(convolution, residual: step.residual.map { places[$0] })
                kind = weights.kind
                filterCount = weights.filters.count
            }
            steps.append(
                Step(
                    operation: operation, source: places[step.input], destination: places[index + 1], kind: kind,
                    filterCount: filterCount))
        }
        guard case .convolution(let convolution as QuantizedConvolution, _) = steps.first?.operation else {
            preconditionFailure("networks begin with a convolution of pictures")
        }
        first = convolution
        output = quantizations[quantizations.count - 1]
        sources = graph.steps.map { $0.input == 0 ? nil : $0.input - 1 }
        self.steps = steps
    }

    private static func convolution(
        _ weights: ConvolutionWeights, _ products: Int8Products, input: Quantization, residual: Quantization?,
        output: Quantization
    ) -> any ByteConvolution {
        if products == .winograd,
            let convolution = QuantizedWinograd(weights, input: input, residual: residual, output: output)
        {
            return convolution
        }
        return QuantizedConvolution(weights, input: input, residual: residual, output: output)
    }

    /// The shape that each step puts out.
    private func shapes(for input: FeatureShape) -> [FeatureShape] {
        var shapes: [FeatureShape] = []
        for (step, source) in zip(steps, sources) {
            shapes.append(step.outputShape(for: source.map { shapes[$0] } ?? input))
        }
        return shapes
    }

    func plan(for input: FeatureShape) -> (output: FeatureShape, largest: Int)? {
        let shapes = shapes(for: input)
        guard let output = shapes.last, shapes.allSatisfy({ $0.count > 0 }) else { return nil }
        // Maps are bytes, but for the first and the last.
        var largest = max(input.count, output.count)
        for shape in shapes { largest = max(largest, (shape.count + 3) / 4) }
        largest = max(largest, (first.inputBytes(for: input) + 3) / 4)
        return (output, largest)
    }

    func run(
        _ shape: FeatureShape, _ buffers: [UnsafeMutablePointer<Float>], _ context: ComputeContext
    ) -> UnsafePointer<Float> {
        let bytes = buffers.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt8.self) }
        first.quantize(buffers[0], shape, as: input, into: bytes[steps[0].source], context)
        let shapes = shapes(for: shape)
        for (index, step) in steps.enumerated() {
            let inputShape = sources[index].map { shapes[$0] } ?? shape
            let start = profile.map { _ in ContinuousClock.now }
            switch step.operation {
            case .convolution(let convolution, let residual):
                convolution.run(
                    bytes[step.source], inputShape, residual: residual.map { UnsafePointer(bytes[$0]) },
                    into: bytes[step.destination], context)
            case .maxPool(let pool):
                Self.run(pool, bytes[step.source], inputShape, into: bytes[step.destination], context)
            }
            if let profile, let start {
                profile.record(
                    step.kind, multiplyAdds: step.filterCount * shapes[index].pixels, ContinuousClock.now - start)
            }
        }
        let last = steps[steps.count - 1].destination
        let result = buffers[(last + 1) % 4]
        vk_int8_to_floats(bytes[last], shapes[shapes.count - 1].count, output.scale, Int32(output.zero), result)
        return UnsafePointer(result)
    }

    private static func run(
        _ pool: MaxPool, _ input: UnsafePointer<UInt8>, _ shape: FeatureShape,
        into output: UnsafeMutablePointer<UInt8>, _ context: ComputeContext
    ) {
        let out = pool.outputShape(for: shape)
        var window = vk_int8_window()
        window.input = input
        window.in_height = Int32(shape.height)
        window.in_width = Int32(shape.width)
        window.pixel_bytes = Int32(shape.channels)
        window.row_bytes = Int32(shape.width * shape.channels)
        window.image_bytes = shape.height * shape.width * shape.channels
        window.out_height = Int32(out.height)
        window.out_width = Int32(out.width)
        window.kernel = Int32(pool.kernel)
        window.stride = Int32(pool.stride)
        window.padding = Int32(pool.padding)
        let rows = out.images * out.height
        let pieces = out.count > 1 << 15 ? min(rows, context.pool.threads) : 1
        context.pool.parallelFor(pieces) { [window] piece in
            let first = piece * rows / pieces
            let count = (piece + 1) * rows / pieces - first
            withUnsafePointer(to: window) {
                vk_int8_max_pool($0, Int32(shape.channels), Int32(first), Int32(count), output)
            }
        }
    }
}
