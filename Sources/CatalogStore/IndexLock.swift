import Foundation

/// Held by the one process that may index into a data directory; the kernel lets go of it however the process ends.
public final class IndexLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``CatalogError/busy(path:)`` if another process has it.
    public init(directory: String) throws(CatalogError) {
        let path = directory + "/index.lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        if descriptor < 0, [EACCES, EPERM, EROFS].contains(errno) { throw .readOnly(path: directory) }
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .busy(path: directory)
        }
    }

    deinit { close(descriptor) }
}
