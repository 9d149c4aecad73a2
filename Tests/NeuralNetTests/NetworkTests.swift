import NeuralNet
import Tensors
import Testing

@Suite("Networks")
struct NetworkTests {
    /// Weights with some tensors replaced.
    private struct Changed: WeightSource {
        let base: HashedWeights
        var shapes: [String: [Int]] = [:]
        var missing: Set<String> = []
        var values: [String: Float] = [:]

        var name: String { "file.safetensors" }
        var tensorNames: [String] { base.tensorNames.filter { !missing.contains($0) } + shapes.keys }
        func shape(of tensor: String) -> [Int]? {
            missing.contains(tensor) ? nil : shapes[tensor] ?? base.shape(of: tensor)
        }
        func read(_ tensor: String, into buffer: UnsafeMutableBufferPointer<Float>) {
            base.read(tensor, into: buffer)
            if let value = values[tensor] { buffer[buffer.count - 1] = value }
        }
    }

    private let resnet18 = Changed(base: HashedWeights(NetworkShapes.shapes(.resnet18)))

    private func refusal(_ weights: Changed, head: EmbeddingHead = .fc, as architecture: Architecture = .resnet18)
        -> String
    {
        let error = #expect(throws: NeuralNetError.self) {
            try Network(architecture, head: head, width: 96, height: 128, weights: weights)
        }
        return error?.description ?? ""
    }

    @Test("a missing tensor is named")
    func missingTensor() {
        var weights = resnet18
        weights.missing = ["layer3.1.bn2.running_var"]
        #expect(refusal(weights) == "file.safetensors: tensor layer3.1.bn2.running_var: it is missing")
    }

    @Test("a tensor of another shape is named with both shapes")
    func misshapenTensor() {
        var weights = resnet18
        weights.shapes = ["layer2.0.conv1.weight": [128, 64, 3, 1]]
        let text = refusal(weights)
        #expect(text.contains("layer2.0.conv1.weight: its shape is [128, 64, 3, 1], expected [128, 64, 3, 3]"))
    }

    @Test("a tensor with a value that is not finite is refused", arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(value: Float) {
        var weights = resnet18
        weights.values = ["layer1.0.conv1.weight": value]
        #expect(refusal(weights).contains("tensor layer1.0.conv1.weight: it has values that are infinite"))
    }

    @Test("a negative variance is refused")
    func negativeVariance() {
        var weights = resnet18
        weights.values = ["bn1.running_var": -1]
        #expect(refusal(weights).contains("tensor bn1.running_var: a variance is negative"))
    }

    @Test("a deeper network does not pass for a shallower one")
    func strayTensor() {
        let weights = Changed(base: HashedWeights(NetworkShapes.shapes(.resnet34)))
        #expect(refusal(weights).contains("a resnet18 has no such tensor"))
    }

    @Test("the last linear layer must fit the features, and is needed only for its own embedding")
    func head() throws {
        var weights = resnet18
        weights.shapes = ["fc.weight": [10, 2048]]
        #expect(refusal(weights).contains("fc.weight: its shape is [10, 2048], expected [any, 512]"))
        #expect(try Network(.resnet18, head: .pool, width: 96, height: 128, weights: weights).dimension == 512)
        weights.shapes = [:]
        weights.missing = ["fc.weight", "fc.bias"]
        #expect(refusal(weights).contains("fc.weight: it is missing"))
        #expect(try Network(.resnet18, head: .pool, width: 96, height: 128, weights: weights).dimension == 512)
    }

    @Test("VGG16 without its last layers gives what the last one there is gives")
    func shorterClassifier() throws {
        var weights = Changed(base: HashedWeights(NetworkShapes.shapes(.vgg16)))
        weights.missing = ["classifier.6.weight", "classifier.6.bias"]
        #expect(try Network(.vgg16, head: .fc, width: 96, height: 128, weights: weights).dimension == 24)
    }

    @Test("pictures of sizes that a network cannot take are refused")
    func unsuitableInput() throws {
        let vgg = try Network(
            .vgg16, head: .pool, width: 96, height: 128, weights: HashedWeights(NetworkShapes.shapes(.vgg16)))
        #expect(throws: NeuralNetError.self) { try vgg.check(width: 31, height: 64) }
        #expect(throws: NeuralNetError.self) { try vgg.check(width: 0, height: 64) }
        #expect(throws: NeuralNetError.self) { try vgg.check(width: 64, height: 100_000) }
        #expect(throws: Never.self) { try vgg.check(width: 32, height: 32) }
        #expect(throws: NeuralNetError.self) { try vgg(planes: [1, 2, 3], width: 32, height: 32) }
    }

    @Test("a ResNet takes pictures of any size", arguments: [(1, 1), (7, 33), (65, 31), (96, 128)])
    func anySize(width: Int, height: Int) throws {
        let network = try Network(.resnet18, head: .pool, width: 96, height: 128, weights: resnet18)
        let output = try network(
            planes: HashedWeights.values("input", [3, height, width]), width: width, height: height)
        #expect(output.allSatisfy(\.isFinite) && output.contains { $0 != 0 })
    }

    @Test("the output is the mean of those of the positions, but for VGG16's classifier, which has none")
    func positions() throws {
        let vggWeights = HashedWeights(NetworkShapes.shapes(.vgg16))
        for (network, rows, columns) in [
            (try Network(.resnet18, head: .fc, width: 64, height: 96, weights: resnet18), 3, 2),
            (try Network(.resnet18, head: .pool, width: 70, height: 97, weights: resnet18), 4, 3),
            (try Network(.vgg16, head: .pool, width: 64, height: 96, weights: vggWeights), 3, 2),
        ] {
            let (width, height) = columns == 3 ? (70, 97) : (64, 96)
            let planes = HashedWeights.values("input", [3, height, width])
            let outputs = try network.outputs(
                [planes, planes.map { -$0 }], width: width, height: height, scale: [1, 1, 1], shift: [0, 0, 0])
            #expect(outputs[0].vector == (try network(planes: planes, width: width, height: height)))
            for output in outputs {
                let positions = try #require(network.positions(of: output))
                #expect(positions.rows == rows && positions.columns == columns)
                #expect(positions.values.count == rows * columns * network.dimension)
                var mean = [Float](repeating: 0, count: network.dimension)
                for (index, value) in positions.values.enumerated() {
                    mean[index % network.dimension] += value / Float(rows * columns)
                }
                #expect(relativeError(mean, output.vector) < 1e-4)
            }
        }
        let classifier = try Network(.vgg16, head: .fc, width: 32, height: 32, weights: vggWeights)
        #expect(!classifier.hasPositions)
        let output = try classifier.outputs(
            [HashedWeights.values("input", [3, 32, 32])], width: 32, height: 32, scale: [1, 1, 1], shift: [0, 0, 0])
        #expect(classifier.positions(of: output[0]) == nil && output[0].vector.count == classifier.dimension)
    }

    @Test("scale and shift are applied to each channel before anything else")
    func normalisation() throws {
        let network = try Network(.resnet18, head: .pool, width: 96, height: 128, weights: resnet18)
        let planes = HashedWeights.values("input", [3, 40, 40])
        let (scale, shift): ([Float], [Float]) = ([0.5, 2, 4], [1, -0.5, 0.25])
        let prepared = planes.enumerated().map { $1 * scale[$0 / 1600] + shift[$0 / 1600] }
        let expected = try network(planes: prepared, width: 40, height: 40)
        let found = try network(planes: planes, width: 40, height: 40, scale: scale, shift: shift)
        #expect(relativeError(found, expected) < 1e-6)
    }

    @Test(
        "the output has the same bits on any number of threads", arguments: [Architecture.resnet18, .resnet50, .vgg16])
    func deterministic(architecture: Architecture) throws {
        let weights = HashedWeights(NetworkShapes.shapes(architecture))
        let planes = HashedWeights.values("input", [3, 128, 96])
        let outputs = try [1, 2, 5].map { threads in
            let network = try Network(
                architecture, head: .fc, width: 96, height: 128, weights: weights, pool: ThreadPool(threads: threads))
            return try network(planes: planes, width: 96, height: 128)
        }
        #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0])
    }
}
