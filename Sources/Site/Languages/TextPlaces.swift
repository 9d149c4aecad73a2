/// The places for values in a text: `{name}`, or `{part.name}` for a part of a page's model.
enum TextPlaces {
    /// A text with each place replaced, in one pass, so that what is put in may hold braces; `nil` where `value` has
    /// nothing for a place. O(n).
    static func replaced(in text: String, with value: (String) -> String?) -> String? {
        let bytes = text.utf8
        guard var open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return text }
        var result = ""
        var done = text.startIndex
        while true {
            let start = bytes.index(after: open)
            let end = bytes[start...].firstIndex { !isName($0) } ?? bytes.endIndex
            if end > start, end < bytes.endIndex, bytes[end] == UInt8(ascii: "}") {
                guard let replacement = value(String(text[start..<end])) else { return nil }
                result += text[done..<open]
                result += replacement
                done = bytes.index(after: end)
            }
            guard let next = bytes[end...].firstIndex(of: UInt8(ascii: "{")) else { return result + text[done...] }
            open = next
        }
    }

    /// The names of the places in a text.
    static func names(in text: String) -> Set<String> {
        var names: Set<String> = []
        _ = replaced(in: text) { name in
            names.insert(name)
            return ""
        }
        return names
    }

    private static func isName(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: ".")
    }
}
