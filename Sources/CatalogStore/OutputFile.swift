internal import CArchive
import Foundation

/// A file that is written from its beginning to its end, and synced.
package final class OutputFile {
    private let path: String
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private static let chunk = 1 << 18

    /// Makes the file; there must not be one.
    package init(path: String) throws(CatalogError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw .system(path) }
        self.path = path
        descriptor = file
    }

    deinit { close(descriptor) }

    /// Adds bytes.
    package func write(_ bytes: some Collection<UInt8>) throws(CatalogError) {
        pending.append(contentsOf: bytes)
        if pending.count >= Self.chunk { try flush() }
    }

    /// Writes what is pending and has the disk keep it.
    package func finish() throws(CatalogError) {
        try flush()
        guard fsync(descriptor) == 0 else { throw .system(path) }
    }

    private func flush() throws(CatalogError) {
        let result = pending.withUnsafeBytes { writeAll(descriptor, $0) }
        guard result else { throw .system(path) }
        pending.removeAll(keepingCapacity: true)
    }
}

/// Writes all bytes; `false` with `errno` if that failed.
func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
    }
    return true
}

/// Has the disk keep the names in a folder.
package func syncFolder(_ path: String) throws(CatalogError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system(path) }
}

extension CatalogError {
    /// What the system said last about a path.
    static func system(_ path: String) -> CatalogError {
        .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
}

/// Puts a finished folder into the place of another, or of none, in one step; what was there is removed.
///
/// A file system that cannot exchange two folders leaves none for a moment; the old one then lies beside.
package func replaceFolder(_ path: String, with staged: String) throws(CatalogError) {
    if FileManager.default.fileExists(atPath: path) {
        if car_exchange(staged, path) != 0 {
            guard errno == ENOSYS || errno == EINVAL else { throw .system(path) }
            let aside = staged + ".old"
            guard rename(path, aside) == 0, rename(staged, path) == 0, rename(aside, staged) == 0 else {
                throw .system(path)
            }
        }
        try? FileManager.default.removeItem(atPath: staged)
    } else if rename(staged, path) != 0 {
        throw .system(path)
    }
    try syncFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
}
