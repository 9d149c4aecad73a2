import Foundation
import ImageCodecs

/// The photos that came by the API, in the data directory, named by their content and kept once.
///
/// An item whose image path starts with `/` has its photo here; all others have theirs in the catalog's folder, below which
/// no path starts with `/`.
public struct PhotoStore: Sendable {
    private let directory: String

    private static let folder = "/photos/"
    private static let unfinished = ".tmp"
    /// Nobody takes so long to write a photo.
    private static let longestWrite = 3600.0

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

    /// The path that an item has of a photo here.
    public static func imagePath(contentHash: String) -> String {
        folder + contentHash.prefix(2) + "/" + contentHash
    }

    /// An item's image path as people are to read it: a path here is below the data directory.
    package static func shown(_ imagePath: String) -> String {
        imagePath.hasPrefix("/") ? String(imagePath.dropFirst()) : imagePath
    }

    /// Keeps a photo. The disk has it, whole, when this returns. The database has to expect it, or nobody removes it:
    /// ``CatalogDatabase/expectPhoto(_:)``.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - contentHash: its SHA-256.
    /// - Returns: the path for the item.
    /// - Throws: ``CatalogError/unreadable(path:reason:)`` if it cannot be written, ``CatalogError/readOnly(path:)``.
    public func keep(_ bytes: [UInt8], contentHash: String) throws(CatalogError) -> String {
        let name = Self.imagePath(contentHash: contentHash)
        let path = directory + name
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if FileStamp(path: path)?.size == bytes.count,
            let known = try? Data(contentsOf: URL(fileURLWithPath: path)), known.elementsEqual(bytes)
        {
            return name
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unreadable(path: folder, reason: error.localizedDescription)
        }
        let staged = "\(path).\(UUID().uuidString)\(Self.unfinished)"
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

    /// The image paths of all photos here.
    func all() -> [String] {
        files().compactMap { $0.hasSuffix(Self.unfinished) ? nil : Self.folder + $0 }
    }

    /// Removes a photo.
    ///
    /// - Returns: whether it is not there any more.
    func remove(_ imagePath: String) -> Bool {
        guard imagePath.hasPrefix(Self.folder), !imagePath.split(separator: "/").contains("..") else { return false }
        return unlink(directory + imagePath) == 0 || errno == ENOENT
    }

    /// Removes what killed processes left half written, which no item can have.
    public func removeUnfinished() {
        for name in files() where name.hasSuffix(Self.unfinished) {
            let path = directory + Self.folder + name
            var status = stat()
            guard stat(path, &status) == 0,
                Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec) > Self.longestWrite
            else { continue }
            unlink(path)
        }
    }

    /// The files here, below the folder of photos.
    private func files() -> [String] {
        let names = FileManager.default.enumerator(atPath: directory + Self.folder)?.compactMap { $0 as? String }
        return (names ?? []).filter { $0.contains("/") }
    }
}
