/// A network up to its last feature map as a list of steps, for whoever computes it: in float32, in int8, or to calibrate.
///
/// ResNet-18, 34, 50, 101 and 152 (He et al., "Deep Residual Learning for Image Recognition", 2015) are in torchvision's
/// form "v1.5": a bottleneck's stride is on its 3x3 convolution. VGG16 is without batch norm (Simonyan and Zisserman, "Very
/// Deep Convolutional Networks", 2014, configuration D), up to the last max pooling.
///
/// Each step puts out a value; value 0 is the network's input, value n that of step n - 1. The last value is the last
/// feature map.
struct ConvolutionGraph {
    enum Operation {
        case convolution(ConvolutionWeights, relu: Bool)
        case maxPool(MaxPool)
    }

    struct Step {
        /// Name of the activation that it puts out.
        let name: String
        let operation: Operation
        /// Number of the value it takes.
        let input: Int
        /// Number of the value that is added before the ReLU.
        var residual: Int?

        func outputShape(for input: FeatureShape) -> FeatureShape {
            switch operation {
            case .convolution(let weights, _): weights.outputShape(for: input)
            case .maxPool(let pool): pool.outputShape(for: input)
            }
        }
    }

    private(set) var steps: [Step] = []

    /// Reads the weights of a network.
    ///
    /// - Throws: ``NeuralNetError`` if a tensor is missing or unusable.
    init(_ architecture: Architecture, _ reader: WeightReader) throws {
        if architecture == .vgg16 {
            try addVGG16(reader)
        } else {
            try addResNet(architecture, reader)
        }
    }

    /// The shape of each value, that of the input first.
    func shapes(for input: FeatureShape) -> [FeatureShape] {
        var shapes = [input]
        for step in steps { shapes.append(step.outputShape(for: shapes[step.input])) }
        return shapes
    }

    /// The buffers for values, of four, so that none is written to while something in it is still needed.
    ///
    /// A step that adds a residual writes to the residual's place if it can: another map would have to be brought into the
    /// cache.
    ///
    /// - Parameter place: the input's buffer.
    /// - Returns: a buffer for each value, the input's first.
    func places(input place: Int) -> [Int] {
        var places = [place]
        for (index, step) in steps.enumerated() {
            let later = steps[(index + 1)...].flatMap { [$0.input, $0.residual ?? $0.input] }
            let needed = Set((later.filter { $0 <= index } + [step.input]).map { places[$0] })
            let candidates = (step.residual.map { [places[$0]] } ?? []) + Array(0..<4)
            guard let free = candidates.first(where: { !needed.contains($0) }) else {
                preconditionFailure("a network has at most three values in use")
            }
            places.append(free)
        }
        return places
    }

    /// Number of the value put out last.
    private var last: Int { steps.count }

    private mutating func add(_ name: String, _ operation: Operation, input: Int? = nil, residual: Int? = nil) -> Int {
        steps.append(Step(name: name, operation: operation, input: input ?? last, residual: residual))
        return last
    }

    private mutating func addResNet(_ architecture: Architecture, _ reader: WeightReader) throws {
        let stem = try reader.folded(
            "conv1", batchNorm: "bn1", inputs: 3, outputs: 64, kernel: 7, stride: 2, padding: 3)
        _ = add("conv1", .convolution(stem, relu: true))
        var x = add("maxpool", .maxPool(MaxPool(kernel: 3, stride: 2, padding: 1)))
        for block in ResNetBlock.all(of: architecture) {
            var around = x
            if block.needsProjection {
                let weights = try reader.folded(
                    "\(block.prefix).downsample.0", batchNorm: "\(block.prefix).downsample.1", inputs: block.inputs,
                    outputs: block.outputs, kernel: 1, stride: block.stride, padding: 0)
                around = add("\(block.prefix).downsample", .convolution(weights, relu: false), input: x)
            }
            var channels = block.inputs
            for (index, layer) in block.layers.enumerated() {
                let number = index + 1
                let weights = try reader.folded(
                    "\(block.prefix).conv\(number)", batchNorm: "\(block.prefix).bn\(number)", inputs: channels,
                    outputs: layer.outputs, kernel: layer.kernel, stride: layer.stride, padding: layer.kernel / 2)
                channels = layer.outputs
                x = add(
                    "\(block.prefix).conv\(number)", .convolution(weights, relu: true), input: x,
                    residual: number == block.layers.count ? around : nil)
            }
        }
    }

    private mutating func addVGG16(_ reader: WeightReader) throws {
        var inputs = 3
        // Position in torchvision's list, where each convolution is followed by a ReLU.
        var position = 0
        for (width, depth) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
            for _ in 0..<depth {
                let name = "features.\(position)"
                let weights = ConvolutionWeights(
                    filters: try reader.tensor("\(name).weight", [width, inputs, 3, 3]),
                    bias: try reader.tensor("\(name).bias", [width]), inputChannels: inputs, outputChannels: width,
                    kernel: 3, stride: 1, padding: 1)
                _ = add(name, .convolution(weights, relu: true))
                inputs = width
                position += 2
            }
            _ = add("features.\(position)", .maxPool(MaxPool(kernel: 2, stride: 2, padding: 0)))
            position += 1
        }
    }
}

/// Where the convolutions of a ResNet's block are, and how large.
private struct ResNetBlock {
    let prefix: String
    let inputs: Int
    let stride: Int
    let layers: [(kernel: Int, outputs: Int, stride: Int)]

    var outputs: Int { layers[layers.count - 1].outputs }
    var needsProjection: Bool { stride != 1 || inputs != outputs }

    static func all(of architecture: Architecture) -> [ResNetBlock] {
        let depths: [Int]
        switch architecture {
        case .resnet18: depths = [2, 2, 2, 2]
        case .resnet34, .resnet50: depths = [3, 4, 6, 3]
        case .resnet101: depths = [3, 4, 23, 3]
        case .resnet152: depths = [3, 8, 36, 3]
        case .vgg16: preconditionFailure("VGG16 is no ResNet")
        }
        let isBottleneck = architecture.poolDimension == 2048
        var blocks: [ResNetBlock] = []
        for (stage, depth) in depths.enumerated() {
            for index in 0..<depth {
                let width = 64 << stage
                let stride = stage > 0 && index == 0 ? 2 : 1
                blocks.append(
                    ResNetBlock(
                        prefix: "layer\(stage + 1).\(index)", inputs: blocks.last?.outputs ?? 64, stride: stride,
                        layers: isBottleneck
                            ? [(1, width, 1), (3, width, stride), (1, 4 * width, 1)]
                            : [(3, width, stride), (3, width, 1)]))
            }
        }
        return blocks
    }
}
