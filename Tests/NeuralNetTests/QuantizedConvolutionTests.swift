import NeuralNet
import Tensors
import Testing

@Suite("Convolutions of bytes")
struct QuantizedConvolutionTests {
    private static let input = Quantization(scale: 0.02, zero: 101)
    private static let residual = Quantization(scale: 0.05, zero: 90)
    private static let output = Quantization(scale: 0.07, zero: 77)

    /// Weights that are multiples of 1/1024 and reach 127 of them in each channel: rounding leaves them as they are.
    private func weights(_ c: LayerTests.Case) -> ConvolutionWeights {
        let length = c.inputs * c.kernel * c.kernel
        var filters = HashedWeights.values("input", [c.outputs, length]).map { ($0 * 127).rounded() / 1024 }
        for channel in 0..<c.outputs { filters[channel * length + channel % length] = -127 / 1024 }
        return ConvolutionWeights(
            filters: FloatBuffer(filters), bias: FloatBuffer(HashedWeights.values("x.bias", [c.outputs])),
            inputChannels: c.inputs, outputChannels: c.outputs, kernel: c.kernel, stride: c.stride, padding: c.padding)
    }

    private func bytes(_ count: Int, seed: UInt32) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
    }

    private struct Run {
        let c: LayerTests.Case
        var images = 2
        var threads = 2
        var instructions = Int8Kernel.plain
        var addsResidual = true
        var inPlace = false

        var shape: FeatureShape { FeatureShape(images: images, height: c.height, width: c.width, channels: c.inputs) }
    }

    private func output(_ run: Run) throws -> [UInt8] {
        let context = try ComputeContext(pool: ThreadPool(threads: run.threads))
        let convolution = QuantizedConvolution(
            weights(run.c), input: Self.input, residual: run.addsResidual ? Self.residual : nil, output: Self.output,
            instructions: run.instructions)
        let pixels = bytes(run.shape.count, seed: 1)
        let out = convolution.outputShape(for: run.shape)
        var input = [UInt8](repeating: 0, count: convolution.inputBytes(for: run.shape))
        let floats = pixels.map { Float(Int($0) - Self.input.zero) * Self.input.scale }
        convolution.quantize(floats, run.shape, as: Self.input, into: &input, context)
        let extra = bytes(out.count, seed: 2)
        var result = run.inPlace ? extra : [UInt8](repeating: 0, count: out.count)
        result.append(99)
        result.withUnsafeMutableBufferPointer { result in
            guard let start = result.baseAddress else { return }
            extra.withUnsafeBufferPointer { extra in
                let residual = run.inPlace ? UnsafePointer(start) : extra.baseAddress
                convolution.run(
                    input, run.shape, residual: run.addsResidual ? residual : nil, into: start, context)
            }
        }
        #expect(result.last == 99, "nothing is written beyond the end")
        return result.dropLast()
    }

    /// By the definition, in double precision.
    private func expected(_ run: Run) -> [Double] {
        let c = run.c
        let weights = weights(c)
        let pixels = bytes(run.shape.count, seed: 1)
        let out = FeatureShape(
            images: run.images, height: (c.height + 2 * c.padding - c.kernel) / c.stride + 1,
            width: (c.width + 2 * c.padding - c.kernel) / c.stride + 1, channels: c.outputs)
        let extra = bytes(out.count, seed: 2)
        var result: [Double] = []
        for pixel in 0..<out.pixels {
            let (row, x) = pixel.quotientAndRemainder(dividingBy: out.width)
            let (image, y) = row.quotientAndRemainder(dividingBy: out.height)
            for channel in 0..<c.outputs {
                var sum = Double(weights.bias.pointer[channel])
                for ky in 0..<c.kernel {
                    for kx in 0..<c.kernel {
                        let (iy, ix) = (y * c.stride - c.padding + ky, x * c.stride - c.padding + kx)
                        guard 0..<c.height ~= iy, 0..<c.width ~= ix else { continue }
                        for i in 0..<c.inputs {
                            let filter = ((channel * c.inputs + i) * c.kernel + ky) * c.kernel + kx
                            let byte = pixels[((image * c.height + iy) * c.width + ix) * c.inputs + i]
                            sum +=
                                Double(weights.filters.pointer[filter])
                                * Double(Int(byte) - Self.input.zero) * Double(Self.input.scale)
                        }
                    }
                }
                if run.addsResidual {
                    sum += Double(Int(extra[result.count]) - Self.residual.zero) * Double(Self.residual.scale)
                }
                result.append(min(255, max(0, sum / Double(Self.output.scale) + Double(Self.output.zero))))
            }
        }
        return result
    }

    @Test("the plain kernel gives the rounded result of the definition", arguments: LayerTests.cases)
    func definition(c: LayerTests.Case) throws {
        for addsResidual in [false, true] {
            let run = Run(c: c, addsResidual: addsResidual)
            let (found, expected) = (try output(run), expected(run))
            #expect(found.count == expected.count)
            // Half a step, and a little for sums in single precision.
            #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 0.501 })
        }
    }

    @Test(
        "every kernel that this CPU can run gives the plain kernel's bytes", arguments: LayerTests.cases,
        Int8Kernel.allCases.filter(\.isSupported))
    func kernels(c: LayerTests.Case, instructions: Int8Kernel) throws {
        for (addsResidual, inPlace) in [(false, false), (true, false), (true, true)] {
            var run = Run(c: c, addsResidual: addsResidual, inPlace: inPlace)
            let plain = try output(run)
            run.instructions = instructions
            #expect(try output(run) == plain)
        }
    }

    @Test("the bytes are the same on any number of threads, and for an image alone", arguments: LayerTests.cases)
    func threads(c: LayerTests.Case) throws {
        var run = Run(c: c, images: 3, threads: 1, instructions: .best)
        let one = try output(run)
        for threads in [2, 3, 7] {
            run.threads = threads
            #expect(try output(run) == one)
        }
        run.images = 1
        let alone = try output(run)
        #expect(alone == Array(one.prefix(alone.count)))
    }

    @Test("sums beyond 16 bits neither saturate nor wrap", arguments: Int8Kernel.allCases.filter(\.isSupported))
    func largeSums(instructions: Int8Kernel) throws {
        // 255 * 127 * 4608: what a 16-bit sum of two products cannot hold, let alone all of them.
        let inputs = 4608
        for sign: Float in [1, -1] {
            let weights = ConvolutionWeights(
                filters: FloatBuffer([Float](repeating: sign, count: inputs * 3)), bias: FloatBuffer([0, 1000, -1000]),
                inputChannels: inputs, outputChannels: 3, kernel: 1, stride: 1, padding: 0)
            let convolution = QuantizedConvolution(
                weights, input: Quantization(scale: 1, zero: 0), residual: nil,
                output: Quantization(scale: 255 * Float(inputs) / 100, zero: 120), instructions: instructions)
            var output = [UInt8](repeating: 0, count: 3)
            convolution.run(
                [UInt8](repeating: 255, count: inputs), FeatureShape(height: 1, width: 1, channels: inputs),
                residual: nil, into: &output, try ComputeContext(pool: ThreadPool(threads: 1)))
            #expect(output == (sign > 0 ? [220, 220, 220] : [20, 20, 20]))
        }
    }
}
