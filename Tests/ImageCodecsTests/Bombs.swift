/// Small files that unpack to very much.
enum Bombs {
    /// A PNG whose image data is ``zeros(matches:)``, whatever its size asks for.
    static func png(width: UInt32, height: UInt32, interlaced: Bool = false, matches: Int) -> [UInt8] {
        let size = PNGBytes.bigEndian(width) + PNGBytes.bigEndian(height)
        return PNGBytes.signature + PNGBytes.chunk("IHDR", size + [8, 2, 0, 0, interlaced ? 1 : 0])
            + PNGBytes.chunk("IDAT", zeros(matches: matches)) + PNGBytes.chunk("IEND")
    }

    /// `1 + 258 * matches` zeros packed as tightly as DEFLATE can: a zero, and two bits for each 258 copies of it
    /// (RFC 1951, section 3.2.7).
    static func zeros(matches: Int) -> [UInt8] {
        var bits = LowBitsFirst()
        bits.put(1, 1)  // the last block,
        bits.put(2, 2)  // with codes of its own:
        bits.put(29, 5)  // 286 for literals and lengths,
        bits.put(0, 5)  // 1 for distances,
        bits.put(14, 4)  // and 18 to tell their lengths with, in the order that the RFC gives.
        for length in [0, 0, 1] + Array(repeating: 0, count: 12) + [2, 0, 2] { bits.put(length, 3) }
        // Their codes: 0 a run of nothing, 10 a length of one, 11 a length of two; the first bit goes lowest.
        let (one, two) = (0b01, 0b11)
        bits.put(two, 2)  // the zero byte is 10
        for run in [138, 117] { bits.put((run - 11) << 1, 8) }
        bits.put(two, 2)  // the end is 11
        bits.put((28 - 11) << 1, 8)
        bits.put(one, 2)  // length 258 is 0
        bits.put(one, 2)  // distance 1 is 0
        bits.put(0b01, 2)
        for _ in 0..<matches { bits.put(0, 2) }
        bits.put(0b11, 2)
        let count = UInt32((1 + 258 * matches) % 65_521)
        return [0x78, 0xDA] + bits.bytes + PNGBytes.bigEndian(count << 16 | 1)
    }

    /// A grey progressive JPEG of `side` x `side` blocks in which nothing ever differs from mid-grey: its first scan takes a bit for each block,
    /// and each further one, which refines all the 63 other coefficients of each block, a few bytes.
    static func jpeg(side: Int, scans: Int) -> [UInt8] {
        let length = [UInt8((side * 8) >> 8), UInt8((side * 8) & 255)]
        func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
            [0xFF, marker, UInt8((payload.count + 2) >> 8), UInt8((payload.count + 2) & 255)] + payload
        }
        let oneCode = [1] + [UInt8](repeating: 0, count: 15)
        var file: [UInt8] = [0xFF, 0xD8]
        file += segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
        file += segment(0xC2, [8] + length + length + [1, 1, 0x11, 0])
        // The one code of each table is a zero bit: no difference, and a run of 16,384 blocks and as many
        // more as the next 14 bits say.
        file += segment(0xC4, [0x00] + oneCode + [0x00]) + segment(0xC4, [0x10] + oneCode + [0xE0])
        file += segment(0xDA, [1, 1, 0x00, 0, 0, 0])
        file += [UInt8](repeating: 0, count: (side * side + 7) / 8)
        // The last run goes on beyond the last block, which is as good.
        let runs = [UInt8](repeating: 0, count: ((side * side + 16_383) / 16_384 * 15 + 7) / 8)
        for scan in 1..<scans {
            // The first of them sets all but the last bit, the others refine that.
            file += segment(0xDA, [1, 1, 0x00, 1, 63, scan == 1 ? 0x01 : 0x10]) + runs
        }
        return file + [0xFF, 0xD9]
    }

    private struct LowBitsFirst {
        var bytes: [UInt8] = []
        private var used = 8

        mutating func put(_ value: Int, _ count: Int) {
            for bit in 0..<count {
                if used == 8 {
                    bytes.append(0)
                    used = 0
                }
                bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << used
                used += 1
            }
        }
    }
}
