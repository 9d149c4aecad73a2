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
            (vk_inner_products, vk_inner_products_plain),
            (vk_squared_distances, vk_squared_distances_plain),
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

@Suite("Checksum and code kernels")
struct CodeKernelTests {
    @Test("CRC-32C is that of RFC 3720, by every way and over odd lengths and pieces")
    func checksums() {
        let digits = Array("123456789".utf8)
        #expect(vk_crc32c(0, digits, 9) == 0xE306_9283)
        var random = SplitMix64(state: 1)
        let bytes = (0..<40_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for count in [0, 1, 7, 8, 9, 4096, 12_287, 12_288, 12_289, 40_000] {
            let expected = vk_crc32c_plain(0, bytes, count)
            #expect(vk_crc32c(0, bytes, count) == expected && vk_crc32c_table(0, bytes, count) == expected)
            let half = count / 3
            let rest = Array(bytes[half..<count])
            #expect(vk_crc32c(vk_crc32c(0, bytes, half), rest, rest.count) == expected)
        }
    }

    @Test(
        "products of rows that lie apart are those of the rows, and so are products of bytes",
        arguments: [64, 128, 256, 2048])
    func products(length: Int) {
        var random = SplitMix64(state: UInt64(length))
        let rows = 23
        let codes = (0..<rows * length).map { _ in UInt8.random(in: 1...255, using: &random) }
        let high = (0..<length).map { _ in Int8.random(in: -127...127, using: &random) }
        let low = (0..<length).map { _ in Int8.random(in: -128...127, using: &random) }
        var query = vk_code_query(
            high: nil, low: nil, high_sum: high.reduce(0) { $0 + Int32($1) }, low_sum: low.reduce(0) { $0 + Int32($1) })
        let picked: [UInt32] = [22, 0, 7, 7, 13, 1, 2, 21, 20, 19, 3]
        var expected = [Float](repeating: .nan, count: rows)
        var together = expected
        var apart = [Float](repeating: .nan, count: picked.count)
        high.withUnsafeBufferPointer { high in
            low.withUnsafeBufferPointer { low in
                (query.high, query.low) = (high.baseAddress, low.baseAddress)
                vk_code_products_plain(&query, codes, rows, length, &expected)
                vk_code_products(&query, codes, rows, length, &together)
                vk_code_products_at(&query, codes, picked, picked.count, length, &apart)
            }
        }
        // Sums of up to 2^11 products of up to 2^22, in floats of 24 bits.
        let tolerance = Float(length) * 0x1p2
        #expect(zip(together, expected).allSatisfy { abs($0 - $1) <= tolerance })
        #expect(zip(apart, picked.map { expected[Int($0)] }).allSatisfy { abs($0 - $1) <= tolerance })
        for row in 0..<rows {
            let sum = (0..<length).reduce(Int32(0)) { $0 + Int32(codes[row * length + $1]) * Int32(high[$1]) }
            #expect(vk_dot()(high, Array(codes[row * length..<(row + 1) * length]), length) == sum)
        }
    }
}
