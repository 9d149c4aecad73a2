internal import CArchive
import Foundation
import ImageCodecs

/// The catalog that an import goes into.
///
/// Photos are called by their content (`images/ab/SHA-256.jpg`), so that adding some never changes what a table means:
/// renaming the new `items.csv` into its place is the one step in which the old catalog becomes the new one.
final class ImportTarget {
    /// The catalog's absolute path, without links.
    let path: String
    private let isDryRun: Bool
    private var lock: Int32 = -1
    private var madeFolder = false
    private var isCommitted = false

    private var staging: String { path + "/.import" }
    /// The table that is there before and after.
    private var tablePath: String { path + "/items.csv" }
    /// The new table on its way.
    var stagedTablePath: String { staging + "/items.csv" }

    /// Takes hold of a catalog folder; it is made if it is not there.
    ///
    /// - Throws: ``CatalogError`` if it holds something else, or another import holds it.
    init(path given: String, isDryRun: Bool) throws(CatalogError) {
        self.isDryRun = isDryRun
        let folder = URL(fileURLWithPath: given).standardizedFileURL.path
        var isFolder: ObjCBool = false
        if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
            path = folder
            if isDryRun { return }
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw .badTarget(path: given, reason: error.localizedDescription)
            }
            madeFolder = true
        } else {
            guard isFolder.boolValue else { throw .badTarget(path: given, reason: "it is no folder") }
            path = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
            try checkContents()
        }
        if isDryRun { return }
        // The folder itself is the lock: the kernel lets go of it however the process ends.
        lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw .system(path) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            lock = -1
            throw .importing(path: path)
        }
        try clearStaging()
        guard mkdir(staging, 0o755) == 0 else { throw .system(staging) }
    }

    deinit {
        guard lock >= 0 else { return }
        try? FileManager.default.removeItem(atPath: staging)
        if madeFolder, !isCommitted { rmdir(path) }
        close(lock)
    }

    /// Refuses a folder that is something else: a typing error must not fill somebody's documents with photos.
    private func checkContents() throws(CatalogError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw .system(path) }
        if names.contains("images"), Self.type(path + "/images") != S_IFDIR {
            throw .badTarget(path: path, reason: "its images is no folder")
        }
        guard !names.contains("items.csv") else { return }
        let others = names.filter { !["images", ".import"].contains($0) }.sorted()
        guard let first = others.first else { return }
        if let table = others.first(where: SourceName.isTable) {
            throw .badTarget(
                path: path, reason: "it is a catalog with \(table) and not items.csv; import that into a new folder")
        }
        throw .badTarget(path: path, reason: "it holds other things (\(first)) and no items.csv")
    }

    private static func type(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private func clearStaging() throws(CatalogError) {
        guard Self.type(staging) != nil else { return }
        do {
            try FileManager.default.removeItem(atPath: staging)
        } catch {
            throw .unreadable(path: staging, reason: error.localizedDescription)
        }
    }

    /// The bytes of the table that is there; `nil` if there is none.
    func existingTable() throws(CatalogError) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: tablePath) else { return nil }
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: tablePath)))
        } catch {
            throw .unreadable(path: tablePath, reason: error.localizedDescription)
        }
    }

    /// Whether the catalog has a photo already.
    func has(_ bytes: UnsafeRawBufferPointer, as name: PhotoName) -> Bool {
        holds(bytes, at: path + "/" + name.path)
    }

    /// Keeps a photo for the commit.
    func stage(_ bytes: UnsafeRawBufferPointer, as name: PhotoName) throws(CatalogError) {
        if isDryRun { return }
        let file = staging + "/" + name.file
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .system(file) }
        defer { close(descriptor) }
        guard writeAll(descriptor, bytes) else { throw .system(file) }
    }

    /// Whether a file has just these bytes; one that was damaged is written anew.
    private func holds(_ bytes: UnsafeRawBufferPointer, at path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == bytes.count,
            let file = try? Data(contentsOf: URL(fileURLWithPath: path))
        else { return false }
        return file.withUnsafeBytes { $0.elementsEqual(bytes) }
    }

    /// Makes the staged table and photos the catalog's.
    ///
    /// Whoever kills the process finds the old catalog before the last rename and the new one after it.
    func commit(newPhotos: some Sequence<PhotoName>) throws(CatalogError) {
        // One sync of the file system instead of one for each photo.
        guard car_sync_filesystem(lock) == 0 else { throw .system(path) }
        var folders: Set<String> = []
        for photo in newPhotos {
            let folder = path + "/" + photo.folder
            if folders.insert(folder).inserted {
                for made in [path + "/images", folder] where mkdir(made, 0o755) != 0 {
                    guard errno == EEXIST else { throw .system(made) }
                    guard Self.type(made) == S_IFDIR else {
                        throw .badTarget(path: path, reason: "\(made) is no folder")
                    }
                }
            }
            guard rename(staging + "/" + photo.file, path + "/" + photo.path) == 0 else {
                throw .system(path + "/" + photo.path)
            }
        }
        guard car_sync_filesystem(lock) == 0 else { throw .system(path) }
        guard rename(stagedTablePath, tablePath) == 0 else { throw .system(tablePath) }
        isCommitted = true
        guard fsync(lock) == 0 else { throw .system(path) }
    }

    /// Removes photos that are called by their content and that neither the table nor the one before it names: a server
    /// may go on with the one before until it is indexed anew.
    func removePhotos(except isNamed: (String) -> Bool) {
        let images = path + "/images"
        for folder in (try? FileManager.default.contentsOfDirectory(atPath: images)) ?? [] where folder.count == 2 {
            guard Self.type(images + "/" + folder) == S_IFDIR else { continue }
            for file in (try? FileManager.default.contentsOfDirectory(atPath: images + "/" + folder)) ?? [] {
                let name = "images/\(folder)/\(file)"
                if PhotoName(path: name) != nil, !isNamed(name) { unlink(path + "/" + name) }
            }
        }
    }
}

/// What a photo is called in an imported catalog: by its content.
struct PhotoName: Equatable {
    /// SHA-256 of its bytes, in hexadecimal.
    let contentHash: String
    private let fileExtension: String

    init(contentHash: String, format: ImageFormat) {
        self.contentHash = contentHash
        fileExtension = format.fileExtension
    }

    /// The name that a path is, if it is one.
    init?(path: String) {
        let parts = path.split(separator: "/")
        guard parts.count == 3, parts[0] == "images", let dot = parts[2].firstIndex(of: "."),
            let format = ImageFormat.allCases.first(where: { $0.fileExtension == parts[2][dot...].dropFirst() })
        else { return nil }
        let hash = parts[2][..<dot]
        guard hash.utf8.count == 64, hash.hasPrefix(parts[1]), parts[1].utf8.count == 2,
            hash.allSatisfy({ "0123456789abcdef".contains($0) })
        else { return nil }
        self.init(contentHash: String(hash), format: format)
    }

    var file: String { contentHash + "." + fileExtension }
    var folder: String { "images/" + contentHash.prefix(2) }
    var path: String { folder + "/" + file }
}
