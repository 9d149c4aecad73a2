import Crypto

/// SHA-256 of a file's bytes (FIPS 180-4), in lower-case hexadecimal.
public func contentHash(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { ContentDigest(of: $0).hexadecimal }
}

/// SHA-256 of a file's bytes, as compact as it is.
struct ContentDigest: Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(of bytes: UnsafeRawBufferPointer) {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        words = hasher.finalize().withUnsafeBytes { digest in
            func word(_ index: Int) -> UInt64 {
                UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
            return (word(0), word(1), word(2), word(3))
        }
    }

    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 64) { text in
            for (index, word) in [words.0, words.1, words.2, words.3].enumerated() {
                for digit in 0..<16 {
                    text[index * 16 + digit] = digits[Int(truncatingIfNeeded: word >> UInt64(60 - 4 * digit)) & 15]
                }
            }
            return 64
        }
    }

    static func == (a: ContentDigest, b: ContentDigest) -> Bool { a.words == b.words }

    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
