import ArgumentParser
import CatalogStore
import Foundation

extension Catalog {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the indexed items as CSV and their embeddings as a NumPy array.",
            discussion: """
                FOLDER gets items.csv, vectors.npy (float32, row i belongs to the i-th item) and export.json, which names
                the model. It appears whole or not at all; an earlier export there is replaced, any other folder is
                refused. Items without an embedding of the model are left out and counted.
                """)

        @Argument(help: "Folder to write.", completion: .directory)
        var folder: String

        @OptionGroup var catalog: CatalogOptions
        @OptionGroup var model: ModelOptions

        func run() throws {
            let target = URL(fileURLWithPath: folder).standardizedFileURL.path
            try Self.check(target)
            let database = try catalog.database(mayCreate: false)
            let model = try model.load()
            let staged = "\(target).\(UUID().uuidString).tmp"
            do {
                try FileManager.default.createDirectory(atPath: staged, withIntermediateDirectories: true)
            } catch {
                throw Failure("\(folder) cannot be written: \(error.localizedDescription)")
            }
            defer { try? FileManager.default.removeItem(atPath: staged) }

            var rows = 0
            var left = 0
            let vectors = try OutputFile(path: staged + "/vectors.npy")
            let table = try OutputFile(path: staged + "/items.csv")
            var writer: TableWriter?
            try database.export(modelHash: model.hash, dimension: model.dimension) { count, without, attributes in
                (rows, left) = (count, without)
                try vectors.write(NumPyFile.header(rows: count, columns: model.dimension))
                writer = try TableWriter(table, attributes: attributes, extra: "content_hash")
            } row: { item, vector in
                try writer?.append(item, extra: item.contentHash)
                try vectors.write(vector)
            }
            try table.finish()
            try vectors.finish()
            let about = ExportJSON(
                model: model.name, modelHash: model.hash, dimension: model.dimension, rows: rows, withoutEmbedding: left
            )
            try writeJSON(about, to: staged + "/export.json")
            try syncFolder(staged)
            try replaceFolder(target, with: staged)
            try printLine(
                "Exported \(rows) items to \(folder)"
                    + (left > 0 ? "; \(left) without an embedding of \(model.name) were left out." : "."))
        }

        /// Only an earlier export may be replaced.
        private static func check(_ target: String) throws {
            guard FileManager.default.fileExists(atPath: target) else { return }
            let names = try? FileManager.default.contentsOfDirectory(atPath: target)
            let own: Set = ["items.csv", "vectors.npy", "export.json"]
            guard let names, names.isEmpty || (names.contains("export.json") && own.isSuperset(of: names)) else {
                throw Failure("\(target) is there already and no earlier export: name another folder.")
            }
        }
    }
}

/// What an export says about itself.
private struct ExportJSON: Encodable {
    let model: String
    let modelHash: String
    let dimension: Int
    let rows: Int
    let withoutEmbedding: Int
}
