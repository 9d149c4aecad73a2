import CatalogStore
import Foundation
import ImageCodecs
import Synchronization

/// Photos of a catalog in a local folder, named by their content, so that not every look at one asks the database. Nothing is
/// lost with it. Bounded: what was looked at longest ago goes first.
final class PhotoCache: Sendable {
    private let folder: String
    let thumbnails: ThumbnailStore
    private let mostBytes: Int
    private let written = Mutex(0)

    /// A file may be about to be read.
    private static let grace = 600.0

    /// The cache below a data directory.
    init(directory: String, mostBytes: Int = 4 << 30) {
        folder = directory + "/cached-photos"
        thumbnails = ThumbnailStore(dataDirectory: directory)
        self.mostBytes = mostBytes
    }

    /// The file of a photo, fetched if it is not there; `nil` if there is no such photo.
    ///
    /// - Throws: what `fetch` throws, or Foundation's error if the folder cannot be written.
    func photo(_ contentHash: String, fetch: () throws -> [UInt8]?) throws -> String? {
        let path = "\(folder)/\(contentHash.prefix(2))/\(contentHash)"
        // Looked at now, for those who clear away.
        if utimes(path, nil) == 0 { return path }
        guard let bytes = try fetch() else { return nil }
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url, options: .atomic)
        let isTime = written.withLock { written in
            written += bytes.count
            guard written > mostBytes / 16 else { return false }
            written = 0
            return true
        }
        if isTime { shrink() }
        return path
    }

    /// The file of a photo's thumbnail if it is there.
    func thumbnail(_ contentHash: String) -> String? {
        let path = thumbnails.path(contentHash: contentHash)
        return utimes(path, nil) == 0 ? path : nil
    }

    /// Removes the files that were looked at longest ago until three quarters of the bound are left.
    func shrink() {
        var files: [(path: String, size: Int, time: Double)] = []
        for folder in [
            folder,
            URL(fileURLWithPath: thumbnails.path(contentHash: "xx")).deletingLastPathComponent()
                .deletingLastPathComponent().path,
        ] {
            guard let names = FileManager.default.enumerator(atPath: folder) else { continue }
            for case let name as String in names where name.contains("/") {
                var status = stat()
                guard stat(folder + "/" + name, &status) == 0 else { continue }
                files.append((folder + "/" + name, Int(status.st_size), Double(status.st_mtim.tv_sec)))
            }
        }
        var total = files.reduce(0) { $0 + $1.size }
        guard total > mostBytes else { return }
        let now = Date().timeIntervalSince1970
        for file in files.sorted(by: { $0.time < $1.time }) where total > mostBytes / 4 * 3 {
            guard now - file.time > Self.grace else { break }
            if unlink(file.path) == 0 { total -= file.size }
        }
    }
}
