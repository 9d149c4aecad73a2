extension ImageFormat {
    /// Tells what the bytes are from the bytes alone; names and declared types are not believed.
    ///
    /// Looks at the first 64 KiB at most.
    ///
    /// - Parameter bytes: the whole file.
    /// - Returns: the format, if it is an accepted one. That the file is whole is not checked.
    /// - Throws: ``ImageError/empty``, ``ImageError/unsupported(kind:)`` for kinds that are known and not accepted, and
    ///   ``ImageError/notAnImage`` for everything else.
    public static func sniff(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> ImageFormat {
        if bytes.isEmpty { throw .empty }
        let head = ByteView(bytes)
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return .png }
        if head.starts(with: "RIFF") && head.has("WEBP", at: 8) { return .webp }
        if let kind = refusedKind(head) { throw .unsupported(kind: kind) }
        throw .notAnImage
    }

    /// The name of a known kind that is not accepted.
    private static func refusedKind(_ head: ByteView) -> String? {
        if head.has("ftyp", at: 4) { return mediaContainer(head) }
        for (kind, magic) in magics where head.starts(with: magic) { return kind }
        if head.starts(with: "RIFF") && head.has("AVI ", at: 8) { return "AVI video" }
        // QuickTime files of old start with any of these boxes.
        for box in ["moov", "mdat", "wide"] where head.has(box, at: 4) { return "MOV video" }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return matroska(head) }
        if isBitmap(head) { return "BMP" }
        if isIcon(head) { return "ICO" }
        if MarkupProbe.isSVG(head) { return "SVG" }
        return nil
    }

    private static let magics: [(kind: String, bytes: [UInt8])] = [
        ("GIF", Array("GIF87a".utf8)), ("GIF", Array("GIF89a".utf8)),
        ("PDF", Array("%PDF-".utf8)), ("PDF", [0xEF, 0xBB, 0xBF] + Array("%PDF-".utf8)),
        ("TIFF", [0x49, 0x49, 0x2A, 0]), ("TIFF", [0x4D, 0x4D, 0, 0x2A]),
        ("TIFF", [0x49, 0x49, 0x2B, 0]), ("TIFF", [0x4D, 0x4D, 0, 0x2B]),
        ("PSD", Array("8BPS".utf8)),
        ("JPEG XL", [0xFF, 0x0A]),
        ("JPEG XL", [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A]),
        ("JPEG 2000", [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]),
        ("JPEG 2000", [0xFF, 0x4F, 0xFF, 0x51]),
    ]

    /// The kind of an ISO base media file, from the brands of its first box (ISO/IEC 14496-12, section 4.3).
    private static func mediaContainer(_ head: ByteView) -> String {
        let size = Int(head.bigEndian32(at: 0) ?? 0)
        // The major brand, then (after its version) the compatible ones.
        let brands = [8].appending(contentsOf: stride(from: 16, to: max(16, min(size, 512, head.count) - 3), by: 4))
            .compactMap { head.text(at: $0, count: 4) }
        func any(_ known: Set<String>) -> Bool { brands.contains(where: known.contains) }
        if any(["avif", "avis"]) { return "AVIF" }
        if any(["heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs"]) { return "HEIC" }
        if any(["mif1", "msf1", "mif2"]) { return "HEIF" }
        switch brands.first {
        case "qt  ": return "MOV video"
        case "crx ": return "camera raw"
        default: return "MP4 video"
        }
    }

    /// WebM is Matroska with another document type, which stands in the first few bytes (RFC 9559, section 4.5).
    private static func matroska(_ head: ByteView) -> String {
        for offset in 4..<max(4, min(head.count, 64)) where head.has("webm", at: offset) { return "WebM video" }
        return "Matroska video"
    }

    /// "BM" alone would take many a text for a picture, so the size of the second header has to be a known one.
    private static func isBitmap(_ head: ByteView) -> Bool {
        guard head.starts(with: "BM"), let size = head.littleEndian32(at: 14) else { return false }
        return [12, 16, 40, 52, 56, 64, 108, 124].contains(size)
    }

    private static func isIcon(_ head: ByteView) -> Bool {
        guard head.starts(with: [0, 0, 1, 0]) || head.starts(with: [0, 0, 2, 0]) else { return false }
        // At least one picture, and the reserved byte of its entry is zero.
        guard let count = head.littleEndian16(at: 4), let reserved = head.byte(at: 9) else { return false }
        return count > 0 && count < 256 && reserved == 0
    }
}

extension [Int] {
    fileprivate func appending(contentsOf other: some Sequence<Int>) -> [Int] { self + Array(other) }
}
