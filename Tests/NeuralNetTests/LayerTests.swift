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
        (23, 18, 17, 35, 3, 1, 1), (1, 1, 16, 32, 3, 1, 1), (5, 9, 48, 96, 3, 1, 1), (30, 27, 16, 32, 3, 1, 1),
        (2, 2, 8, 16, 7, 1, 3), (4, 4, 256, 128, 1, 1, 0), (33, 1, 9, 4, 3, 1, 1),
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

    /// A way to compute a convolution, as this CPU can.
    enum Way: Sendable, CustomTestStringConvertible {
        case openBLAS
        case panels(Int)
        case winograd(Int)

        static let all: [Way] =
            [.openBLAS]
            + [16, 32].filter { $0 <= PanelFilters.width }.flatMap { [Way.panels($0), .winograd($0)] }

        var testDescription: String { "\(self)" }

        /// `nil` if this way does not take such a convolution.
        func make(_ weights: ConvolutionWeights) -> (any Convolution)? {
            switch self {
            case .openBLAS: GemmConvolution(weights, panelWidth: 0)
            case .panels(let width): GemmConvolution(weights, panelWidth: width)
            case .winograd(let width): WinogradConvolution(weights, panelWidth: width)
            }
        }
    }

    /// Runs it on `images`, whose inputs and residuals differ; the output begins as the residual if `inPlace`.
    private func run(
        _ convolution: any Convolution, _ c: Case, images: Int = 1, threads: Int, residual: Bool, relu: Bool,
        inPlace: Bool = false
    ) throws -> (output: [Float], input: [Float], residual: [Float]?) {
        let context = try ComputeContext(pool: ThreadPool(threads: threads))
        let shape = FeatureShape(images: images, height: c.height, width: c.width, channels: c.inputs)
        let out = convolution.outputShape(for: shape)
        let input = HashedWeights.values("input", [images, c.height, c.width, c.inputs])
        let extra = HashedWeights.values("x.bias", [out.count])
        let output = FloatBuffer((inPlace ? extra : [Float](repeating: .nan, count: out.count)) + [.nan])
        extra.withUnsafeBufferPointer { extra in
            let around = inPlace ? UnsafePointer(output.pointer) : extra.baseAddress
            convolution.run(
                input, shape, residual: residual ? around : nil, relu: relu, into: output.pointer, context)
        }
        #expect(output.pointer[out.count].isNaN, "nothing is written beyond the end")
        return (Array(output.values.dropLast()), input, residual ? extra : nil)
    }

    @Test("a convolution equals its definition", arguments: cases, Way.all)
    func convolution(c: Case, way: Way) throws {
        guard let convolution = way.make(weights(c)) else { return }
        for (residual, relu) in [(false, false), (false, true), (true, true)] {
            let (found, input, extra) = try run(convolution, c, threads: 2, residual: residual, relu: relu)
            let shape = FeatureShape(height: c.height, width: c.width, channels: c.inputs)
            let expected = naive(c, input, residual: extra, relu: relu, convolution.outputShape(for: shape))
            let largest = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
            #expect(found.count == expected.count)
            // Rounding of sums of a few thousand products of numbers about 1; a NaN fails as well.
            #expect(largest < 1e-4)
        }
    }

    @Test("a residual can be added in place", arguments: cases, Way.all)
    func inPlaceResidual(c: Case, way: Way) throws {
        guard let convolution = way.make(weights(c)) else { return }
        let apart = try run(convolution, c, threads: 2, residual: true, relu: true).output
        let inPlace = try run(convolution, c, threads: 2, residual: true, relu: true, inPlace: true).output
        #expect(zip(apart, inPlace).allSatisfy { abs($0 - $1) < 1e-5 } && apart.count == inPlace.count)
    }

    @Test("a convolution has the same bits on one thread and on many", arguments: cases, Way.all)
    func convolutionIsDeterministic(c: Case, way: Way) throws {
        guard let convolution = way.make(weights(c)) else { return }
        let one = try run(convolution, c, threads: 1, residual: true, relu: true).output
        for threads in [2, 3, 7] {
            #expect(try run(convolution, c, threads: threads, residual: true, relu: true).output == one)
        }
    }

    @Test("an image has the same bits alone and among others", arguments: cases, Way.all)
    func imagesAreIndependent(c: Case, way: Way) throws {
        guard let convolution = way.make(weights(c)) else { return }
        let (images, context) = (5, try ComputeContext(pool: ThreadPool(threads: 2)))
        let (together, input, _) = try run(convolution, c, images: images, threads: 2, residual: false, relu: false)
        let shape = FeatureShape(height: c.height, width: c.width, channels: c.inputs)
        let out = convolution.outputShape(for: shape)
        for image in 0..<images {
            let output = FloatBuffer(count: out.count)
            input.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress else { return }
                convolution.run(
                    input + image * shape.count, shape, residual: nil, relu: false, into: output.pointer, context)
            }
            #expect(output.values == Array(together[image * out.count..<(image + 1) * out.count]))
        }
    }

    @Test("Winograd's way takes 3x3 windows of stride 1 whose channels fill registers, and no others")
    func winogradTakes() throws {
        guard PanelFilters.width > 0 else { return }
        let taken = Self.cases.filter { WinogradConvolution(weights($0), panelWidth: 16) != nil }
        #expect(taken.count >= 4)
        #expect(
            taken.allSatisfy {
                $0.kernel == 3 && $0.stride == 1 && $0.padding == 1 && $0.inputs % 16 == 0 && $0.outputs % 16 == 0
            })
    }
}
