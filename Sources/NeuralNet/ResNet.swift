import Tensors

/// ResNet-18, 34, 50, 101 and 152 (He et al., "Deep Residual Learning for Image Recognition", 2015), in torchvision's
/// form "v1.5": a bottleneck's stride is on its 3x3 convolution. Batch norm is folded into the convolutions.
struct ResNet: Backbone {
    private let stem: any Convolution
    private let pool = MaxPool(kernel: 3, stride: 2, padding: 1)
    private let blocks: [Block]

    /// Two or three convolutions, and the way around them.
    private struct Block: Sendable {
        let convolutions: [any Convolution]
        let downsample: (any Convolution)?
    }

    /// Reads the weights.
    ///
    /// - Parameters:
    ///   - architecture: one of the ResNets.
    ///   - reader: where the tensors are.
    ///   - input: shape of the images that it should be fastest for.
    /// - Throws: ``NeuralNetError`` if a tensor is missing or unusable.
    init(_ architecture: Architecture, _ reader: WeightReader, for input: FeatureShape) throws {
        stem = try reader.convolution(
            "conv1", batchNorm: "bn1", for: input, outputs: 64, kernel: 7, stride: 2, padding: 3)
        var shape = pool.outputShape(for: stem.outputShape(for: input))
        let depths: [Int]
        switch architecture {
        case .resnet18: depths = [2, 2, 2, 2]
        case .resnet34, .resnet50: depths = [3, 4, 6, 3]
        case .resnet101: depths = [3, 4, 23, 3]
        case .resnet152: depths = [3, 8, 36, 3]
        case .vgg16: preconditionFailure("VGG16 is no ResNet")
        }
        let isBottleneck = architecture.poolDimension == 2048
        var blocks: [Block] = []
        for (stage, depth) in depths.enumerated() {
            for index in 0..<depth {
                let prefix = "layer\(stage + 1).\(index)"
                let width = 64 << stage
                let outputs = isBottleneck ? 4 * width : width
                let stride = stage > 0 && index == 0 ? 2 : 1
                // Kernel, outputs and stride of each convolution.
                let plan =
                    isBottleneck
                    ? [(1, width, 1), (3, width, stride), (1, outputs, 1)] : [(3, width, stride), (3, width, 1)]
                let needsProjection = stride != 1 || shape.channels != outputs
                let downsample =
                    needsProjection
                    ? try reader.convolution(
                        "\(prefix).downsample.0", batchNorm: "\(prefix).downsample.1", for: shape, outputs: outputs,
                        kernel: 1, stride: stride, padding: 0) : nil
                var convolutions: [any Convolution] = []
                for (number, step) in plan.enumerated() {
                    let convolution = try reader.convolution(
                        "\(prefix).conv\(number + 1)", batchNorm: "\(prefix).bn\(number + 1)", for: shape,
                        outputs: step.1, kernel: step.0, stride: step.2, padding: step.0 / 2)
                    shape = convolution.outputShape(for: shape)
                    convolutions.append(convolution)
                }
                blocks.append(Block(convolutions: convolutions, downsample: downsample))
            }
        }
        self.blocks = blocks
    }

    func plan(for input: FeatureShape) -> (output: FeatureShape, largest: Int)? {
        var shape = stem.outputShape(for: input)
        var largest = max(input.count, shape.count)
        shape = pool.outputShape(for: shape)
        for block in blocks {
            for convolution in block.convolutions {
                shape = convolution.outputShape(for: shape)
                largest = max(largest, shape.count)
            }
        }
        return (shape, largest)
    }

    func run(
        _ shape: FeatureShape, _ buffers: [UnsafeMutablePointer<Float>], _ context: ComputeContext
    ) -> UnsafePointer<Float> {
        stem.run(buffers[0], shape, residual: nil, relu: true, into: buffers[1], context)
        var shape = stem.outputShape(for: shape)
        pool.run(buffers[1], shape, into: buffers[0], context)
        shape = pool.outputShape(for: shape)

        // The block's input, two maps within it, and the way around when it is not the input itself. The last convolution
        // adds to what came around in its place: another map would have to be brought into the cache.
        var (x, a, b, around) = (buffers[0], buffers[1], buffers[2], buffers[3])
        for block in blocks {
            var source = x
            if let downsample = block.downsample {
                downsample.run(x, shape, residual: nil, relu: false, into: around, context)
                swap(&x, &around)
            }
            for convolution in block.convolutions.dropLast() {
                convolution.run(source, shape, residual: nil, relu: true, into: a, context)
                shape = convolution.outputShape(for: shape)
                source = a
                swap(&a, &b)
            }
            guard let last = block.convolutions.last else { continue }
            last.run(source, shape, residual: x, relu: true, into: x, context)
            shape = last.outputShape(for: shape)
        }
        return UnsafePointer(x)
    }
}

extension WeightReader {
    /// A convolution without bias followed by batch norm (eps 1e-5), as one convolution with bias:
    /// scale = weight / sqrt(variance + eps), filters * scale, bias - mean * scale (Ioffe and Szegedy, 2015, section 3.1).
    func convolution(
        _ name: String, batchNorm: String, for input: FeatureShape, outputs: Int, kernel: Int, stride: Int,
        padding: Int
    ) throws -> any Convolution {
        convolution(
            try folded(
                name, batchNorm: batchNorm, inputs: input.channels, outputs: outputs, kernel: kernel, stride: stride,
                padding: padding), for: input)
    }

    /// The weights of that convolution.
    func folded(
        _ name: String, batchNorm: String, inputs: Int, outputs: Int, kernel: Int, stride: Int, padding: Int
    ) throws -> ConvolutionWeights {
        let filters = try tensor("\(name).weight", [outputs, inputs, kernel, kernel])
        let gamma = try tensor("\(batchNorm).weight", [outputs])
        let beta = try tensor("\(batchNorm).bias", [outputs])
        let mean = try tensor("\(batchNorm).running_mean", [outputs])
        let variance = try tensor("\(batchNorm).running_var", [outputs])
        let bias = FloatBuffer(uninitialized: outputs)
        let length = inputs * kernel * kernel
        for channel in 0..<outputs {
            guard variance.pointer[channel] >= 0 else {
                throw failure("\(batchNorm).running_var", "a variance is negative")
            }
            let scale = Double(gamma.pointer[channel]) / (Double(variance.pointer[channel]) + 1e-5).squareRoot()
            let shift = Double(beta.pointer[channel]) - Double(mean.pointer[channel]) * scale
            guard Float(scale).isFinite, Float(shift).isFinite else {
                throw failure("\(batchNorm).weight", "its values overflow")
            }
            bias.pointer[channel] = Float(shift)
            let row = filters.pointer + channel * length
            for index in 0..<length { row[index] = Float(Double(row[index]) * scale) }
        }
        return ConvolutionWeights(
            filters: filters, bias: bias, inputChannels: inputs, outputChannels: outputs, kernel: kernel,
            stride: stride, padding: padding)
    }
}
