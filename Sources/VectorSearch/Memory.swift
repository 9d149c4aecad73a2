import Foundation

internal import CKernels

/// Bytes that stay where they are for as long as the object lives.
class Memory: @unchecked Sendable {
    /// The first byte.
    let pointer: UnsafeRawPointer
    /// How many there are.
    let count: Int

    init(pointer: UnsafeRawPointer, count: Int) {
        self.pointer = pointer
        self.count = count
    }
}

/// Memory of the process's own, zero at first. Whoever made it writes it before anybody else reads it.
final class OwnMemory: Memory, @unchecked Sendable {
    let bytes: UnsafeMutableRawPointer
    private static let hugePage = 1 << 21

    init(count: Int) {
        let isLarge = count >= Self.hugePage
        bytes = .allocate(byteCount: max(count, 1), alignment: isLarge ? Self.hugePage : 64)
        if isLarge { vk_advise_huge_pages(bytes, count) }
        memset(bytes, 0, count)
        super.init(pointer: UnsafeRawPointer(bytes), count: count)
    }

    deinit { bytes.deallocate() }
}

/// A whole file, mapped to be read. A file that is replaced by renaming another to its name stays what it was here.
final class MappedFile: Memory, @unchecked Sendable {
    private let descriptor: Int32

    /// Maps a file.
    ///
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)``.
    init(path: String) throws(VectorSearchError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
            let pointer = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0),
            pointer != MAP_FAILED
        else {
            close(descriptor)
            throw .unusableFile(path: path, reason: "it cannot be mapped")
        }
        self.descriptor = descriptor
        super.init(pointer: UnsafeRawPointer(pointer), count: Int(status.st_size))
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: pointer), count)
        close(descriptor)
    }

    /// Reads bytes into memory beside the mapping, so that reading all of a file does not make all of it the process's
    /// own. `false` if there are no such bytes.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var done = 0
        while done < buffer.count {
            let result = pread(
                descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset + done))
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { return false }
            done += result
        }
        return true
    }
}

extension VectorSearchError {
    /// What the system said last about a path.
    static func system(_ path: String) -> VectorSearchError {
        .unusableFile(path: path, reason: String(cString: strerror(errno)))
    }
}
