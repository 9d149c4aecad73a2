import CatalogStore
import Embeddings
import Foundation

/// A folder that an export is written to, wherever the catalog is kept: items.csv, vectors.npy and export.json. It appears
/// whole or not at all, and takes the place of an earlier export.
struct ExportFolder {
    /// As it was named.
    let name: String
    private let path: String

    /// A folder to write.
    ///
    /// - Throws: ``Failure`` if there is something else than an earlier export.
    init(_ name: String) throws {
        self.name = name
        path = URL(fileURLWithPath: name).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: path) else { return }
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        let own: Set = ["items.csv", "vectors.npy", "export.json"]
        guard let names, names.isEmpty || (names.contains("export.json") && own.isSuperset(of: names)) else {
            throw Failure("\(path) is there already and no earlier export: name another folder.")
        }
    }

    /// Writes the folder.
    ///
    /// - Parameters:
    ///   - model: whose embeddings are written.
    ///   - fill: hands the items to the writer.
    /// - Returns: what was written.
    /// - Throws: ``Failure``, `CatalogError`, and what `fill` throws; then there is what was there before.
    func write(_ model: EmbeddingModel, _ fill: (ExportWriter) throws -> Void) throws -> ExportHeading {
        let staged = "\(path).\(UUID().uuidString).tmp"
        do {
            try FileManager.default.createDirectory(atPath: staged, withIntermediateDirectories: true)
        } catch {
            throw Failure("\(name) cannot be written: \(error.localizedDescription)")
        }
        defer { try? FileManager.default.removeItem(atPath: staged) }
        let writer = try ExportWriter(folder: staged, dimension: model.dimension)
        try fill(writer)
        let heading = try writer.finish()
        try writeJSON(ExportJSON(model, heading), to: staged + "/export.json")
        try syncFolder(staged)
        try replaceFolder(path, with: staged)
        return heading
    }
}

/// Writes the items of an export and their vectors, row for row.
final class ExportWriter {
    private let dimension: Int
    private let items: OutputFile
    private let vectors: OutputFile
    private var started: (heading: ExportHeading, table: TableWriter)?

    /// A writer of new files in a folder.
    fileprivate init(folder: String, dimension: Int) throws {
        self.dimension = dimension
        items = try OutputFile(path: folder + "/items.csv")
        vectors = try OutputFile(path: folder + "/vectors.npy")
    }

    /// Begins; comes before the first item.
    func start(_ heading: ExportHeading) throws {
        try vectors.write(NumPyFile.header(rows: heading.rows, columns: dimension))
        started = (heading, try TableWriter(items, attributes: heading.attributes, extra: "content_hash"))
    }

    /// Adds an item and its vector, as many little-endian floats as the model's embeddings have.
    func append(_ item: CatalogItem, _ vector: UnsafeRawBufferPointer) throws {
        precondition(vector.count == dimension * MemoryLayout<Float>.size, "a vector has the model's dimension")
        try started?.table.append(item, extra: item.contentHash)
        try vectors.write(vector)
    }

    /// Has the disk keep all of it.
    fileprivate func finish() throws -> ExportHeading {
        guard let started else { preconditionFailure("an export has a heading") }
        try items.finish()
        try vectors.finish()
        return started.heading
    }
}

/// What an export says about itself.
private struct ExportJSON: Encodable {
    let model: String
    let modelHash: String
    let dimension: Int
    let rows: Int
    let withoutEmbedding: Int

    init(_ model: EmbeddingModel, _ heading: ExportHeading) {
        self.model = model.name
        modelHash = model.hash
        dimension = model.dimension
        rows = heading.rows
        withoutEmbedding = heading.withoutEmbedding
    }
}
