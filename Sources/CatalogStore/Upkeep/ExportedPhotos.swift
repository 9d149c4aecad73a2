internal import CArchive
import Foundation
import ImageCodecs

/// The photos of an exported catalog: each in `images`, called by its content as in an imported catalog, and written once
/// however many items have it.
package struct ExportedPhotos {
    private let folder: String
    private var names: [String: String] = [:]

    /// Photos below a folder that is there.
    package init(folder: String) {
        self.folder = folder
    }

    /// Writes a photo, unless it is there.
    ///
    /// - Parameters:
    ///   - contentHash: the SHA-256 that it has to have.
    ///   - read: gives its bytes; called if it is not there.
    /// - Returns: its path below the folder; `nil` if the bytes are not there, other ones, or no photo.
    /// - Throws: ``CatalogError`` if it cannot be written, and what `read` throws.
    package mutating func write(_ contentHash: String, _ read: () throws -> [UInt8]?) throws -> String? {
        if let known = names[contentHash] { return known }
        guard let bytes = try read(), CatalogStore.contentHash(bytes) == contentHash,
            let format = try? bytes.withUnsafeBytes({ try ImageFormat.sniff($0) })
        else { return nil }
        let name = PhotoName(contentHash: contentHash, format: format)
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name.folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name.path))
        } catch {
            throw CatalogError.unreadable(path: folder + "/" + name.path, reason: error.localizedDescription)
        }
        names[contentHash] = name.path
        return name.path
    }

    /// Has the disk keep all of them: one sync of the file system instead of one for each.
    package func finish() throws(CatalogError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(folder) }
        defer { close(descriptor) }
        guard car_sync_filesystem(descriptor) == 0 else { throw .system(folder) }
    }
}
