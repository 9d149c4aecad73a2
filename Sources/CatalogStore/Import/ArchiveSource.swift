internal import CArchive
import Foundation

/// A zip or tar, also a compressed one, read by libarchive from its beginning to its end.
final class ArchiveSource: ImportSource {
    private let reader: OpaquePointer
    private let descriptor: Int32
    private let path: String
    private let limits: ImportLimits
    /// Bytes of the archive, if it is a file.
    private let fileSize: Int?
    /// Bytes that came out of entries so far.
    private var read = 0
    private var entries = 0
    private var isInside = false

    let listing: Set<String>? = nil

    var share: Double? {
        fileSize.map { $0 == 0 ? 1 : min(1, Double(car_consumed(reader)) / Double($0)) }
    }

    /// Opens an archive; `-` is standard input.
    init(path: String, limits: ImportLimits) throws(CatalogError) {
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        fileSize = isFile ? Int(status.st_size) : nil
        guard let reader = car_open(descriptor) else {
            close(descriptor)
            throw .unreadable(path: path, reason: "there is no memory left")
        }
        self.reader = reader
        self.path = path
        self.limits = limits
    }

    deinit {
        car_close(reader)
        close(descriptor)
    }

    func next() throws(CatalogError) -> SourceEntry? {
        // A compressed stream can only be passed over by expanding it, which is counted as reading is.
        if isInside, car_expanded(reader) > 0 { try passOver() }
        isInside = false
        var entry = car_entry()
        switch car_next(reader, &entry) {
        case CAR_OK: break
        case CAR_END: return nil
        case CAR_ENTRY_DAMAGED:
            try count()
            return SourceEntry(name: nil, kind: .damaged)
        default: throw failure
        }
        try count()
        isInside = true
        let kind: SourceEntry.Kind =
            switch entry.kind {
            case CAR_FILE: .file
            case CAR_FOLDER: .folder
            case CAR_LINK: .link
            case CAR_HARD_LINK: .hardLink
            default: .special
            }
        return SourceEntry(
            name: entry.name.flatMap { String(validatingCString: $0) }, kind: kind,
            target: entry.target.flatMap { String(validatingCString: $0) },
            size: entry.size >= 0 ? Int(entry.size) : nil, isEncrypted: entry.encrypted)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CatalogError) -> SourceRead {
        var count = 0
        switch car_read(reader, buffer.baseAddress, buffer.count, &count) {
        case CAR_OK:
            read += count
            try checkExpansion()
            return .bytes(count)
        case CAR_END:
            isInside = false
            return .end
        case CAR_ENTRY_DAMAGED:
            isInside = false
            return .damaged(String(cString: car_error(reader)))
        default: throw failure
        }
    }

    private func passOver() throws(CatalogError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while case .bytes = try read(into: buffer) {}
    }

    private func count() throws(CatalogError) {
        entries += 1
        guard entries <= limits.entries else {
            throw .sourceTooLarge(path: path, reason: "it has more than \(limits.entries) files")
        }
        try checkExpansion()
    }

    private func checkExpansion() throws(CatalogError) {
        let expanded = max(read, Int(car_expanded(reader)))
        guard expanded <= limits.totalBytes else {
            throw .sourceTooLarge(path: path, reason: "it holds more than \(limits.totalBytes / 1_000_000) MB")
        }
        guard expanded > limits.freeBytes else { return }
        let packed = fileSize ?? Int(car_consumed(reader))
        guard expanded / limits.expansion <= packed else {
            throw .sourceTooLarge(
                path: path, reason: "its content is more than \(limits.expansion) times its own size")
        }
    }

    private var failure: CatalogError {
        let text = String(cString: car_error(reader))
        guard entries > 0 else { return .notASource(path: path, reason: text) }
        return .unreadable(path: path, reason: "it is damaged after \(entries) entries: \(text)")
    }
}
