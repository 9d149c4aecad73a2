/// A JSON text (RFC 8259) that is written from beginning to end.
///
/// For the answers that are sent most: `JSONEncoder` makes a tree of boxes first, which takes as long as finding the
/// items. The text is the same to the byte as that of an encoder with sorted keys and slashes as they are, if members are
/// added in the order of their names.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    /// Whether a value was just written, which a comma has to part from the next.
    private var needsComma = false

    init() { bytes.reserveCapacity(4096) }

    /// An object, as a value.
    mutating func object(_ members: (inout JSONText) -> Void) {
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    /// An array, as a value.
    mutating func array(_ elements: (inout JSONText) -> Void) {
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    /// The name of a member; its value comes next.
    mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member that is left out if it has no value.
    mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        self.name(name)
        string(value)
    }

    /// A member that is left out if it has no value.
    mutating func member(_ name: String, _ value: Double?) {
        guard let value else { return }
        self.name(name)
        number(value)
    }

    /// A string, as a value (RFC 8259, section 7).
    mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case 0x08: bytes += #"\b"#.utf8
            case 0x09: bytes += #"\t"#.utf8
            case 0x0A: bytes += #"\n"#.utf8
            case 0x0C: bytes += #"\f"#.utf8
            case 0x0D: bytes += #"\r"#.utf8
            case 0..<0x20:
                bytes += #"\u00"#.utf8
                for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A number, as a value: the shortest digits that are read as the same one.
    ///
    /// - Precondition: it is finite; JSON has no other numbers.
    mutating func number(_ value: Double) {
        precondition(value.isFinite, "JSON has no such number")
        separate()
        let digits = value.description.utf8
        bytes += digits.suffix(2).elementsEqual(".0".utf8) ? digits.dropLast(2) : digits[...]
        needsComma = true
    }

    private mutating func enclose(_ first: UInt8, _ last: UInt8, _ content: (inout JSONText) -> Void) {
        separate()
        bytes.append(first)
        needsComma = false
        content(&self)
        bytes.append(last)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}

extension APISearchAnswer {
    /// The answer as it is sent; what encoding it gives.
    package var json: [UInt8] {
        var text = JSONText()
        text.object { text in
            text.member("model", model)
            text.name("results")
            text.array { text in
                for item in results { item.write(to: &text) }
            }
            text.name("timings_ms")
            text.object { text in
                text.member("decode", timings.decode)
                text.member("embed", timings.embed)
                text.member("search", timings.search)
            }
        }
        return text.bytes
    }
}

extension APIItem {
    fileprivate func write(to text: inout JSONText) {
        text.object { text in
            text.name("attributes")
            text.object { text in
                let sorted = attributes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                for (name, value) in sorted { text.member(name, value) }
            }
            text.member("category", category)
            text.member("closeness", closeness)
            text.member("colour", colour)
            text.member("currency", currency)
            text.member("description", description)
            text.member("gender", gender)
            text.member("id", id)
            text.member("image_url", imageURL)
            text.member("item_url", itemURL)
            text.member("name", name)
            text.member("price", price)
            text.member("score", score)
            text.member("thumbnail_url", thumbnailURL)
            text.member("url", url)
        }
    }
}
