import Tensors

/// A network in single precision, from the picture to the last feature map.
struct FloatBackbone: Backbone {
    private enum Operation: Sendable {
        case convolution(any Convolution, relu: Bool, residual: Int?)
        case maxPool(MaxPool)
    }

    private struct Step: Sendable {
        let operation: Operation
        /// Number of the value that it takes, as in ``ConvolutionGraph``.
        let input: Int
        /// Buffers that it reads and writes.
        let source: Int
        let destination: Int

        func outputShape(for input: FeatureShape) -> FeatureShape {
            switch operation {
            case .convolution(let convolution, _, _): convolution.outputShape(for: input)
            case .maxPool(let pool): pool.outputShape(for: input)
            }
        }
    }

    private let steps: [Step]

    /// - Parameters:
    ///   - graph: the network.
    ///   - input: shape of the images that it should be fastest for.
    ///   - profile: where the time of each convolution goes, if wanted.
    init(_ graph: ConvolutionGraph, for input: FeatureShape, profile: LayerProfile? = nil) {
        let shapes = graph.shapes(for: input)
        let places = graph.places(input: 0)
        steps = graph.steps.enumerated().map { index, step in
            let operation: Operation
            switch step.operation {
            case .maxPool(let pool): operation = .maxPool(pool)
            case .convolution(let weights, let relu):
                let convolution = makeConvolution(weights, for: shapes[step.input])
                operation = .convolution(
                    profile.map { ProfiledConvolution(convolution, weights, $0) } ?? convolution, relu: relu,
                    residual: step.residual.map { places[$0] })
            }
            return Step(
                operation: operation, input: step.input, source: places[step.input], destination: places[index + 1])
        }
    }

    /// The shape of each value, that of the input first.
    private func shapes(for input: FeatureShape) -> [FeatureShape] {
        var shapes = [input]
        for step in steps { shapes.append(step.outputShape(for: shapes[step.input])) }
        return shapes
    }

    func plan(for input: FeatureShape) -> (output: FeatureShape, largest: Int)? {
        let shapes = shapes(for: input)
        guard shapes.allSatisfy({ $0.count > 0 }) else { return nil }
        return (shapes[shapes.count - 1], shapes.map(\.count).max() ?? 0)
    }

    func run(
        _ shape: FeatureShape, _ buffers: [UnsafeMutablePointer<Float>], _ context: ComputeContext
    ) -> UnsafePointer<Float> {
        let shapes = shapes(for: shape)
        for step in steps {
            let (source, destination) = (buffers[step.source], buffers[step.destination])
            switch step.operation {
            case .convolution(let convolution, let relu, let residual):
                convolution.run(
                    source, shapes[step.input], residual: residual.map { UnsafePointer(buffers[$0]) }, relu: relu,
                    into: destination, context)
            case .maxPool(let pool):
                pool.run(source, shapes[step.input], into: destination, context)
            }
        }
        return UnsafePointer(buffers[steps[steps.count - 1].destination])
    }
}
