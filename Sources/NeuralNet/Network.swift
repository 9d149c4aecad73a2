import Tensors

internal import CKernels

/// Everything of a network up to its last feature map.
protocol Backbone: Sendable {
    /// Shape of the last feature map.
    ///
    /// - Returns: that, and the number of floats of the largest map on the way; `nil` if the input is too small.
    func plan(for input: FeatureShape) -> (output: FeatureShape, largest: Int)?

    /// Runs it. There are four buffers, each as long as the largest map of the plan; the first has the input.
    ///
    /// - Returns: the buffer with the last feature map.
    func run(_ shape: FeatureShape, _ buffers: [UnsafeMutablePointer<Float>], _ context: ComputeContext)
        -> UnsafePointer<Float>
}

/// A convolutional network up to the output that is the embedding. Safe to run from many threads at once.
public final class Network: Sendable {
    /// Pixels a side that an input may have at most.
    public static let maximumSide = 2048

    /// Which network it is.
    public let architecture: Architecture
    /// Length of the output.
    public let dimension: Int

    private let backbone: any Backbone
    private let layers: [Linear]
    private let context: ComputeContext

    /// Makes a network from its weights, which have torchvision's names.
    ///
    /// The head's tensors are read only if `head` is ``EmbeddingHead/fc``. The network will be fastest for pictures of
    /// `width` x `height` pixels, and takes others too.
    ///
    /// - Throws: ``NeuralNetError`` if a tensor is missing, has another shape, has values that are not finite, or does
    ///   not belong to the architecture; `TensorsError` if OpenBLAS is missing.
    package init(
        _ architecture: Architecture, head: EmbeddingHead, width: Int, height: Int, weights: any WeightSource,
        pool: ThreadPool = .shared, profile: LayerProfile? = nil
    ) throws {
        context = try ComputeContext(pool: pool)
        self.architecture = architecture
        let reader = WeightReader(weights, profile: profile)
        let input = FeatureShape(height: height, width: width, channels: 3)
        let names: [String]
        if architecture == .vgg16 {
            backbone = try VGG16(reader, for: input)
            names = ["classifier.0", "classifier.3", "classifier.6"]
        } else {
            backbone = try ResNet(architecture, reader, for: input)
            names = ["fc"]
        }
        var layers: [Linear] = []
        if head == .fc {
            var inputs = architecture == .vgg16 ? 512 * 7 * 7 : architecture.poolDimension
            for name in names where layers.isEmpty || weights.shape(of: "\(name).weight") != nil {
                let layer = try Linear(name, inputs: inputs, reader)
                inputs = layer.outputs
                layers.append(layer)
            }
        }
        self.layers = layers
        dimension = layers.last?.outputs ?? architecture.poolDimension
        try reader.expectNothingElse(but: names.map { "\($0)." }, for: architecture)
    }

    /// Runs the network on one picture.
    ///
    /// - Parameters:
    ///   - planes: `3 * height * width` floats: all of the red, then green, then blue, row by row.
    ///   - width: pixels in a row.
    ///   - height: number of rows.
    ///   - scale: what each channel is multiplied with first.
    ///   - shift: what is added then.
    /// - Returns: ``dimension`` floats, the same bits for the same input, whatever the number of threads.
    /// - Throws: ``NeuralNetError/unsuitableInput(reason:)``.
    public func callAsFunction(
        planes: [Float], width: Int, height: Int, scale: [Float] = [1, 1, 1], shift: [Float] = [0, 0, 0]
    ) throws(NeuralNetError) -> [Float] {
        precondition(scale.count == 3 && shift.count == 3, "a picture has three channels")
        let (input, plan) = try plan(width: width, height: height)
        guard planes.count == input.count else {
            throw .unsuitableInput(reason: "\(planes.count) floats are no picture of \(width)x\(height) pixels")
        }
        // Whole cache lines for each map.
        let room = (max(plan.largest, input.count) + 15) / 16 * 16
        return context.activations.withFloats(4 * room) { memory in
            vk_interleave_rgb(planes, Int32(input.pixels), scale, shift, memory)
            let map = backbone.run(input, (0..<4).map { memory + $0 * room }, context)
            return head(map, plan.output)
        }
    }

    /// Refuses a picture size that the network cannot take.
    ///
    /// - Throws: ``NeuralNetError/unsuitableInput(reason:)``.
    public func check(width: Int, height: Int) throws(NeuralNetError) {
        _ = try plan(width: width, height: height)
    }

    private func plan(
        width: Int, height: Int
    ) throws(NeuralNetError) -> (input: FeatureShape, plan: (output: FeatureShape, largest: Int)) {
        guard 1...Self.maximumSide ~= width, 1...Self.maximumSide ~= height else {
            throw .unsuitableInput(
                reason: "a picture of \(width)x\(height) pixels; a side has 1 to \(Self.maximumSide)")
        }
        let input = FeatureShape(height: height, width: width, channels: 3)
        guard let plan = backbone.plan(for: input) else {
            throw .unsuitableInput(reason: "\(width)x\(height) pixels are too few for \(architecture.rawValue)")
        }
        return (input, plan)
    }

    private func head(_ map: UnsafePointer<Float>, _ shape: FeatureShape) -> [Float] {
        guard !layers.isEmpty else { return AveragePool.global(map, shape) }
        var values =
            architecture == .vgg16
            ? AveragePool.adaptive(map, shape, size: 7) : AveragePool.global(map, shape)
        for (index, layer) in layers.enumerated() {
            values = layer(values, context)
            if index < layers.count - 1 { values = values.map { max($0, 0) } }
        }
        return values
    }
}
