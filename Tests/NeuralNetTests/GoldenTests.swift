import Foundation
import NeuralNet
import Tensors
import Testing

/// Outputs of PyTorch, from `Training/golden/make_golden.py`.
struct Golden: Decodable {
    let architecture: String
    let width: Int
    let height: Int
    let pool: [Float]
    let fc: [Float]

    init(_ name: String) throws {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
        self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    }

    var input: [Float] { HashedWeights.values("input", [3, height, width]) }
}

/// Length of the difference over the length of what is expected.
func relativeError(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let difference = zip(found, expected).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return (difference / expected.reduce(0.0) { $0 + pow(Double($1), 2) }).squareRoot()
}

@Suite("Networks against PyTorch")
struct GoldenTests {
    /// What the product promises; in fact it is a hundred times less.
    static let tolerance = 1e-4

    @Test("every architecture gives PyTorch's pooled features", arguments: Architecture.allCases)
    func pooledFeatures(architecture: Architecture) throws {
        let golden = try Golden(architecture.rawValue)
        let weights = HashedWeights(NetworkShapes.shapes(architecture))
        let network = try Network(architecture, head: .pool, width: 96, height: 128, weights: weights)
        let output = try network(planes: golden.input, width: golden.width, height: golden.height)
        #expect(output.count == architecture.poolDimension)
        #expect(relativeError(output, golden.pool) < Self.tolerance)
    }

    @Test("every architecture gives PyTorch's last linear layer", arguments: Architecture.allCases)
    func lastLinearLayer(architecture: Architecture) throws {
        let golden = try Golden(architecture.rawValue)
        let weights = HashedWeights(NetworkShapes.shapes(architecture))
        let network = try Network(architecture, head: .fc, width: 96, height: 128, weights: weights)
        let output = try network(planes: golden.input, width: golden.width, height: golden.height)
        #expect(output.count == golden.fc.count)
        #expect(relativeError(output, golden.fc) < Self.tolerance)
    }

    @Test(
        "the shipped models give PyTorch's output for the same file",
        arguments: [Architecture.resnet18, Architecture.resnet34])
    func shippedModel(architecture: Architecture) throws {
        let name = "fashion-\(architecture.rawValue)"
        let golden = try Golden(name)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appendingPathComponent("Weights/\(name).safetensors").path
        let network = try Network(
            architecture, head: .fc, width: golden.width, height: golden.height, weights: SafetensorsFile(path: path))
        let output = try network(planes: golden.input, width: golden.width, height: golden.height)
        #expect(relativeError(output, golden.fc) < Self.tolerance)
    }
}
