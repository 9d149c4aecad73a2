import NeuralNet
import Tensors
import Testing

@Suite("Layers")
struct LayerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let height: Int
        let width: Int
        let inputs: Int
        let outputs: Int
        let kernel: Int
        let stride: Int
        let padding: Int

        var testDescription: String {
            "\(height)x\(width)x\(inputs) -> \(outputs), kernel \(kernel), stride \(stride), padding \(padding)"
        }
    }

    static let cases: [Case] = [
        (1, 1, 1, 1, 1, 1, 0), (1, 1, 3, 5, 3, 1, 1), (2, 3, 4, 7, 3, 2, 1), (5, 4, 3, 17, 3, 1, 1),
        (9, 11, 3, 8, 7, 2, 3), (7, 7, 5, 130, 3, 1, 1), (6, 5, 130, 9, 1, 1, 0), (6, 5, 33, 129, 1, 2, 0),
        (13, 8, 16, 256, 3, 2, 1), (31, 29, 6, 10, 3, 1, 1), (40, 20, 3, 64, 7, 2, 3), (3, 17, 2, 3, 3, 1, 0),
        (24, 32, 64, 64, 3, 1, 1), (12, 16, 64, 128, 3, 1, 1), (21, 19, 32, 48, 3, 1, 1), (4, 3, 128, 192, 3, 1, 1),
        (23, 18, 17, 35, 3, 1, 1), (2, 2, 8, 16, 7, 1, 3), (4, 4, 256, 128, 1, 1, 0), (33, 1, 9, 4, 3, 1, 1),
    ].map { Case(height: $0.0, width: $0.1, inputs: $0.2, outputs: $0.3, kernel: $0.4, stride: $0.5, padding: $0.6) }

    private func weights(_ c: Case) -> ConvolutionWeights {
        let shape = [c.outputs, c.inputs, c.kernel, c.kernel]
        return ConvolutionWeights(
            filters: FloatBuffer(HashedWeights.values("filters", shape)),
            bias: FloatBuffer(HashedWeights.values("x.bias", [c.outputs])), inputChannels: c.inputs,
            outputChannels: c.outputs, kernel: c.kernel, stride: c.stride, padding: c.padding)
    }

    /// By the definition, in double precision; NHWC.
    private func naive(_ c: Case, _ input: [Float], residual: [Float]?, relu: Bool, _ out: FeatureShape) -> [Float] {
        let weights = weights(c)
        var output: [Float] = []
        for y in 0..<out.height {
            for x in 0..<out.width {
                for channel in 0..<c.outputs {
                    var sum = Double(weights.bias.pointer[channel])
                    for ky in 0..<c.kernel {
                        for kx in 0..<c.kernel {
                            let (iy, ix) = (y * c.stride - c.padding + ky, x * c.stride - c.padding + kx)
                            guard 0..<c.height ~= iy, 0..<c.width ~= ix else { continue }
                            for i in 0..<c.inputs {
                                let filter = ((channel * c.inputs + i) * c.kernel + ky) * c.kernel + kx
                                sum +=
                                    Double(weights.filters.pointer[filter])
                                    * Double(input[(iy * c.width + ix) * c.inputs + i])
                            }
                        }
                    }
                    if let residual { sum += Double(residual[output.count]) }
                    output.append(Float(relu ? max(0, sum) : sum))
                }
            }
        }
        return output
    }

    private func run(_ c: Case, threads: Int, residual: Bool, relu: Bool) throws -> (found: [Float], expected: [Float])
    {
        let context = try ComputeContext(pool: ThreadPool(threads: threads))
        let convolution = makeConvolution(weights(c))
        let shape = FeatureShape(height: c.height, width: c.width, channels: c.inputs)
        let out = convolution.outputShape(for: shape)
        let input = HashedWeights.values("input", [c.height, c.width, c.inputs])
        let extra = residual ? HashedWeights.values("x.bias", [out.count]) : nil
        let output = FloatBuffer([Float](repeating: .nan, count: out.count + 1))
        if let extra {
            convolution.run(input, shape, residual: extra, relu: relu, into: output.pointer, context)
        } else {
            convolution.run(input, shape, residual: nil, relu: relu, into: output.pointer, context)
        }
        #expect(output.pointer[out.count].isNaN, "nothing is written beyond the end")
        return (Array(output.values.dropLast()), naive(c, input, residual: extra, relu: relu, out))
    }

    @Test("a convolution equals its definition", arguments: cases)
    func convolution(c: Case) throws {
        for (residual, relu) in [(false, false), (false, true), (true, true)] {
            let (found, expected) = try run(c, threads: 2, residual: residual, relu: relu)
            let largest = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
            #expect(found.count == expected.count)
            // Rounding of sums of a few thousand products of numbers about 1; a NaN fails as well.
            #expect(largest < 1e-4)
        }
    }

    @Test("a convolution has the same bits on one thread and on many", arguments: cases)
    func convolutionIsDeterministic(c: Case) throws {
        let one = try run(c, threads: 1, residual: true, relu: true).found
        for threads in [2, 3, 7] {
            #expect(try run(c, threads: threads, residual: true, relu: true).found == one)
        }
    }
}
