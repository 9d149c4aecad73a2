/// A `type/subtype; name=value` header value (RFC 9110, sections 5.6.6 and 8.3.1).
package struct MediaType: Sendable {
    /// What comes before the first `;`, in lower case.
    package let essence: String
    /// The parameters, their names in lower case; the first of a name counts.
    package let parameters: [String: String]

    /// Reads a value; `nil` when it is not well formed. Also reads `Content-Disposition` (RFC 6266).
    package init?(_ value: String) {
        var rest = value.utf8[...]
        let head = rest.prefix { $0 != UInt8(ascii: ";") }
        rest = rest.dropFirst(head.count)
        essence = String(Substring(Self.trim(head))).lowercased()
        guard !essence.isEmpty else { return nil }
        var parameters: [String: String] = [:]
        while rest.first == UInt8(ascii: ";") {
            rest = Self.trimStart(rest.dropFirst())
            if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
            let name = rest.prefix { Self.isToken($0) }
            rest = Self.trimStart(rest.dropFirst(name.count))
            guard !name.isEmpty, rest.first == UInt8(ascii: "=") else { return nil }
            rest = Self.trimStart(rest.dropFirst())
            guard let text = Self.takeValue(&rest) else { return nil }
            rest = Self.trimStart(rest)
            let key = String(Substring(name)).lowercased()
            if parameters[key] == nil { parameters[key] = text }
        }
        guard rest.isEmpty else { return nil }
        self.parameters = parameters
    }

    /// A byte of a token (RFC 9110, section 5.6.2).
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func takeValue(_ rest: inout Substring.UTF8View.SubSequence) -> String? {
        guard rest.first == UInt8(ascii: "\"") else {
            // Lenient: browsers and tools leave names with odd bytes unquoted.
            let bare = rest.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != 0x09 }
            rest = rest.dropFirst(bare.count)
            return bare.isEmpty ? nil : String(Substring(bare))
        }
        rest = rest.dropFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
            // Browsers send a lone backslash as it is; only an escaped quote or backslash is an escape.
            if byte == UInt8(ascii: "\\"), let next = rest.first,
                next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
            {
                bytes.append(next)
                rest = rest.dropFirst()
            } else {
                bytes.append(byte)
            }
        }
        return nil
    }

    private static func trimStart(_ bytes: Substring.UTF8View.SubSequence) -> Substring.UTF8View.SubSequence {
        bytes.drop { $0 == UInt8(ascii: " ") || $0 == 0x09 }
    }

    private static func trim(_ bytes: Substring.UTF8View.SubSequence) -> Substring.UTF8View.SubSequence {
        var bytes = trimStart(bytes)
        while bytes.last == UInt8(ascii: " ") || bytes.last == 0x09 { bytes = bytes.dropLast() }
        return bytes
    }
}
