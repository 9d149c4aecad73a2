import Tensors
import Testing

@Suite("Matrix products")
struct GemmTests {
    /// Odd sizes around the kernels' blocks, and thin ones.
    static let shapes = [
        (1, 1, 1), (1, 17, 3), (2, 3, 5), (7, 1, 9), (13, 31, 1), (16, 16, 16), (17, 33, 65), (49, 64, 147),
        (64, 1, 300), (5, 129, 257), (97, 70, 41),
    ]

    /// Small whole numbers: their products and sums are exact, so results must be equal and not merely near.
    private func whole(_ count: Int, _ seed: Int) -> [Float] {
        (0..<count).map { Float(($0 &* 7919 &+ seed &* 104_729) % 17 - 8) }
    }

    @Test("a product equals the sums by definition, for odd shapes and rows with a stride", arguments: shapes)
    func product(shape: (Int, Int, Int)) throws {
        let (rows, columns, inner) = shape
        let gemm = try Gemm()
        let (aStride, bStride, cStride) = (inner + 3, columns + 1, columns + 2)
        let a = whole(rows * aStride, 1)
        let b = whole(inner * bStride, 2)
        var c = [Float](repeating: .nan, count: rows * cStride)
        gemm.multiply(
            rows: rows, columns: columns, inner: inner, a, stride: aStride, b, stride: bStride, into: &c,
            stride: cStride)
        for row in 0..<rows {
            for column in 0..<columns {
                let sum = (0..<inner).reduce(Float(0)) { $0 + a[row * aStride + $1] * b[$1 * bStride + column] }
                #expect(c[row * cStride + column] == sum)
            }
            #expect(c[row * cStride + columns].isNaN, "what lies between the rows is left alone")
        }
    }

    @Test("a product with the transpose equals the inner products of rows", arguments: shapes)
    func transposedProduct(shape: (Int, Int, Int)) throws {
        let (rows, columns, inner) = shape
        let gemm = try Gemm()
        let a = whole(rows * inner, 3)
        let b = whole(columns * inner, 4)
        var c = [Float](repeating: .nan, count: rows * columns)
        gemm.multiplyTransposed(
            rows: rows, columns: columns, inner: inner, a, stride: inner, b, stride: inner, into: &c, stride: columns)
        for row in 0..<rows {
            for column in 0..<columns {
                let sum = (0..<inner).reduce(Float(0)) { $0 + a[row * inner + $1] * b[column * inner + $1] }
                #expect(c[row * columns + column] == sum)
            }
        }
    }

    @Test("a product over nothing is zero, and one without rows or columns does nothing")
    func emptyProducts() throws {
        let gemm = try Gemm()
        var c: [Float] = [1, 2, 3, 4]
        gemm.multiply(rows: 2, columns: 2, inner: 0, [0], stride: 1, [0], stride: 2, into: &c, stride: 2)
        #expect(c == [0, 0, 0, 0])
        c = [1, 2, 3, 4]
        gemm.multiply(rows: 0, columns: 2, inner: 1, [0], stride: 1, [0, 0], stride: 2, into: &c, stride: 2)
        gemm.multiply(rows: 2, columns: 0, inner: 1, [0, 0], stride: 1, [0], stride: 1, into: &c, stride: 2)
        #expect(c == [1, 2, 3, 4])
    }

    @Test("products from many threads at once are each right")
    func concurrentProducts() throws {
        let gemm = try Gemm()
        let pool = ThreadPool(threads: 4)
        let size = 48
        let b = whole(size * size, 9)
        let expected = (0..<32).map { seed in
            var c = [Float](repeating: 0, count: size * size)
            gemm.multiply(
                rows: size, columns: size, inner: size, whole(size * size, seed), stride: size, b, stride: size,
                into: &c, stride: size)
            return c
        }
        let results = FloatBuffer(count: 32 * size * size)
        pool.parallelFor(32) { index in
            gemm.multiply(
                rows: size, columns: size, inner: size, whole(size * size, index), stride: size, b, stride: size,
                into: results.pointer + index * size * size, stride: size)
        }
        #expect(results.values == Array(expected.joined()))
    }

    @Test("OpenBLAS does not fall back to kernels of an old CPU")
    func coreName() throws {
        let name = try Gemm().coreName
        #expect(!["Prescott", "Core2", "unknown"].contains(name), "OpenBLAS runs as \(name)")
    }

    @Test("a missing library is explained with what to install")
    func missingLibrary() {
        let text = TensorsError.openBLASMissing(reason: "no such file").description
        #expect(text.contains("no such file") && text.contains("libopenblas0"))
    }
}
