internal import CArchive
import Foundation
import ImageCodecs

/// A photo of a catalog, open for reading. What a link leads to outside of the catalog's folder is never opened, also when
/// the link was put there a moment ago.
public final class OpenPhoto {
    /// Why a photo cannot be opened.
    public enum Problem: Error, Equatable, Sendable {
        /// There is no such file.
        case missing
        /// A link leads out of the folder.
        case outside
        /// It is there and cannot be read now; the payload says why.
        case unreadable(String)
    }

    /// Size and time of the very file that is read.
    public let stamp: FileStamp
    private let descriptor: Int32

    /// Opens a file below a folder, which may itself be a link.
    ///
    /// - Parameters:
    ///   - name: the path below the folder.
    ///   - folder: the folder.
    ///   - onlyLooks: whether the file is not going to be read, so that it need not be readable.
    /// - Throws: ``Problem``.
    public init(_ name: String, below folder: String, onlyLooks: Bool = false) throws(Problem) {
        descriptor = try Self.open(name, below: folder, onlyLooks)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        stamp = FileStamp(status)
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .missing
        default: throw .unreadable("it is no file")
        }
    }

    deinit { close(descriptor) }

    private static func open(_ name: String, below folder: String, _ onlyLooks: Bool) throws(Problem) -> Int32 {
        let root = Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw .unreadable("\(folder): \(String(cString: strerror(errno)))") }
        defer { close(root) }
        let file = car_open_beneath(root, name, onlyLooks)
        if file >= 0 { return file }
        switch errno {
        // It may be a link from the root that ends within, or the kernel cannot tell.
        case EXDEV, ENOSYS, EPERM, EINVAL, E2BIG: break
        default: throw problem(errno)
        }
        guard let real = realpath(folder + "/" + name, nil) else { throw problem(errno) }
        defer { free(real) }
        guard let top = realpath(folder, nil) else { throw problem(errno) }
        defer { free(top) }
        guard String(cString: real).hasPrefix(String(cString: top) + "/") else { throw .outside }
        // Its links are gone, so that one which is put there now is not followed.
        let below = String(String(cString: real).dropFirst(strlen(top) + 1))
        let beneath = car_open_beneath(root, below, onlyLooks)
        if beneath >= 0 { return beneath }
        if errno == EXDEV { throw .outside }
        let resolved = car_open_resolved(real, onlyLooks)
        guard resolved >= 0 else { throw problem(errno) }
        return resolved
    }

    private static func problem(_ number: Int32) -> Problem {
        switch number {
        case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: .missing
        default: .unreadable(String(cString: strerror(number)))
        }
    }

    /// The whole file.
    ///
    /// - Throws: ``Problem``; `ImageError` for one beyond the limits, of which no more than the limit is read.
    public func bytes(limits: ImageLimits = ImageLimits()) throws -> [UInt8] {
        try limits.check(byteCount: stamp.size)
        var bytes = [UInt8](unsafeUninitializedCapacity: stamp.size + 1) { _, count in count = 0 }
        let chunk = max(1, min(stamp.size + 1, 1 << 20))
        while true {
            let start = bytes.count
            var count = 0
            bytes.append(contentsOf: repeatElement(0, count: chunk))
            bytes.withUnsafeMutableBytes { buffer in
                repeat {
                    count = read(descriptor, buffer.baseAddress?.advanced(by: start), chunk)
                } while count < 0 && errno == EINTR
            }
            let number = errno
            bytes.removeLast(chunk - max(0, count))
            guard count >= 0 else { throw Problem.unreadable(String(cString: strerror(number))) }
            if count == 0 { return bytes }
            try limits.check(byteCount: bytes.count)
        }
    }
}
