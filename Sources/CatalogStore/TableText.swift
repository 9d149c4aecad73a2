/// How the text of a table is written in bytes.
public enum TableEncoding: String, Sendable, CaseIterable, CustomStringConvertible {
    case utf8 = "utf-8"
    case windows1252 = "windows-1252"
    case utf16 = "utf-16"

    public var description: String {
        switch self {
        case .utf8: "UTF-8"
        case .windows1252: "Windows-1252"
        case .utf16: "UTF-16"
        }
    }
}

/// The text of a table as UTF-8, whatever it was written in.
struct TableText {
    /// The text, with ``undecodable`` in the place of bytes that are none in its encoding.
    let utf8: [UInt8]
    /// What it was written in.
    let encoding: TableEncoding
    /// Whether nothing but the bytes themselves says so.
    private(set) var isGuessed = false

    /// A character that no text has (Unicode, section 23.7).
    static let undecodable = Unicode.Scalar(0xFDD0 as UInt32) ?? "\u{FFFD}"

    /// Decodes a table.
    ///
    /// Without an encoding a byte-order mark tells UTF-16; what is valid UTF-8 is that; and anything else is Windows-1252,
    /// unless most of the lines beyond ASCII are valid UTF-8, which some of its rows then are not.
    ///
    /// - Complexity: O(bytes); valid UTF-8 is not copied.
    init(_ bytes: [UInt8], encoding wanted: TableEncoding?) {
        let hasMark = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        var found = wanted ?? (hasMark ? .utf16 : .utf8)
        let isValid = found == .utf8 && Self.isValid(bytes[...])
        if wanted == nil, found == .utf8, !isValid, !Self.isMostlyUTF8(bytes) {
            found = .windows1252
            isGuessed = true
        }
        encoding = found
        switch found {
        case .utf8: utf8 = isValid ? bytes : Self.repaired(bytes)
        case .windows1252: utf8 = Self.windows1252(bytes)
        case .utf16: utf8 = Self.utf16(bytes)
        }
    }

    private static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var position = 0
            while position < bytes.count {
                guard let length = sequenceLength(bytes, at: position) else { return false }
                position += length
            }
            return true
        }
    }

    /// Bytes of the well-formed sequence at a position (Unicode, table 3-7), or `nil`.
    private static func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
        let first = bytes[position]
        if first < 0x80 { return 1 }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return nil
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
        for index in position + 2..<max(position + 2, position + length) where bytes[index] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }

    private static func isMostlyUTF8(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return true }
        var (valid, invalid) = (0, 0)
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where line.contains(where: { $0 >= 0x80 })
        {
            if isValid(line) { valid += 1 } else { invalid += 1 }
        }
        return valid > invalid
    }

    private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        bytes.withUnsafeBufferPointer { bytes in
            var position = 0
            while position < bytes.count {
                if let length = sequenceLength(bytes, at: position) {
                    result.append(contentsOf: bytes[position..<position + length])
                    position += length
                } else {
                    result.append(contentsOf: UTF8.encode(undecodable).map { [UInt8]($0) } ?? [])
                    position += 1
                }
            }
        }
        return result
    }

    private static func windows1252(_ bytes: [UInt8]) -> [UInt8] {
        var text = String.UnicodeScalarView()
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 0x80 {
                result.append(byte)
                continue
            }
            let scalar = byte < 0xA0 ? upper1252[Int(byte) - 0x80] : Unicode.Scalar(byte)
            text.removeAll(keepingCapacity: true)
            text.append(scalar)
            result.append(contentsOf: String(text).utf8)
        }
        return result
    }

    /// The characters of 0x80 to 0x9F (the code page as the Unicode Consortium has it); five of them are none.
    private static let upper1252: [Unicode.Scalar] = [
        "€", undecodable, "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", undecodable, "Ž", undecodable,
        undecodable, "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", undecodable, "ž", "Ÿ",
    ]

    /// Without a byte-order mark, the first character tells the order: it is hardly ever beyond ASCII.
    private static func utf16(_ bytes: [UInt8]) -> [UInt8] {
        let hasMark = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        let isBig = hasMark ? bytes[0] == 0xFE : bytes.first == 0
        let pairs = bytes.dropFirst(hasMark ? 2 : 0)
        var units = stride(from: pairs.startIndex, to: pairs.endIndex - 1, by: 2).lazy.map { index in
            let (one, two) = (UInt16(pairs[index]), UInt16(pairs[index + 1]))
            return isBig ? one << 8 | two : two << 8 | one
        }.makeIterator()
        var text = String.UnicodeScalarView()
        var decoder = UTF16()
        decoding: while true {
            switch decoder.decode(&units) {
            case .scalarValue(let scalar): text.append(scalar)
            case .error: text.append(undecodable)
            case .emptyInput: break decoding
            }
        }
        if pairs.count % 2 != 0 { text.append(undecodable) }
        return Array(String(text).utf8)
    }
}
