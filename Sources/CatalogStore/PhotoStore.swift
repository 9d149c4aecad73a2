import Foundation
import ImageCodecs

/// The photos that came by the API, in the data directory, named by their content and kept once.
///
/// An item whose image path starts with `/` has its photo here; all others have theirs in the catalog's folder, below which
/// no path starts with `/`.
public struct PhotoStore: Sendable {
    private let directory: String

    private static let folder = "/photos/"
    /// An item may be about to name a photo that none names yet.
    private static let grace = 3600.0

    /// The photos of a data directory.
    public init(dataDirectory: String) {
        directory = dataDirectory
    }

    /// Where an item's photo is on disk.
    ///
    /// - Parameters:
    ///   - imagePath: the path as the item has it.
    ///   - catalogPath: the catalog's folder.
    /// - Returns: a path that can be opened, whether there is a file or not.
    public func path(of imagePath: String, catalogPath: String) -> String {
        imagePath.hasPrefix("/") ? directory + imagePath : catalogPath + "/" + imagePath
    }

    /// Keeps a photo. The disk has it, whole, when this returns.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - contentHash: its SHA-256.
    /// - Returns: the path for the item.
    /// - Throws: ``CatalogError/unreadable(path:reason:)`` if it cannot be written, ``CatalogError/readOnly(path:)``.
    public func keep(_ bytes: [UInt8], contentHash: String) throws(CatalogError) -> String {
        let name = Self.folder + contentHash.prefix(2) + "/" + contentHash
        let path = directory + name
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        // One that is there is whole, and is new again.
        if let stamp = FileStamp(path: path), stamp.size == bytes.count, utimes(path, nil) == 0 { return name }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unreadable(path: folder, reason: error.localizedDescription)
        }
        let staged = "\(path).\(UUID().uuidString).tmp"
        do throws(CatalogError) {
            let file = try OutputFile(path: staged)
            try file.write(bytes)
            try file.finish()
            guard rename(staged, path) == 0 else { throw .system(path) }
            try syncFolder(folder)
            try syncFolder(directory + Self.folder)
            try syncFolder(directory)
        } catch {
            unlink(staged)
            throw error
        }
        return name
    }

    /// Removes the photos that no item has any more, and what a killed process left half written; but none that is younger
    /// than an hour.
    public func removeAll(except current: Set<String>) {
        let root = directory + Self.folder
        guard let files = FileManager.default.enumerator(atPath: root) else { return }
        for case let name as String in files where name.contains("/") {
            var status = stat()
            guard !current.contains(Self.folder + name), stat(root + name, &status) == 0,
                Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec) > Self.grace
            else { continue }
            unlink(root + name)
        }
    }
}
