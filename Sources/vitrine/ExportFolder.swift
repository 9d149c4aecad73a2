import CatalogStore
import Embeddings
import Foundation

/// A folder that an export is written to, wherever the catalog is kept: items.csv, vectors.npy, export.json and, if they
/// are wanted, photos in images. It appears whole or not at all, and takes the place of an earlier export.
struct ExportFolder {
    /// As it was named.
    let name: String
    private let path: String
    private let hasPhotos: Bool

    /// A folder to write.
    ///
    /// - Parameters:
    ///   - name: the folder.
    ///   - hasPhotos: whether photos come with it.
    /// - Throws: ``Failure`` if there is something else than an earlier export.
    init(_ name: String, hasPhotos: Bool) throws {
        self.name = name
        self.hasPhotos = hasPhotos
        path = URL(fileURLWithPath: name).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: path) else { return }
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        var own: Set = ["items.csv", "vectors.npy", "export.json"]
        // Photos may be a catalog's: they are replaced by photos alone.
        if hasPhotos { own.insert("images") }
        guard let names, names.isEmpty || (names.contains("export.json") && own.isSuperset(of: names)) else {
            throw Failure("\(path) is there already and no earlier export: name another folder.")
        }
    }

    /// Writes the folder.
    ///
    /// - Parameters:
    ///   - model: whose embeddings are written.
    ///   - photo: reads the photo of an item, if there are to be any; `nil` if it is not there.
    ///   - fill: hands the items to the writer.
    /// - Returns: what was written.
    /// - Throws: ``Failure``, `CatalogError`, and what the two throw; then there is what was there before.
    func write(
        _ model: EmbeddingModel, photo: @escaping (CatalogItem) throws -> [UInt8]?,
        _ fill: (ExportWriter) throws -> Void
    ) throws -> Exported {
        let staged = "\(path).\(UUID().uuidString).tmp"
        do {
            try FileManager.default.createDirectory(atPath: staged, withIntermediateDirectories: true)
        } catch {
            throw Failure("\(name) cannot be written: \(error.localizedDescription)")
        }
        defer { try? FileManager.default.removeItem(atPath: staged) }
        let writer = try ExportWriter(folder: staged, dimension: model.dimension, photo: hasPhotos ? photo : nil)
        try fill(writer)
        let exported = try writer.finish()
        try writeJSON(ExportJSON(model, exported), to: staged + "/export.json")
        try syncFolder(staged)
        try replaceFolder(path, with: staged)
        return exported
    }
}

/// What was exported.
struct Exported {
    /// What was known before the first item.
    let heading: ExportHeading
    /// Items whose photo could not be read, or is another one than was indexed; their rows name none.
    let withoutPhoto: Int
}

/// Writes the items of an export, their vectors row for row, and their photos.
final class ExportWriter {
    private let dimension: Int
    private let items: OutputFile
    private let vectors: OutputFile
    private let photo: ((CatalogItem) throws -> [UInt8]?)?
    private var photos: ExportedPhotos
    private var withoutPhoto = 0
    private var started: (heading: ExportHeading, table: TableWriter)?

    /// A writer of new files in a folder; of photos too, if they can be read.
    fileprivate init(folder: String, dimension: Int, photo: ((CatalogItem) throws -> [UInt8]?)?) throws {
        self.dimension = dimension
        self.photo = photo
        photos = ExportedPhotos(folder: folder)
        items = try OutputFile(path: folder + "/items.csv")
        vectors = try OutputFile(path: folder + "/vectors.npy")
    }

    /// Begins; comes before the first item.
    func start(_ heading: ExportHeading) throws {
        try vectors.write(NumPyFile.header(rows: heading.rows, columns: dimension))
        // Photos are called by their content, and what is imported is to be what was exported: without one more column.
        let extra = photo == nil ? "content_hash" : nil
        started = (heading, try TableWriter(items, attributes: heading.attributes, extra: extra))
    }

    /// Adds an item and its vector, as many little-endian floats as the model's embeddings have.
    func append(_ item: CatalogItem, _ vector: UnsafeRawBufferPointer) throws {
        precondition(vector.count == dimension * MemoryLayout<Float>.size, "a vector has the model's dimension")
        try started?.table.append(item.with(imagePath: try imagePath(of: item)), extra: item.contentHash)
        try vectors.write(vector)
    }

    /// How the table names an item's photo; not at all if it cannot be had.
    private func imagePath(of item: CatalogItem) throws -> String {
        guard let photo else { return PhotoStore.shown(item.imagePath) }
        if let path = try photos.write(item.contentHash, { try photo(item) }) { return path }
        withoutPhoto += 1
        return ""
    }

    /// Has the disk keep all of it.
    fileprivate func finish() throws -> Exported {
        guard let started else { preconditionFailure("an export has a heading") }
        try items.finish()
        try vectors.finish()
        if photo != nil { try photos.finish() }
        return Exported(heading: started.heading, withoutPhoto: withoutPhoto)
    }
}

/// What an export says about itself.
private struct ExportJSON: Encodable {
    let model: String
    let modelHash: String
    let dimension: Int
    let rows: Int
    let withoutEmbedding: Int
    let withoutPhoto: Int

    init(_ model: EmbeddingModel, _ exported: Exported) {
        let heading = exported.heading
        self.model = model.name
        modelHash = model.hash
        dimension = model.dimension
        rows = heading.rows
        withoutEmbedding = heading.withoutEmbedding
        withoutPhoto = exported.withoutPhoto
    }
}
