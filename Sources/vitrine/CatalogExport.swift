import ArgumentParser
import CatalogStore
import Embeddings

extension Catalog {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the indexed items as CSV and their embeddings as a NumPy array.",
            discussion: """
                FOLDER gets items.csv, vectors.npy (float32, row i belongs to the i-th item) and export.json, which names
                the model. It appears whole or not at all; an earlier export there is replaced, any other folder is
                refused. Items without an embedding of the model are left out and counted. All is as of one moment of the
                data directory or, with --database, of each database; items of several come in the order of their
                identifiers.
                """)

        @Argument(help: "Folder to write.", completion: .directory)
        var folder: String

        @OptionGroup var catalog: CatalogOptions
        @OptionGroup var databases: DatabaseOptions
        @OptionGroup var model: ModelOptions

        func run() throws {
            let target = try ExportFolder(folder)
            if let shards = try databases.indexedShards() { return try run(shards, target) }
            let database = try catalog.database(mayCreate: false)
            let model = try model.load()
            let written = try target.write(model) { writer in
                try database.export(
                    modelHash: model.hash, dimension: model.dimension, start: writer.start, row: writer.append)
            }
            try report(written, model)
        }

        func report(_ written: ExportHeading, _ model: EmbeddingModel) throws {
            let left = written.withoutEmbedding
            try printLine(
                "Exported \(written.rows) items to \(folder)"
                    + (left > 0 ? "; \(left) without an embedding of \(model.name) were left out." : "."))
        }
    }
}
