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
        precision: NetworkPrecision = .float32, pool: ThreadPool = .shared, profile: LayerProfile? = nil
    ) throws {
        context = try ComputeContext(pool: pool)
        self.architecture = architecture
        let reader = WeightReader(weights)
        let graph = try ConvolutionGraph(architecture, reader)
        if case .int8(let ranges, let products) = precision {
            backbone = try QuantizedBackbone(
                graph, ranges: ranges, products: products, file: weights.name, profile: profile)
        } else {
            let input = FeatureShape(height: height, width: width, channels: 3)
            backbone = FloatBackbone(graph, for: input, profile: profile)
        }
        let names = architecture.headTensors
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
        let outputs = try self([planes], width: width, height: height, scale: scale, shift: shift)
        return outputs[0]
    }

    /// Runs the network on some pictures together, which reads the weights once for all.
    ///
    /// - Returns: for each picture what ``callAsFunction(planes:width:height:scale:shift:)`` gives, bit for bit.
    /// - Throws: ``NeuralNetError/unsuitableInput(reason:)``.
    package func callAsFunction(
        _ pictures: [[Float]], width: Int, height: Int, scale: [Float], shift: [Float]
    ) throws(NeuralNetError) -> [[Float]] {
        try run(pictures, width, height, scale, shift) { map, shape in head(map, shape) }
    }

    /// Whether ``positions(of:)`` tells positions apart: the output is a mean over them, as it is of
    /// each ResNet, and not of VGG16 with its classifier.
    package var hasPositions: Bool { architecture != .vgg16 || layers.isEmpty }

    /// As ``callAsFunction(_:width:height:scale:shift:)``, with what ``positions(of:)`` needs.
    ///
    /// - Throws: ``NeuralNetError/unsuitableInput(reason:)``.
    package func outputs(
        _ pictures: [[Float]], width: Int, height: Int, scale: [Float], shift: [Float]
    ) throws(NeuralNetError) -> [NetworkOutput] {
        try run(pictures, width, height, scale, shift) { map, shape in
            let pixels = UnsafeBufferPointer(start: map, count: hasPositions ? shape.count : 0)
            return NetworkOutput(vector: head(map, shape), map: Array(pixels), shape: shape)
        }
    }

    /// Runs the backbone, and `finish` on each picture's last feature map.
    private func run<Output>(
        _ pictures: [[Float]], _ width: Int, _ height: Int, _ scale: [Float], _ shift: [Float],
        finish: (UnsafePointer<Float>, FeatureShape) -> Output
    ) throws(NeuralNetError) -> [Output] {
        precondition(scale.count == 3 && shift.count == 3, "a picture has three channels")
        guard !pictures.isEmpty else { return [] }
        let (input, plan) = try plan(images: pictures.count, width: width, height: height)
        let length = input.count / pictures.count
        if let odd = pictures.first(where: { $0.count != length }) {
            throw .unsuitableInput(reason: "\(odd.count) floats are no picture of \(width)x\(height) pixels")
        }
        // Whole cache lines for each map.
        let room = (max(plan.largest, input.count) + 15) / 16 * 16
        return context.activations.withFloats(4 * room) { memory in
            for (index, planes) in pictures.enumerated() {
                vk_interleave_rgb(planes, Int32(width * height), scale, shift, memory + index * length)
            }
            let map = backbone.run(input, (0..<4).map { memory + $0 * room }, context)
            var one = plan.output
            one.images = 1
            return pictures.indices.map { finish(map + $0 * one.count, one) }
        }
    }

    /// How many pictures of this size are best run together: the more, the fewer times are the weights read, but the maps
    /// should not leave the cache.
    ///
    /// - Throws: ``NeuralNetError/unsuitableInput(reason:)``.
    package func suitableBatch(width: Int, height: Int) throws(NeuralNetError) -> Int {
        let largest = try plan(images: 1, width: width, height: height).plan.largest
        return max(1, min(8, Self.batchFloats / largest))
    }

    /// Floats of the largest map of a batch (4 MiB).
    private static let batchFloats = 1 << 21

    /// Refuses a picture size that the network cannot take.
    ///
    /// - Throws: ``NeuralNetError/unsuitableInput(reason:)``.
    public func check(width: Int, height: Int) throws(NeuralNetError) {
        _ = try plan(images: 1, width: width, height: height)
    }

    private func plan(
        images: Int, width: Int, height: Int
    ) throws(NeuralNetError) -> (input: FeatureShape, plan: (output: FeatureShape, largest: Int)) {
        guard 1...Self.maximumSide ~= width, 1...Self.maximumSide ~= height else {
            throw .unsuitableInput(
                reason: "a picture of \(width)x\(height) pixels; a side has 1 to \(Self.maximumSide)")
        }
        let input = FeatureShape(images: images, height: height, width: width, channels: 3)
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

    /// An output by position; `nil` unless the network ``hasPositions``.
    package func positions(of output: NetworkOutput) -> PositionVectors? {
        guard hasPositions else { return nil }
        let shape = output.shape
        let values = layers.first.map { $0(rows: output.map, count: shape.pixels, context) } ?? output.map
        // The windows of VGG16's poolings lie side by side. Those of a ResNet have their middle on the first pixel, the third,
        // ..., so that the first position would be on the first of the input; but padding shifts what is found towards the
        // middle: across, items put at 240 known places of an empty picture were found as if it were on the tenth.
        return PositionVectors(
            rows: shape.height, columns: shape.width, dimension: dimension, values: values, stride: 32,
            firstCentre: architecture == .vgg16 ? 16 : 10)
    }
}
