/// A value that a statement is given apart from its text, so that nothing in it can be taken for SQL.
enum PostgresParameter: Sendable {
    case null
    case text(String)
    case integer(Int)
    case double(Double)
    case boolean(Bool)
    case bytes([UInt8])
    /// pgvector's `vector` in its binary form: the number of dimensions and a zero, both 16 bits, then the floats, all big
    /// end first (`vector_recv` in pgvector's source). A quarter of the text's size, and nothing to parse.
    case vector([Float])
    case texts([String])
    case integers([Int])

    init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    init(_ number: Double?) { self = number.map { .double($0) } ?? .null }

    /// The bytes that go over the wire, in binary or as text; `nil` for NULL.
    var encoded: (bytes: [UInt8], isBinary: Bool)? {
        switch self {
        case .null: nil
        case .text(let text): (Array(text.withoutNUL.utf8), false)
        case .integer(let number): (Array(String(number).utf8), false)
        case .double(let number): (Array(String(number).utf8), false)
        case .boolean(let value): ([value ? 0x74 : 0x66], false)
        case .bytes(let bytes): (bytes, true)
        case .vector(let vector): (Self.binary(vector), true)
        case .texts(let texts): (Self.array(texts), false)
        case .integers(let numbers): (Array("{\(numbers.map(String.init).joined(separator: ","))}".utf8), false)
        }
    }

    private static func binary(_ vector: [Float]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4 + 4 * vector.count)
        bytes[0] = UInt8(truncatingIfNeeded: vector.count >> 8)
        bytes[1] = UInt8(truncatingIfNeeded: vector.count)
        bytes.withUnsafeMutableBytes { bytes in
            for (index, value) in vector.enumerated() {
                bytes.storeBytes(of: value.bitPattern.bigEndian, toByteOffset: 4 + 4 * index, as: UInt32.self)
            }
        }
        return bytes
    }

    /// `text[]` as PostgreSQL reads it (Array Input and Output Syntax in its documentation): every element in quotes.
    private static func array(_ texts: [String]) -> [UInt8] {
        var bytes: [UInt8] = [0x7B]
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(0x2C) }
            bytes.append(0x22)
            for byte in text.withoutNUL.utf8 {
                if byte == 0x22 || byte == 0x5C { bytes.append(0x5C) }
                bytes.append(byte)
            }
            bytes.append(0x22)
        }
        bytes.append(0x7D)
        return bytes
    }
}

extension String {
    /// PostgreSQL has no text with a NUL. SQLite ends the text there, and so does this.
    var withoutNUL: String {
        guard utf8.contains(0) else { return self }
        return String(decoding: utf8.prefix { $0 != 0 }, as: UTF8.self)
    }
}
