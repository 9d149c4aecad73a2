import Testing

import CKernels

@Suite("Vector kernels")
struct VectorKernelTests {
    @Test("agree with the plain loops over odd sizes", arguments: [1, 2, 7, 8, 9, 31, 33, 255, 256, 257, 2048])
    func agreeWithPlain(dimension: Int) {
        var random = SplitMix64(state: UInt64(dimension))
        let rows = 5
        let query = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
        let vectors = (0..<rows * dimension).map { _ in Float.random(in: -1...1, using: &random) }
        for (tuned, plain) in [
            (vitrine_inner_products, vitrine_inner_products_plain),
            (vitrine_squared_distances, vitrine_squared_distances_plain),
        ] {
            var got = [Float](repeating: .nan, count: rows)
            var expected = [Float](repeating: .nan, count: rows)
            tuned(query, vectors, rows, dimension, &got)
            plain(query, vectors, rows, dimension, &expected)
            for (a, b) in zip(got, expected) {
                // Float sums of `dimension` products of at most 4 each.
                #expect(abs(a - b) <= 4e-7 * Float(dimension) + 1e-6)
            }
        }
    }
}
