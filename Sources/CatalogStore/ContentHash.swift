import Crypto

/// SHA-256 of a file's bytes (FIPS 180-4), in lower-case hexadecimal.
public func contentHash(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: SHA256.hash(data: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
