import ArgumentParser
import CatalogStore
import Embeddings
import Foundation

extension Catalog {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the indexed items as CSV and their embeddings as a NumPy array.",
            discussion: """
                FOLDER gets items.csv, vectors.npy (float32, row i belongs to the i-th item) and export.json, which names
                the model. It appears whole or not at all; an earlier export there is replaced, any other folder is
                refused. Items without an embedding of the model are left out and counted. With --photos it also gets the
                photos, in images, and items.csv names them: `vitrine import FOLDER` makes the same catalog of it. Without,
                items.csv names photos as the catalog has them; those that came by the API are below the data directory.
                All is as of one moment of the data directory or, with --database, of each database; items of several come
                in the order of their identifiers.
                """)

        @Argument(help: "Folder to write.", completion: .directory)
        var folder: String

        @Flag(help: "Copy the photos too, so that the export can be imported as a catalog.")
        var photos = false

        @OptionGroup var catalog: CatalogOptions
        @OptionGroup var databases: DatabaseOptions
        @OptionGroup var model: ModelOptions

        func run() throws {
            let target = try ExportFolder(folder, hasPhotos: photos)
            if let shards = try databases.indexedShards() { return try run(shards, target) }
            let database = try catalog.database(mayCreate: false)
            let model = try model.load()
            // Without photos, there need be no catalog folder.
            let reader = photos ? PhotoReader(catalogPath: try catalog.folder().path, data: catalog.data) : nil
            let written = try target.write(model, photo: { reader?.bytes(of: $0) }) { writer in
                try database.export(
                    modelHash: model.hash, dimension: model.dimension, start: writer.start, row: writer.append)
            }
            try report(written, model)
        }

        func report(_ written: Exported, _ model: EmbeddingModel) throws {
            let left = written.heading.withoutEmbedding
            try printLine(
                "Exported \(counted(written.heading.rows, "item")) to \(folder)"
                    + (left > 0 ? "; \(left) without an embedding of \(model.name) left out." : "."))
            if written.withoutPhoto > 0 {
                try printLine(
                    "\(counted(written.withoutPhoto, "item")) without a photo, or with another than was indexed: such rows name "
                        + "none. Run: vitrine index")
            }
        }
    }
}

/// Reads the photos of a catalog that is kept in a data directory.
private struct PhotoReader {
    private let photos: PhotoStore
    private let catalogPath: String

    init(catalogPath: String, data: String) {
        photos = PhotoStore(dataDirectory: data)
        self.catalogPath = catalogPath
    }

    /// The bytes of an item's photo; `nil` if they cannot be read.
    func bytes(of item: CatalogItem) -> [UInt8]? {
        let path = photos.path(of: item.imagePath, catalogPath: catalogPath)
        return (try? Data(contentsOf: URL(fileURLWithPath: path))).map { [UInt8]($0) }
    }
}
