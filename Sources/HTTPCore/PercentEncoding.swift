/// Percent-decoding (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// The bytes that are meant; `nil` where a `%` is not followed by two hexadecimal digits. O(n).
    package static func decode(_ bytes: some Sequence<UInt8>, plusIsSpace: Bool = false) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.underestimatedCount)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexadecimalDigit),
                    let low = iterator.next().flatMap(hexadecimalDigit)
                else { return nil }
                decoded.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                decoded.append(UInt8(ascii: " "))
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }

    /// Decodes to text; `nil` for bad escapes and for what is not UTF-8.
    package static func decodeText(_ bytes: some Sequence<UInt8>, plusIsSpace: Bool = false) -> String? {
        decode(bytes, plusIsSpace: plusIsSpace).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The pairs of `a=1&b=2` (WHATWG URL, application/x-www-form-urlencoded); `nil` as for text. O(n).
    package static func decodePairs(_ bytes: some Collection<UInt8>) -> [(name: String, value: [UInt8])]? {
        var pairs: [(name: String, value: [UInt8])] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            guard let name = decodeText(pair[..<(equals ?? pair.endIndex)], plusIsSpace: true) else { return nil }
            let rest = equals.map { pair[pair.index(after: $0)...] } ?? pair[pair.endIndex...]
            guard let value = decode(rest, plusIsSpace: true) else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
