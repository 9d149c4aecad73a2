/// The places for values in a text: `{name}`, or `{part.name}` for a part of a page's model.
enum TextPlaces {
    /// A text with each place replaced, in one pass, so that what is put in may hold braces; `nil` where `value` has
    /// nothing for a place. O(n).
    static func replaced(in text: String, with value: (String) -> String?) -> String? {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            let start = rest.index(after: open)
            result += rest[..<open]
            let end = rest[start...].firstIndex { !($0.isASCII && ($0.isLetter || $0 == ".")) } ?? rest.endIndex
            if end > start, end < rest.endIndex, rest[end] == "}" {
                guard let replacement = value(String(rest[start..<end])) else { return nil }
                result += replacement
                rest = rest[rest.index(after: end)...]
            } else {
                result += "{"
                rest = rest[start...]
            }
        }
        return result + rest
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
}
