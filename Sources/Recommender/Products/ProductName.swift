import Foundation

/// The words of an item's name, without capitals, accents and plural, so that `Tshirts`, `T-shirt` and `T-Shirt` are one.
enum ProductName {
    /// The words in their order. O(length).
    static func words(_ text: String) -> [String] {
        let plain =
            text.utf8.allSatisfy { $0 < 0x80 }
            ? text : text.folding(options: .diacriticInsensitive, locale: nil).precomposedStringWithCompatibilityMapping
        return plain.utf8.allSatisfy { $0 < 0x80 } ? asciiWords(plain) : unicodeWords(plain)
    }

    /// Words for colours and their shades that names have beside the catalog's own.
    static let colours: Set<String> = [
        "black", "white", "red", "blue", "green", "grey", "gray", "brown", "yellow", "pink", "purple", "orange",
        "beige",
        "navy", "maroon", "gold", "golden", "silver", "olive", "khaki", "cream", "teal", "tan", "charcoal", "turquoise",
        "lavender", "magenta", "mustard", "peach", "rust", "mint", "burgundy", "coral", "indigo", "violet", "ivory",
        "multi", "multicolour", "multicolor", "multicoloured", "multicolored", "metallic", "off", "dark", "light",
        "bright", "pale", "deep",
    ]

    /// Words for whom something is.
    static let genders: Set<String> = [
        "men", "man", "women", "woman", "boy", "girl", "kid", "unisex", "male", "female", "ladie", "lady", "gent",
    ]

    private static func asciiWords(_ text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        let bytes = Array(text.utf8)
        func isLetter(_ index: Int) -> Bool { bytes.indices.contains(index) && isWordByte(bytes[index]) }
        for (index, byte) in bytes.enumerated() {
            if isWordByte(byte) {
                word.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            } else if byte == 0x27 || (byte == 0x2D && word.count == 1 && isLetter(index + 1)) {
                // "men's" is "mens", "T-shirt" is "tshirt".
                continue
            } else if !word.isEmpty {
                words.append(singular(word))
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { words.append(singular(word)) }
        return words
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Without a last "s", but for short words and those on "ss".
    private static func singular(_ word: [UInt8]) -> String {
        let isPlural = word.count > 3 && word.last == 0x73 && word[word.count - 2] != 0x73
        return String(decoding: isPlural ? word.dropLast() : word[...], as: UTF8.self)
    }

    private static func unicodeWords(_ text: String) -> [String] {
        text.lowercased().replacing("'", with: "").split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
