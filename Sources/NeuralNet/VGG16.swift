import Tensors

/// VGG16 without batch norm (Simonyan and Zisserman, "Very Deep Convolutional Networks", 2014, configuration D), as
/// torchvision has it: convolutions `features.N` with bias, up to the last max pooling.
struct VGG16: Backbone {
    private enum Step: Sendable {
        case convolution(any Convolution)
        case pool
    }

    private let steps: [Step]
    private let pool = MaxPool(kernel: 2, stride: 2, padding: 0)

    /// Reads the weights.
    ///
    /// - Parameters:
    ///   - reader: where the tensors are.
    ///   - input: shape of the images that it should be fastest for.
    /// - Throws: ``NeuralNetError`` if a tensor is missing or unusable.
    init(_ reader: WeightReader, for input: FeatureShape) throws {
        var steps: [Step] = []
        var shape = input
        // Position in torchvision's list, where each convolution is followed by a ReLU.
        var position = 0
        for (width, depth) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
            for _ in 0..<depth {
                let name = "features.\(position)"
                let convolution = reader.convolution(
                    ConvolutionWeights(
                        filters: try reader.tensor("\(name).weight", [width, shape.channels, 3, 3]),
                        bias: try reader.tensor("\(name).bias", [width]), inputChannels: shape.channels,
                        outputChannels: width,
                        kernel: 3, stride: 1, padding: 1), for: shape)
                steps.append(.convolution(convolution))
                shape = convolution.outputShape(for: shape)
                position += 2
            }
            steps.append(.pool)
            shape = pool.outputShape(for: shape)
            position += 1
        }
        self.steps = steps
    }

    func plan(for input: FeatureShape) -> (output: FeatureShape, largest: Int)? {
        var shape = input
        var largest = shape.count
        for step in steps {
            switch step {
            case .convolution(let convolution): shape = convolution.outputShape(for: shape)
            case .pool: shape = pool.outputShape(for: shape)
            }
            guard shape.width > 0, shape.height > 0 else { return nil }
            largest = max(largest, shape.count)
        }
        return (shape, largest)
    }

    func run(
        _ shape: FeatureShape, _ buffers: [UnsafeMutablePointer<Float>], _ context: ComputeContext
    ) -> UnsafePointer<Float> {
        var (x, y) = (buffers[0], buffers[1])
        var shape = shape
        for step in steps {
            switch step {
            case .convolution(let convolution):
                convolution.run(x, shape, residual: nil, relu: true, into: y, context)
                shape = convolution.outputShape(for: shape)
            case .pool:
                pool.run(x, shape, into: y, context)
                shape = pool.outputShape(for: shape)
            }
            swap(&x, &y)
        }
        return UnsafePointer(x)
    }
}
