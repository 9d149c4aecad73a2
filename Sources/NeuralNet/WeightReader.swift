import Tensors

internal import CKernels

/// Takes tensors out of a ``WeightSource`` by name, checks each, and knows in the end which were never asked for.
final class WeightReader {
    private let source: any WeightSource
    private let profile: LayerProfile?
    private var used: Set<String> = []

    init(_ source: any WeightSource, profile: LayerProfile? = nil) {
        self.source = source
        self.profile = profile
    }

    /// A way to compute a convolution with these weights on images of about this shape.
    func convolution(_ weights: ConvolutionWeights, for input: FeatureShape) -> any Convolution {
        let convolution = makeConvolution(weights, for: input)
        return profile.map { ProfiledConvolution(convolution, weights, $0) } ?? convolution
    }

    /// Lengths of a tensor's axes.
    ///
    /// - Throws: if it is missing.
    func shape(of tensor: String) throws -> [Int] {
        guard let shape = source.shape(of: tensor) else { throw failure(tensor, "it is missing") }
        return shape
    }

    /// A tensor of just this shape, row-major, all finite.
    func tensor(_ name: String, _ shape: [Int]) throws -> FloatBuffer {
        let found = try self.shape(of: name)
        guard found == shape else { throw failure(name, "its shape is \(found), expected \(shape)") }
        let buffer = FloatBuffer(uninitialized: shape.reduce(1, *))
        try source.read(name, into: UnsafeMutableBufferPointer(start: buffer.pointer, count: buffer.count))
        guard vk_all_finite(buffer.pointer, buffer.count) != 0 else {
            throw failure(name, "it has values that are infinite or no numbers")
        }
        used.insert(name)
        return buffer
    }

    /// Refuses tensors that nothing asked for, but for batch norm's counters and those with an allowed beginning: a
    /// ResNet-34 would otherwise pass for a ResNet-18 with some to spare.
    func expectNothingElse(but allowed: [String], for architecture: Architecture) throws {
        let stray = source.tensorNames.first { name in
            !used.contains(name) && !name.hasSuffix(".num_batches_tracked")
                && !allowed.contains { name.hasPrefix($0) }
        }
        if let stray { throw failure(stray, "a \(architecture.rawValue) has no such tensor") }
    }

    func failure(_ tensor: String, _ reason: String) -> NeuralNetError {
        .unusableTensor(file: source.name, tensor: tensor, reason: reason)
    }
}
