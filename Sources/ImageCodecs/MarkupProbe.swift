/// Finds out whether a text is an SVG document without parsing all of it.
enum MarkupProbe {
    /// Whether the first element is `svg`, with or without a prefix. A byte order mark, white space, an XML
    /// declaration, processing instructions, comments and a document type may come before (W3C XML 1.0, section 2.8).
    static func isSVG(_ file: ByteView) -> Bool {
        var text = Array(file.prefixBytes(1 << 16))
        // UTF-16: the ASCII half of it is all that matters here.
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
            text = text.dropFirst(2).filter { $0 != 0 }
        } else if text.starts(with: [0xEF, 0xBB, 0xBF]) {
            text.removeFirst(3)
        }
        var rest = text[...]
        while true {
            rest = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
            if rest.starts(with: "<!--".utf8) {
                guard let after = skip(rest.dropFirst(4), past: "-->") else { return false }
                rest = after
            } else if rest.starts(with: "<?".utf8) {
                guard let after = skip(rest.dropFirst(2), past: "?>") else { return false }
                rest = after
            } else if rest.starts(with: "<!DOCTYPE".utf8) {
                guard let after = skipDocumentType(rest.dropFirst(9)) else { return false }
                rest = after
            } else {
                return isSVGElement(rest)
            }
        }
    }

    private static func isSVGElement(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == 0x3C else { return false }
        let name = text.dropFirst().prefix(64).prefix { byte in
            byte > 0x20 && byte != 0x2F && byte != 0x3E
        }
        return name.split(separator: 0x3A).last.map { $0.elementsEqual("svg".utf8) } ?? false
    }

    /// A document type ends at `>`, after its internal subset in brackets, if it has one.
    private static func skipDocumentType(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = text.firstIndex(where: { $0 == 0x3E || $0 == 0x5B }) else { return nil }
        if text[end] == 0x3E { return text[(end + 1)...] }
        guard let close = text[end...].firstIndex(of: 0x5D) else { return nil }
        return skip(text[close...], past: ">")
    }

    private static func skip(_ text: ArraySlice<UInt8>, past end: String) -> ArraySlice<UInt8>? {
        let pattern = Array(end.utf8)
        var rest = text
        while let start = rest.firstIndex(of: pattern[0]) {
            rest = rest[start...]
            if rest.starts(with: pattern) { return rest.dropFirst(pattern.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
