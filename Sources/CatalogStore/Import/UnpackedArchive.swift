import Foundation
import ImageCodecs

/// The tables and photos of a zip or tar in a temporary folder, which goes when this does.
///
/// The archive is read as an import reads one: names that lead outside, links and encrypted files are left out, and so is
/// what is larger than the limits.
public final class UnpackedArchive {
    /// The folder.
    public let path: String

    /// Unpacks an archive.
    ///
    /// - Throws: ``CatalogError`` if it is none, is damaged, holds too much, or cannot be written out.
    /// - Complexity: O(bytes of the archive's content) time and disk, O(largest photo) memory.
    public init(_ archive: String, limits: ImportLimits = ImportLimits()) throws(CatalogError) {
        let source = try ArchiveSource(path: archive, limits: limits)
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("vitrine-\(UUID().uuidString)").path
        while let entry = try source.next() {
            if entry.kind == .hardLink { link(entry) }
            guard entry.kind == .file, !entry.isEncrypted, let given = entry.name,
                case .success(let name) = SourceName.clean(given), !SourceName.isClutter(name)
            else { continue }
            let limit = SourceName.isTable(name) ? limits.tableBytes : limits.photo.bytes
            guard SourceName.isTable(name) || SourceName.isPhoto(name), entry.size ?? 0 <= limit else { continue }
            try write(source, to: "\(path)/\(name)", limit: limit)
        }
    }

    /// Gives a file that was written out another name.
    private func link(_ entry: SourceEntry) {
        guard let given = entry.name, case .success(let name) = SourceName.clean(given), !SourceName.isClutter(name),
            SourceName.isTable(name) || SourceName.isPhoto(name), let target = entry.target,
            case .success(let old) = SourceName.clean(target)
        else { return }
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        // What was never written out cannot be linked, and is then missing as an entry that is left out is.
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? FileManager.default.linkItem(at: URL(fileURLWithPath: "\(path)/\(old)"), to: file)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes the current entry's bytes; one that is longer than `limit` or damaged leaves no file.
    private func write(_ source: ArchiveSource, to file: String, limit: Int) throws(CatalogError) {
        var bytes = Data()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        reading: while true {
            switch try source.read(into: buffer) {
            case .bytes(let count): bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            case .end: break reading
            case .damaged: return
            }
            if bytes.count > limit { return }
        }
        let url = URL(fileURLWithPath: file)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try bytes.write(to: url)
        } catch {
            throw .badTarget(path: file, reason: error.localizedDescription)
        }
    }
}
