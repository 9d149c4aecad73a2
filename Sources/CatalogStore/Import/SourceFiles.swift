import ImageCodecs

/// The files of a source by their names: photos as numbers, the others with the reason why they are none.
final class SourceFiles {
    private struct File {
        /// The photo's number, or -1.
        let photo: Int32
        let problem: String?
        var isNamed = false
    }

    private struct Photo {
        let digest: ContentDigest
        let format: ImageFormat
        let isNew: Bool
        var isNamed = false

        var name: PhotoName { PhotoName(contentHash: digest.hexadecimal, format: format) }
    }

    /// What a name in a table stands for.
    enum Match {
        case photo(Int)
        case unusable(path: String, reason: String)
        case none
    }

    private var files: [String: File] = [:]
    private var photos: [Photo] = []
    private var numbers: [ContentDigest: Int32] = [:]

    /// Takes note of a photo, and keeps its bytes if the catalog lacks them. What a catalog is to get is decoded, small: a
    /// file that ends too early has a sound header.
    func addPhoto(
        _ name: String, bytes: UnsafeRawBufferPointer, limits: ImageLimits, target: ImportTarget
    ) throws(CatalogError) {
        let digest = ContentDigest(of: bytes)
        if let number = numbers[digest] {
            files[name] = File(photo: number, problem: nil)
            return
        }
        let format: ImageFormat
        let isNew: Bool
        do throws(ImageError) {
            format = try ImageDecoder.inspect(bytes, limits: limits).format
            isNew = !target.has(bytes, as: PhotoName(contentHash: digest.hexadecimal, format: format))
            if isNew { _ = try ImageDecoder.decode(bytes, minimumSide: 1, limits: limits) }
        } catch {
            addUnusable(name, error.description)
            return
        }
        let number = Int32(photos.count)
        if isNew { try target.stage(bytes, as: PhotoName(contentHash: digest.hexadecimal, format: format)) }
        photos.append(Photo(digest: digest, format: format, isNew: isNew))
        numbers[digest] = number
        files[name] = File(photo: number, problem: nil)
    }

    /// Takes note of what is no photo.
    func addUnusable(_ name: String, _ reason: String) {
        files[name] = File(photo: -1, problem: reason)
    }

    /// Takes note of another name for a file; `false` if there is no such file.
    func addLink(_ name: String, to target: String) -> Bool {
        guard let file = files[target] else { return false }
        files[name] = File(photo: file.photo, problem: file.problem)
        return true
    }

    /// What the first of some names is that is there.
    func match(_ candidates: [String]) -> Match {
        for name in candidates {
            guard let file = files[name] else { continue }
            return file.photo >= 0 ? .photo(Int(file.photo)) : .unusable(path: name, reason: file.problem ?? "")
        }
        return .none
    }

    /// Takes note that a row names the first of some names that is there.
    func markNamed(_ candidates: [String]) {
        guard let name = candidates.first(where: { files[$0] != nil }), let photo = files[name]?.photo else { return }
        files[name]?.isNamed = true
        if photo >= 0 { photos[Int(photo)].isNamed = true }
    }

    /// What a photo is called in the catalog.
    func name(_ photo: Int) -> PhotoName { photos[photo].name }

    /// The named photos that the catalog lacks.
    var newPhotos: some Sequence<PhotoName> {
        photos.lazy.filter { $0.isNamed && $0.isNew }.map(\.name)
    }

    /// The names in the catalog of all photos that rows name.
    var named: Set<String> { Set(photos.lazy.filter(\.isNamed).map(\.name.path)) }

    /// Counts what no row names.
    func count(into report: inout ImportReport) {
        for file in files.values {
            if file.photo >= 0 {
                report.photos += 1
                if file.isNamed { continue }
                report.unmentioned += 1
                if photos[Int(file.photo)].isNamed { report.unmentionedCopies += 1 }
            } else if !file.isNamed {
                report.otherFiles += 1
            }
        }
        report.storedPhotos = photos.count { $0.isNamed && $0.isNew }
    }
}
