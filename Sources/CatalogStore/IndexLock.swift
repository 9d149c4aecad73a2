import Foundation

/// Held by the one process that may index into a data directory; the kernel lets go of it however the process ends.
public final class IndexLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``CatalogError/busy(path:)`` if another process has it.
    public init(directory: String) throws(CatalogError) {
        let path = directory + "/index.lock"
        let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        if file < 0, [EACCES, EPERM, EROFS].contains(errno) { throw .readOnly(path: directory) }
        guard file >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw .busy(path: directory)
        }
        // Last: a throw from here on would run deinit, and close a number that may be another file's by then.
        descriptor = file
    }

    deinit { close(descriptor) }
}
