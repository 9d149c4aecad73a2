/// One record of a CSV file.
package struct CSVRecord: Equatable {
    /// The line on which it starts, from 1.
    package let line: Int
    /// Its fields, unquoted.
    package let fields: [String]
}

/// Reads comma-separated values (RFC 4180), and what spreadsheets make of them: a byte-order mark, LF or CRLF,
/// semicolons or tabs instead of commas, quotes inside an unquoted field. Invalid UTF-8 becomes U+FFFD.
package struct CSVReader: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var position = 0
    private var line = 1
    /// Set when the file ends inside quotes: the line on which the quotes were opened.
    package private(set) var unterminatedQuoteLine: Int?

    /// A reader over a whole file; the separator is the one of comma, semicolon and tab that the first line has most of.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        position = hasMark ? 3 : 0
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        var counts = [0, 0, 0]
        // What is quoted separates nothing.
        var isQuoted = false
        var startsField = true
        for byte in bytes[position...] {
            if byte == Self.lineFeed, !isQuoted { break }
            let candidate = candidates.firstIndex(of: byte)
            if byte == Self.quote { isQuoted = !isQuoted && startsField }
            if !isQuoted, let candidate { counts[candidate] += 1 }
            startsField = candidate != nil
        }
        separator = zip(candidates, counts).max { $0.1 < $1.1 && $0.1 != $1.1 }?.0 ?? candidates[0]
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    /// The next record that is not an empty line. O(its bytes).
    package mutating func next() -> CSVRecord? {
        while position < bytes.count {
            let start = line
            let fields = readRecord()
            if fields != [""] { return CSVRecord(line: start, fields: fields) }
        }
        return nil
    }

    private mutating func readRecord() -> [String] {
        var fields: [String] = []
        while true {
            fields.append(readField())
            guard position < bytes.count else { return fields }
            let byte = bytes[position]
            position += 1
            if byte == separator {
                // A separator as the file's last byte: one more, empty field.
                if position == bytes.count { return fields + [""] }
                continue
            }
            if byte == Self.carriageReturn, position < bytes.count, bytes[position] == Self.lineFeed { position += 1 }
            line += 1
            return fields
        }
    }

    /// Reads up to, not including, the separator or line end.
    private mutating func readField() -> String {
        guard position < bytes.count, bytes[position] == Self.quote else { return readUnquoted() }
        let opened = line
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.quote {
                if position < bytes.count, bytes[position] == Self.quote {
                    content.append(byte)
                    position += 1
                    continue
                }
                // Whatever stands between the closing quote and the separator belongs to the field all the same.
                return String(decoding: content, as: UTF8.self) + readUnquoted()
            }
            if byte == Self.lineFeed { line += 1 }
            content.append(byte)
        }
        unterminatedQuoteLine = opened
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func readUnquoted() -> String {
        let start = position
        while position < bytes.count, bytes[position] != separator, bytes[position] != Self.lineFeed,
            bytes[position] != Self.carriageReturn
        {
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
