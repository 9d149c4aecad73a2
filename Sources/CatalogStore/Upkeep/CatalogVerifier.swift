import Foundation
import GRDB
import ImageCodecs

/// Something in a data directory that is not as it should be.
public struct CatalogProblem: Sendable, Equatable {
    /// What is wrong.
    public enum Kind: String, Sendable {
        /// The database itself is damaged.
        case database
        /// A photo is not there or cannot be read.
        case missingPhoto = "missing_photo"
        /// A photo has other bytes than when it was indexed.
        case changedPhoto = "changed_photo"
        /// A thumbnail cannot be decoded, or has another shape than its photo.
        case badThumbnail = "bad_thumbnail"
        /// An item has no embedding of any model.
        case noEmbedding = "no_embedding"
        /// An embedding is no unit vector of finite numbers, or not the one that was stored for its photo and model.
        case badEmbedding = "bad_embedding"
        /// A file that is searched, and made of the database, is damaged or says something else than that.
        case badIndex = "bad_index"
    }

    /// What is wrong.
    public let kind: Kind
    /// Where: an item, a file or a content hash.
    public let subject: String
    /// In words.
    public let detail: String

    /// A problem.
    package init(kind: Kind, subject: String, detail: String) {
        self.kind = kind
        self.subject = subject
        self.detail = detail
    }
}

/// Checks what a data directory keeps, but for the files that are searched: the database's pages, the bytes of each photo
/// against what was indexed, each thumbnail, each embedding against its checksum.
public struct CatalogVerifier: Sendable {
    /// What was looked at, and what is wrong.
    public struct Result: Sendable {
        /// Items whose photo was read.
        public internal(set) var items = 0
        /// Thumbnails that were decoded.
        public internal(set) var thumbnails = 0
        /// Embeddings that were read.
        public internal(set) var embeddings = 0
        /// Photos in the data directory that the database has never heard of. They do no harm, but may be all that is left of
        /// items that came by the API into another database.
        public internal(set) var unknownPhotos = 0
        /// What is wrong; empty if nothing is.
        public package(set) var problems: [CatalogProblem] = []

        mutating func add(_ kind: CatalogProblem.Kind, _ subject: String, _ detail: String) {
            problems.append(CatalogProblem(kind: kind, subject: subject, detail: detail))
        }
    }

    private let catalogPath: String
    private let directory: String

    /// A verifier of a data directory and the catalog folder that its photos are in.
    public init(catalogPath: String, dataDirectory: String) {
        self.catalogPath = catalogPath
        directory = dataDirectory
    }

    /// Checks everything.
    ///
    /// - Parameter progress: called with the items done and all items.
    /// - Returns: what was looked at, and all that is wrong.
    /// - Throws: ``CatalogError`` if there is no database, or one of a newer version; damage is a result.
    /// - Complexity: O(bytes of all photos, thumbnails and embeddings).
    public func run(progress: (Int, Int) -> Void = { _, _ in }) throws -> Result {
        var result = Result()
        do {
            let database = try CatalogDatabase(directory: directory, mayCreate: false)
            for text in try database.integrityProblems() { result.add(.database, "catalog.sqlite", text) }
            try checkEmbeddings(database, &result)
            try checkPhotos(database, &result, progress)
            result.unknownPhotos = try database.unknownPhotoCount()
        } catch CatalogError.damagedDatabase(_, let reason) {
            result.add(.database, "catalog.sqlite", reason)
        } catch let error as DatabaseError {
            result.add(.database, "catalog.sqlite", error.message ?? "\(error.resultCode)")
        }
        return result
    }

    private func checkEmbeddings(_ database: CatalogDatabase, _ result: inout Result) throws {
        try database.forEachEmbedding { content, model, checksum, bytes in
            result.embeddings += 1
            let subject = "\(content) (model \(model.prefix(12)))"
            guard bytes.count.isMultiple(of: MemoryLayout<Float>.size), !bytes.isEmpty else {
                result.add(.badEmbedding, subject, "it has \(bytes.count) bytes, which is no vector")
                return
            }
            let length = EmbeddingChecksum.length(bytes)
            if !length.isFinite {
                result.add(.badEmbedding, subject, "it has values that are no finite numbers")
            } else if abs(length - 1) > EmbeddingChecksum.tolerance {
                result.add(.badEmbedding, subject, String(format: "its length is %.4f and not 1", length))
            } else if checksum != EmbeddingChecksum.of(bytes, contentHash: content, modelHash: model) {
                result.add(.badEmbedding, subject, "it is not the one that was stored for this photo")
            }
        }
    }

    private func checkPhotos(
        _ database: CatalogDatabase, _ result: inout Result, _ progress: (Int, Int) -> Void
    ) throws {
        let embedded = try database.embeddedContent()
        let stored = try database.storedItems().values.map(\.item).sorted { $0.id < $1.id }
        let thumbnails = ThumbnailStore(dataDirectory: directory)
        let photos = PhotoStore(dataDirectory: directory)
        // Items may share a photo: it is read once.
        var found: [String: Photo] = [:]
        for (index, item) in stored.enumerated() {
            result.items += 1
            if !embedded.contains(item.contentHash) {
                result.add(.noEmbedding, "item \(item.id)", "its photo has no embedding of any model")
            }
            let photo: Photo
            if let known = found[item.imagePath] {
                photo = known
            } else {
                photo = Photo(path: photos.path(of: item.imagePath, catalogPath: catalogPath))
                found[item.imagePath] = photo
                if case .read(item.contentHash, let info?) = photo {
                    check(thumbnails, item.contentHash, info, &result)
                }
            }
            switch photo {
            case .unreadable(let reason):
                result.add(.missingPhoto, "item \(item.id)", "\(PhotoStore.shown(item.imagePath)): \(reason)")
            case .read(item.contentHash, _): break
            case .read:
                result.add(
                    .changedPhoto, "item \(item.id)",
                    "\(PhotoStore.shown(item.imagePath)) is not the photo that was indexed")
            }
            progress(index + 1, stored.count)
        }
    }

    /// What a photo's file is now.
    private enum Photo {
        case unreadable(String)
        case read(contentHash: String, ImageInfo?)

        init(path: String) {
            do {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped))
                self = .read(contentHash: contentHash(bytes), try? ImageDecoder.inspect(bytes))
            } catch {
                self = .unreadable(error.localizedDescription)
            }
        }
    }

    /// A thumbnail that is not there is none the worse: it is made when it is needed.
    private func check(_ thumbnails: ThumbnailStore, _ contentHash: String, _ info: ImageInfo, _ result: inout Result) {
        let path = thumbnails.path(contentHash: contentHash)
        guard FileManager.default.fileExists(atPath: path) else { return }
        result.thumbnails += 1
        do {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let picture = try ImageDecoder.decode(bytes)
            let scale = Double(ThumbnailStore.side) / Double(max(info.width, info.height))
            let isRight =
                abs(Double(picture.width) - Double(info.width) * scale) <= 1.5
                && abs(Double(picture.height) - Double(info.height) * scale) <= 1.5
            if !isRight {
                result.add(
                    .badThumbnail, path,
                    "it has \(picture.width) x \(picture.height) pixels, which is not its photo's shape")
            }
        } catch {
            result.add(.badThumbnail, path, (error as? ImageError)?.description ?? error.localizedDescription)
        }
    }
}

extension CatalogDatabase {
    /// The content hashes that have an embedding of any model.
    fileprivate func embeddedContent() throws -> Set<String> {
        try pool.read { try String.fetchSet($0, sql: "SELECT DISTINCT content_hash FROM embedding") }
    }
}
