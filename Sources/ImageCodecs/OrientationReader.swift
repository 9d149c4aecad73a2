/// Finds the EXIF orientation in a file. Whatever is broken on the way there means "upright": metadata never refuses a
/// photo. The one thing thrown is a file with more chunks than ``ImageLimits/chunks``.
enum OrientationReader {
    static func orientation(
        in bytes: UnsafeRawBufferPointer, format: ImageFormat, limits: ImageLimits
    ) throws(ImageError) -> ImageOrientation {
        let file = ByteView(bytes)
        let tiff =
            switch format {
            case .jpeg: jpegMetadata(file)
            case .png: try pngMetadata(file, limits: limits)
            case .webp: try webpMetadata(file, limits: limits)
            }
        return tiff.flatMap(orientation) ?? .upright
    }

    /// The first APP1 segment with EXIF before the first scan (EXIF 2.32, section 4.5.4).
    private static func jpegMetadata(_ file: ByteView) -> ByteView? {
        var offset = 2
        while let mark = file.byte(at: offset), let marker = file.byte(at: offset + 1) {
            // Fill bytes before a marker are allowed; so is, in practice, rubbish between segments.
            if mark != 0xFF || marker == 0xFF || marker == 0 {
                offset += 1
                continue
            }
            offset += 2
            if (0xD0...0xD7).contains(marker) || marker == 0xD8 || marker == 0x01 { continue }
            // The image data begins, or ends: no metadata after that counts.
            if marker == 0xDA || marker == 0xD9 { return nil }
            guard let length = file.bigEndian16(at: offset).map(Int.init), length >= 2 else { return nil }
            if marker == 0xE1, file.has("Exif\0", at: offset + 2), length > 8 {
                return file.slice(at: offset + 8, count: length - 8)
            }
            offset += length
        }
        return nil
    }

    /// The eXIf chunk, wherever it stands (PNG, third edition, section 11.3.4.4).
    private static func pngMetadata(_ file: ByteView, limits: ImageLimits) throws(ImageError) -> ByteView? {
        var found: ByteView?
        var offset = 8
        var chunks = 0
        while let length = file.bigEndian32(at: offset).map(Int.init) {
            chunks += 1
            if chunks > limits.chunks { throw .tooComplex(reason: "the PNG has more than \(limits.chunks) chunks") }
            if found == nil, file.has("eXIf", at: offset + 4) { found = file.slice(at: offset + 8, count: length) }
            if file.has("IEND", at: offset + 4) { break }
            offset += 12 + length
        }
        return found
    }

    /// The EXIF chunk of the RIFF container (RFC 9649, section 2.7.1.5). Some programs write JPEG's prefix as well.
    private static func webpMetadata(_ file: ByteView, limits: ImageLimits) throws(ImageError) -> ByteView? {
        var offset = 12
        var chunks = 0
        while let length = file.littleEndian32(at: offset + 4).map(Int.init) {
            chunks += 1
            if chunks > limits.chunks { throw .tooComplex(reason: "the WebP has more than \(limits.chunks) chunks") }
            if file.has("EXIF", at: offset) {
                let chunk = file.slice(at: offset + 8, count: length)
                guard let chunk, chunk.starts(with: "Exif\0") else { return chunk }
                return chunk.slice(at: 6, count: chunk.count - 6)
            }
            offset += 8 + length + length % 2
        }
        return nil
    }

    /// Tag 274 of the first directory of a TIFF structure (TIFF 6.0, section 2).
    private static func orientation(tiff: ByteView) -> ImageOrientation? {
        let big = tiff.starts(with: [0x4D, 0x4D, 0, 0x2A])
        guard big || tiff.starts(with: [0x49, 0x49, 0x2A, 0]) else { return nil }
        func short(_ offset: Int) -> Int? {
            (big ? tiff.bigEndian16(at: offset) : tiff.littleEndian16(at: offset)).map(Int.init)
        }
        func long(_ offset: Int) -> Int? {
            (big ? tiff.bigEndian32(at: offset) : tiff.littleEndian32(at: offset)).map(Int.init)
        }
        guard let directory = long(4), let count = short(directory) else { return nil }
        for index in 0..<count {
            let entry = directory + 2 + 12 * index
            guard let tag = short(entry), let type = short(entry + 2) else { return nil }
            if tag != 274 { continue }
            // A SHORT stands in the first two bytes of the value field; some programs write a LONG.
            return (type == 4 ? long(entry + 8) : short(entry + 8)).flatMap(ImageOrientation.init)
        }
        return nil
    }
}
