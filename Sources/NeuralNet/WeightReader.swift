import Tensors

internal import CKernels

/// Takes tensors out of a ``WeightSource`` by name, checks each, and knows in the end which were never asked for.
final class WeightReader {
    private let source: any WeightSource
    private var used: Set<String> = []

    init(_ source: any WeightSource) {
        self.source = source
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

    /// A convolution without bias followed by batch norm (eps 1e-5), as one convolution with bias:
    /// scale = weight / sqrt(variance + eps), filters * scale, bias - mean * scale (Ioffe and Szegedy, 2015, section 3.1).
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
