/// A file, or what stands in a file's place, as a source shows it.
struct SourceEntry {
    enum Kind {
        case file
        case folder
        case link
        /// Another name for an entry before it.
        case hardLink
        case special
        /// The archive does not say what it is.
        case damaged
    }

    /// Its name in the source; `nil` if that is not UTF-8.
    let name: String?
    let kind: Kind
    /// What a hard link is another name for.
    var target: String?
    /// Bytes that it says to have.
    var size: Int?
    var isEncrypted = false
}

/// A step through the bytes of an entry.
enum SourceRead {
    /// So many bytes were put into the buffer.
    case bytes(Int)
    case end
    /// The entry cannot be read any further; the payload says why.
    case damaged(String)
}

/// Where an import reads from, from its beginning to its end, once.
protocol ImportSource: AnyObject {
    /// The names of all files if they are known beforehand; then tables come first.
    var listing: Set<String>? { get }
    /// How much of the source has been read, 0 to 1; `nil` if its size is unknown.
    var share: Double? { get }

    /// The next entry; `nil` at the end.
    func next() throws(CatalogError) -> SourceEntry?
    /// The next bytes of the entry that ``next()`` gave last.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CatalogError) -> SourceRead
}

/// A name inside a source, cleaned: parts joined by single slashes, none of them `.` or `..`.
///
/// Names of a source never become names in the catalog; this is for matching them with the table, and for saying so
/// where one is not what a photo's name is.
enum SourceName {
    /// The cleaned name, or why it is refused.
    static func clean(_ name: String) -> Result<String, RefusedEntry.Reason> {
        guard name.utf8.count <= 4096, !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { return .failure(.badName) }
        let slashed = name.replacing("\\", with: "/")
        guard !slashed.hasPrefix("/"), !hasDrive(slashed) else { return .failure(.outside) }
        let parts = slashed.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { return .failure(.outside) }
        guard !parts.isEmpty else { return .failure(.badName) }
        return .success(parts.joined(separator: "/").canonicalID)
    }

    private static func hasDrive(_ name: String) -> Bool {
        let start = name.utf8.prefix(2)
        guard start.count == 2, start.last == UInt8(ascii: ":"), let letter = name.first else { return false }
        return letter.isASCII && letter.isLetter
    }

    /// Whether a name is what systems leave beside people's files.
    static func isClutter(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        return parts.contains { $0.hasPrefix(".") || $0 == "__MACOSX" }
            || ["thumbs.db", "desktop.ini"].contains(parts.last?.lowercased() ?? "")
    }

    static func isTable(_ name: String) -> Bool { name.lowercased().hasSuffix(".csv") }

    /// The folder of a name with its closing slash, or nothing at the top.
    static func folder(_ name: String) -> String {
        name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
    }

    /// The files that an image's name in a table may mean, best first: relative to the table, to `images/` beside it,
    /// and, where the name has no extension, with each one.
    static func candidates(_ image: String, tableFolder: String) -> [String] {
        guard case .success(let name) = clean(image) else { return [] }
        let endings = isPhoto(name) ? [""] : [""] + extensions
        return ["", "images/"].flatMap { folder in endings.map { tableFolder + folder + name + $0 } }
    }

    /// Whether a name is that of a photo, by its extension.
    static func isPhoto(_ name: String) -> Bool {
        extensions.contains { name.lowercased().hasSuffix($0) }
    }

    private static let extensions = [".jpg", ".jpeg", ".png", ".webp"]
}
