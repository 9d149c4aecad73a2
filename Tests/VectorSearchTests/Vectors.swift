import Foundation
import VectorSearch

/// Vectors as those of photos are: kinds, products within a kind, and likenesses of each product.
struct ClusteredVectors {
    let dimension: Int
    let ids: [String]
    let vectors: [Float]

    init(count: Int, dimension: Int = 32, kinds: Int = 20, likenesses: Int = 8, seed: UInt64 = 1) {
        var random = SplitMix64(state: seed)
        func noise(_ size: Float) -> [Float] {
            (0..<dimension).map { _ in
                size * (Float.random(in: -1...1, using: &random) + Float.random(in: -1...1, using: &random))
            }
        }
        func sum(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).map(+) }
        let centres = (0..<kinds).map { _ in noise(1) }
        var product: [Float] = []
        var all: [Float] = []
        for row in 0..<count {
            if row % likenesses == 0 { product = sum(centres[Int.random(in: 0..<kinds, using: &random)], noise(0.5)) }
            all += Self.unit(sum(product, noise(0.1)))
        }
        self.dimension = dimension
        ids = (0..<count).map { "item-\(($0 * 7919) % 1_000_003)" }
        vectors = all
    }

    static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }

    func vector(_ row: Int) -> [Float] { Array(vectors[row * dimension..<(row + 1) * dimension]) }

    /// Some vectors near those of rows.
    func queries(_ count: Int, seed: UInt64 = 99) -> [[Float]] {
        var random = SplitMix64(state: seed)
        return (0..<count).map { _ in
            let row = Int.random(in: 0..<ids.count, using: &random)
            return Self.unit(vector(row).map { $0 + 0.05 * Float.random(in: -1...1, using: &random) })
        }
    }

    func table() throws -> VectorTable {
        try VectorTable(dimension: dimension, ids: ids, vectors: vectors, quantized: true)
    }
}

/// The share of what an exact search finds that another one finds too.
func recall(
    _ queries: [[Float]], count: Int = 5, metric: Metric = .cosine,
    of search: ([Float]) throws -> [Neighbor], exactly exact: ([Float]) throws -> [Neighbor]
) rethrows -> Double {
    var found = 0
    var all = 0
    for query in queries {
        let expected = try exact(query)
        found += Set(try search(query).map(\.id)).intersection(expected.map(\.id)).count
        all += expected.count
    }
    return all > 0 ? Double(found) / Double(all) : 1
}

/// A folder that is removed at the end.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "vitrine-vectors-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
