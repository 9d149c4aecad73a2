import NeuralNet
import Tensors
import Testing

@Suite("Convolutions of bytes by Winograd's algorithm")
struct QuantizedWinogradTests {
    private static let input = Quantization(scale: 0.02, zero: 3)
    private static let residual = Quantization(scale: 0.05, zero: 90)
    private static let output = Quantization(scale: 0.12, zero: 120)

    /// Few tiles and many, odd sides, several panels of every kernel.
    private static let cases: [FeatureShape] = [
        FeatureShape(images: 1, height: 1, width: 1, channels: 64),
        FeatureShape(images: 2, height: 5, width: 6, channels: 64),
        FeatureShape(images: 3, height: 9, width: 12, channels: 128),
        FeatureShape(images: 2, height: 11, width: 12, channels: 64),
    ]

    private struct Run {
        let shape: FeatureShape
        var outputs = 128
        var threads = 2
        var instructions = Int8Kernel.plain
        var addsResidual = true
        var inPlace = false
    }

    private func weights(_ run: Run) -> ConvolutionWeights {
        let filters = HashedWeights.values("filters", [run.outputs, run.shape.channels * 9])
        return ConvolutionWeights(
            filters: FloatBuffer(filters), bias: FloatBuffer(HashedWeights.values("x.bias", [run.outputs])),
            inputChannels: run.shape.channels, outputChannels: run.outputs, kernel: 3, stride: 1, padding: 1)
    }

    /// Neighbours differ, as they do in a network: some bytes are zero, some large.
    private func bytes(_ count: Int, seed: UInt32) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return state >> 30 == 0 ? 0 : UInt8(state >> 22 & 255)
        }
    }

    private func output(
        _ run: Run, _ make: (ConvolutionWeights, Quantization?) throws -> any ByteConvolution
    ) throws -> [UInt8] {
        let context = try ComputeContext(pool: ThreadPool(threads: run.threads))
        let convolution = try make(weights(run), run.addsResidual ? Self.residual : nil)
        #expect(!convolution.mayOverflow)
        let input = bytes(run.shape.count, seed: 1)
        let out = convolution.outputShape(for: run.shape)
        let extra = bytes(out.count, seed: 2)
        var result = run.inPlace ? extra : [UInt8](repeating: 0, count: out.count)
        result.append(99)
        result.withUnsafeMutableBufferPointer { result in
            guard let start = result.baseAddress else { return }
            extra.withUnsafeBufferPointer { extra in
                let residual = run.inPlace ? UnsafePointer(start) : extra.baseAddress
                convolution.run(input, run.shape, residual: run.addsResidual ? residual : nil, into: start, context)
            }
        }
        #expect(result.last == 99, "nothing is written beyond the end")
        return result.dropLast()
    }

    private func winograd(_ run: Run) throws -> [UInt8] {
        try output(run) { weights, residual in
            try #require(
                QuantizedWinograd(
                    weights, input: Self.input, residual: residual, output: Self.output, instructions: run.instructions)
            )
        }
    }

    private func direct(_ run: Run) throws -> [UInt8] {
        try output(run) { weights, residual in
            QuantizedConvolution(
                weights, input: Self.input, residual: residual, output: Self.output, instructions: run.instructions)
        }
    }

    @Test("it gives what the direct way gives, but for a little rounding", arguments: cases)
    func agreement(shape: FeatureShape) throws {
        for addsResidual in [false, true] {
            let run = Run(shape: shape, addsResidual: addsResidual)
            let (found, expected) = (try winograd(run), try direct(run))
            #expect(found.count == expected.count)
            #expect(Set(expected).count > 30, "the range is used")
            let errors = zip(found, expected).map { Double($0) - Double($1) }
            let mean = errors.reduce(0, +) / Double(errors.count)
            let deviation = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
            #expect(abs(mean) < 0.1, "no side is favoured")
            #expect(deviation < 0.8)
            #expect(errors.allSatisfy { abs($0) <= 3 })
        }
    }

    @Test(
        "every kernel that this CPU can run gives the plain kernel's bytes", arguments: cases,
        Int8Kernel.allCases.filter(\.isSupported))
    func kernels(shape: FeatureShape, instructions: Int8Kernel) throws {
        for (addsResidual, inPlace) in [(false, false), (true, false), (true, true)] {
            var run = Run(shape: shape, addsResidual: addsResidual, inPlace: inPlace)
            let plain = try winograd(run)
            run.instructions = instructions
            #expect(try winograd(run) == plain)
        }
    }

    @Test("the bytes are the same on any number of threads, and for an image alone", arguments: cases)
    func threads(shape: FeatureShape) throws {
        var run = Run(shape: shape, threads: 1, instructions: .best)
        let one = try winograd(run)
        for threads in [2, 3, 7] {
            run.threads = threads
            #expect(try winograd(run) == one)
        }
        let alone = try winograd(
            Run(
                shape: FeatureShape(height: shape.height, width: shape.width, channels: shape.channels),
                instructions: .best))
        #expect(alone == Array(one.prefix(alone.count)))
    }

    @Test("input that is zero everywhere gives the bias, and the largest input is not too large")
    func extremes() throws {
        let shape = FeatureShape(height: 4, width: 4, channels: 512)
        let context = try ComputeContext(pool: ThreadPool(threads: 1))
        for instructions in Int8Kernel.allCases where instructions.isSupported {
            let convolution = try #require(
                QuantizedWinograd(
                    ConvolutionWeights(
                        filters: FloatBuffer([Float](repeating: 1, count: 64 * 512 * 9)),
                        bias: FloatBuffer((0..<64).map(Float.init)), inputChannels: 512, outputChannels: 64, kernel: 3,
                        stride: 1, padding: 1),
                    input: Quantization(scale: 1, zero: 7), residual: nil,
                    output: Quantization(scale: Float(9 * 512 * 2), zero: 10), instructions: instructions))
            var output = [UInt8](repeating: 0, count: 16 * 64)
            let zeros = [UInt8](repeating: 7, count: shape.count)
            convolution.run(zeros, shape, residual: nil, into: &output, context)
            #expect(output.allSatisfy { $0 == 10 })
            let largest = [UInt8](repeating: 255, count: shape.count)
            convolution.run(largest, shape, residual: nil, into: &output, context)
            // (255 - 7) / 2 for all nine pixels, of which a corner has four and an edge six.
            let expected = (0..<16).map { [5, 6, 9, 10].contains($0) ? 134 : [0, 3, 12, 15].contains($0) ? 65 : 93 }
            for (index, byte) in output.enumerated() { #expect(abs(Int(byte) - expected[index / 64]) <= 1) }
        }
    }

    @Test("other convolutions are not taken", arguments: [(1, 1, 0, 64), (3, 2, 1, 64), (3, 1, 1, 48), (3, 1, 0, 64)])
    func unsuitable(kernel: Int, stride: Int, padding: Int, channels: Int) {
        let weights = ConvolutionWeights(
            filters: FloatBuffer(count: channels * channels * kernel * kernel), bias: FloatBuffer(count: channels),
            inputChannels: channels, outputChannels: channels, kernel: kernel, stride: stride, padding: padding)
        #expect(QuantizedWinograd(weights, input: Self.input, residual: nil, output: Self.output) == nil)
    }
}
