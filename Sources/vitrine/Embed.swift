import ArgumentParser
import Embeddings
import Foundation
import ImageCodecs
import PostgresStore

struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn photos into embeddings; or work off a database's queue of them.",
        discussion: """
            Without --output, prints one JSON object a line: {"image": ..., "embedding": [...]}. With it, writes a NumPy
            array of float32, one row a photo, in order. A photo that cannot be used ends the command with status 65,
            and no file is written.

            With --queue, embeds the photos that `vitrine index` has queued in the --database. Any number of such workers run
            beside each other, on any machines: each photo is embedded by one, and what a worker has not finished when it is
            killed goes to the others. It ends when nothing waits any more, or with --follow at SIGTERM or Ctrl-C.
            """)

    @Argument(help: "Photos: JPEG, PNG or WebP.", completion: .file())
    var images: [String] = []

    @OptionGroup var model: ModelOptions
    @OptionGroup var databases: DatabaseOptions
    @OptionGroup var index: IndexOptions

    @Flag(help: "Embed what is queued in the database, instead of photos that are named.")
    var queue = false

    @Flag(help: "With --queue: wait for more when nothing is queued, and for a database that is away.")
    var follow = false

    @Option(help: ArgumentHelp("With --queue: photos that are taken at a time.", valueName: "count"))
    var batch = 32

    @Option(help: ArgumentHelp("NumPy file to write.", valueName: "file.npy"))
    var output: String?

    func validate() throws {
        guard queue || !images.isEmpty else { throw ValidationError("Name a photo, or --queue.") }
        guard !queue || (images.isEmpty && output == nil) else {
            throw ValidationError("--queue takes photos from the database alone, and writes vectors there.")
        }
        guard queue || !follow else { throw ValidationError("--follow needs --queue.") }
        guard (1...1000).contains(batch) else { throw ValidationError("--batch takes a number from 1 to 1000.") }
    }

    func run() throws {
        if queue { return try workOff() }
        let model = try model.load()
        var vectors: [Float] = []
        for path in images {
            let vector = try Self.embed(path, model)
            if output == nil { try Self.printEmbedding(path, vector) } else { vectors += vector }
        }
        if let output {
            try NumPyFile(rows: images.count, columns: model.dimension, values: vectors).write(to: output)
        }
    }

    private func workOff() throws {
        let interruption = Interruption()
        guard let shards = try databases.shards() else { throw ValidationError("--queue needs a --database.") }
        try reach(shards, interruption)
        let worker = QueueWorker(shards, model: try model.load(for: shards), kind: index.kind, batch: batch)
        let bar = ProgressBar()
        defer { bar.finish() }
        var last = ""
        let report = try worker.run(follows: follow) {
            interruption.hasCome
        } progress: { embedded, waiting in
            bar.update(done: embedded, total: embedded + waiting)
        } trouble: { error in
            // What goes on going wrong is told once.
            if error.description != last { printError("vitrine: \(error)") }
            last = error.description
        }
        try printLine(
            "\(counted(report.embedded, "photo")) embedded, \(report.failed) cannot be, in "
                + String(format: "%.1f s.", report.seconds))
        if let problem = report.problem { throw Failure("\(problem)", status: Failure.unavailable) }
        if report.stopped, !follow { throw ExitCode(Failure.interrupted) }
    }

    /// Waits until databases are there, with --follow for as long as it takes. It goes without some of them only if the others
    /// say which model they have: those that are away have the same.
    private func reach(_ shards: ShardSet, _ interruption: Interruption) throws {
        while !interruption.hasCome {
            do throws(PostgresError) {
                guard let away = try shards.waitUntilSomeAreReady(DatabaseOptions.patience).first else { return }
                let known = shards.catalogs.filter { $0.problem == nil }
                if known.contains(where: { (try? $0.model()) != nil }) { return }
                throw away.problem
            } catch {
                guard follow, error.isTemporary else { throw error }
                printError("vitrine: \(error)")
            }
        }
    }

    private static func embed(_ path: String, _ model: EmbeddingModel) throws -> [Float] {
        let bytes = try readPhoto(path)
        do {
            return try model.embed(try ImageDecoder.decode(bytes, minimumSide: model.decodeSide))
        } catch let error as ImageError {
            throw Failure("\(path): \(error.message)", status: Failure.badInput)
        }
    }

    private static func printEmbedding(_ path: String, _ vector: [Float]) throws {
        let line = EmbeddingJSON(image: path, embedding: vector)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try printBytes(try encoder.encode(line) + Data("\n".utf8))
    }
}

private struct EmbeddingJSON: Encodable {
    let image: String
    let embedding: [Float]
}
