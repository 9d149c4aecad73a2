/// Reads the few JSON forms that a safetensors header is made of (RFC 8259), strictly and without recursion.
struct JSONScanner {
    typealias Failure = SafetensorsHeader.Failure

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// An object: `member` is called with each name, and must read the value.
    mutating func object(
        _ member: (inout JSONScanner, String) throws(Failure) -> Void
    ) throws(Failure) {
        try expect("{")
        if consume("}") { return }
        repeat {
            let name = try string()
            try expect(":")
            try member(&self, name)
        } while consume(",")
        try expect("}")
    }

    /// An array of at most `limit` non-negative integers.
    mutating func integers(atMost limit: Int) throws(Failure) -> [Int] {
        try expect("[")
        if consume("]") { return [] }
        var values: [Int] = []
        repeat {
            guard values.count < limit else { throw failure("a list of more than \(limit) numbers") }
            values.append(try integer())
        } while consume(",")
        try expect("]")
        return values
    }

    /// A non-negative integer without fraction or exponent, as large as an `Int` at most.
    mutating func integer() throws(Failure) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let digit = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw failure("a number beyond 64 bits") }
            value = sum
            position += 1
        }
        guard position > start else { throw failure("something else where a non-negative integer belongs") }
        guard bytes[start] != UInt8(ascii: "0") || position == start + 1 else {
            throw failure("a number with a leading zero")
        }
        return value
    }

    /// A string, with its escapes resolved.
    mutating func string() throws(Failure) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            guard let byte = next() else { throw failure("a string without an end") }
            switch byte {
            case UInt8(ascii: "\""):
                let result = String(decoding: text, as: UTF8.self)
                // Decoding repairs what is not UTF-8, and then differs.
                guard result.utf8.elementsEqual(text) else { throw failure("a string that is not UTF-8") }
                return result
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw failure("a control character within a string")
            default: text.append(byte)
            }
        }
    }

    /// Only spaces may follow; writers pad with them.
    mutating func expectEnd() throws(Failure) {
        skipSpace()
        guard position == bytes.endIndex else { throw failure("something after the header's object") }
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        switch next() {
        case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
        case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
        case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u") else {
                    throw failure("half of a surrogate pair")
                }
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
            return Array(String(Character(scalar)).utf8)
        default: throw failure("an unknown escape within a string")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("an escape without four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
        }
        return code
    }

    private func peek() -> UInt8? {
        position < bytes.endIndex ? bytes[position] : nil
    }

    private mutating func next() -> UInt8? {
        guard let byte = peek() else { return nil }
        position += 1
        return byte
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func consume(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard consume(character) else {
            throw failure(peek() == nil ? "an early end (expected \(character))" : "no \(character) where one belongs")
        }
    }

    private func failure(_ what: String) -> Failure {
        Failure(reason: "the header has \(what), at byte \(position - bytes.startIndex)")
    }
}
