import NeuralNet
import Tensors
import Testing

@Suite("Networks in int8")
struct QuantizedNetworkTests {
    private static let (width, height) = (64, 96)

    /// Pictures with some structure: noise, blurred by adding neighbours.
    private static func picture(_ seed: Int) -> [Float] {
        let noise = HashedWeights.values("picture\(seed).x", [3, height + 8, width + 8]).map { 4 * $0 - 2 }
        var planes = [Float](repeating: 0, count: 3 * width * height)
        for index in planes.indices {
            let (row, x) = index.quotientAndRemainder(dividingBy: width)
            let (plane, y) = row.quotientAndRemainder(dividingBy: height)
            for (dy, dx) in [(0, 0), (0, 4), (4, 0), (4, 4), (8, 8)] {
                planes[index] += noise[(plane * (height + 8) + y + dy) * (width + 8) + x + dx]
            }
        }
        return planes
    }

    private func ranges(_ architecture: Architecture, _ weights: any WeightSource) throws -> ActivationRanges {
        let calibration = try RangeCalibration(
            architecture, width: Self.width, height: Self.height, weights: weights)
        for seed in 0..<4 {
            try calibration.observe(planes: Self.picture(seed), width: Self.width, height: Self.height)
        }
        #expect(calibration.pictures == 4)
        return calibration.ranges()
    }

    private func network(
        _ architecture: Architecture, _ weights: any WeightSource, _ precision: NetworkPrecision, threads: Int = 2
    ) throws -> Network {
        try Network(
            architecture, head: .fc, width: Self.width, height: Self.height, weights: weights, precision: precision,
            pool: ThreadPool(threads: threads))
    }

    private func cosine(_ a: [Float], _ b: [Float]) -> Double {
        func product(_ a: [Float], _ b: [Float]) -> Double {
            zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
        return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }

    @Test("every architecture gives nearly what it gives in single precision", arguments: Architecture.allCases)
    func agreement(architecture: Architecture) throws {
        let weights = HashedWeights(NetworkShapes.shapes(architecture))
        let ranges = try ranges(architecture, weights)
        let float32 = try network(architecture, weights, .float32)
        for products in Int8Products.allCases {
            let int8 = try network(architecture, weights, .int8(ranges, products))
            for seed in 10..<12 {
                let picture = Self.picture(seed)
                let found = try int8(planes: picture, width: Self.width, height: Self.height)
                let expected = try float32(planes: picture, width: Self.width, height: Self.height)
                #expect(cosine(found, expected) > 0.99)
            }
        }
    }

    @Test(
        "the output has the same bits on any number of threads, and for a picture among others",
        arguments: [Architecture.resnet18, .resnet50], Int8Products.allCases)
    func deterministic(architecture: Architecture, products: Int8Products) throws {
        let weights = HashedWeights(NetworkShapes.shapes(architecture))
        let precision = NetworkPrecision.int8(try ranges(architecture, weights), products)
        let pictures = (0..<3).map(Self.picture)
        let outputs = try [1, 2, 5].map { threads in
            let network = try network(architecture, weights, precision, threads: threads)
            return try pictures.map { try network(planes: $0, width: Self.width, height: Self.height) }
        }
        #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0])
        let together = try network(architecture, weights, precision)(
            pictures, width: Self.width, height: Self.height, scale: [1, 1, 1], shift: [0, 0, 0])
        #expect(together == outputs[0])
    }

    @Test(
        "pictures of any size are taken, however small", arguments: [(1, 1), (7, 33), (65, 31)], Int8Products.allCases)
    func anySize(size: (Int, Int), products: Int8Products) throws {
        let (width, height) = size
        let weights = HashedWeights(NetworkShapes.shapes(.resnet18))
        let network = try network(.resnet18, weights, .int8(try ranges(.resnet18, weights), products))
        let output = try network(
            planes: HashedWeights.values("input", [3, height, width]), width: width, height: height)
        #expect(output.allSatisfy(\.isFinite) && output.contains { $0 != 0 })
    }

    @Test("a network without one of its ranges is refused by the layer's name")
    func missingRange() throws {
        let weights = HashedWeights(NetworkShapes.shapes(.resnet18))
        var ranges = try ranges(.resnet18, weights)
        #expect(ranges.ranges.count == 21, "the input, 17 convolutions and 3 projections")
        ranges.ranges["layer3.0.downsample"] = nil
        let error = #expect(throws: NeuralNetError.self) { try network(.resnet18, weights, .int8(ranges)) }
        #expect(error?.description.contains("layer3.0.downsample") == true)
        #expect(error?.description.contains("vitrine weights calibrate") == true)
    }

    @Test("a range out of all proportion is refused by the layer's name")
    func disproportion() throws {
        let weights = HashedWeights(NetworkShapes.shapes(.resnet18))
        var ranges = try ranges(.resnet18, weights)
        ranges.ranges["layer2.1.conv1"] = .init(0, 1e-9)
        let error = #expect(throws: NeuralNetError.self) { try network(.resnet18, weights, .int8(ranges)) }
        #expect(error?.description.contains("layer2.1.conv1") == true)
    }

    @Test("a picture that is none of the network's is not observed")
    func unsuitablePictures() throws {
        let vgg = HashedWeights(NetworkShapes.shapes(.vgg16))
        let calibration = try RangeCalibration(.vgg16, width: 64, height: 64, weights: vgg)
        #expect(throws: NeuralNetError.self) { try calibration.observe(planes: [1, 2, 3], width: 32, height: 32) }
        #expect(throws: NeuralNetError.self) {
            try calibration.observe(planes: [Float](repeating: 0, count: 3 * 64), width: 8, height: 8)
        }
    }

    @Test("ranges are the same after they were text")
    func text() throws {
        let ranges = ActivationRanges([
            "input": try #require(.init(-2.1179, 2.64)), "conv1": try #require(.init(0, 1e-7)),
            "layer1.0.downsample": try #require(.init(-0.1, 12345.678)),
        ])
        #expect(ActivationRanges(text: ranges.text) == ranges)
        #expect(ranges.text.hasPrefix("conv1=0.0,1e-07;input=-2.1179,2.64;"))
    }

    @Test(
        "a text that holds no ranges is refused",
        arguments: [
            "", "x", "x=1", "x=0,1,2", "=0,1", "x=0,nan", "x=0,1;x=0,1", "x=1,2", "x=-2,-1", "x=0,inf", "x=0,1e9",
        ])
    func senselessText(text: String) {
        #expect(ActivationRanges(text: text) == nil)
    }

    @Test("a byte is exactly zero, and the range's ends are bytes")
    func quantization() throws {
        let signed = Quantization(try #require(.init(-1, 3)))
        #expect(signed.zero == 64 && abs(signed.scale - 4 / 255) < 1e-7)
        #expect(Quantization(try #require(.init(0, 5))).zero == 0)
        #expect(Quantization(try #require(.init(-5, 0))).zero == 255)
        #expect(Quantization(try #require(.init(0, 0))) == Quantization(scale: 1, zero: 0))
    }
}
