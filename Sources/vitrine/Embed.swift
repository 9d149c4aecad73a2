import ArgumentParser
import Embeddings
import Foundation
import ImageCodecs

struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn photos into embeddings.",
        discussion: """
            Without --output, prints one JSON object a line: {"image": ..., "embedding": [...]}. With it, writes a NumPy
            array of float32, one row a photo, in order. A photo that cannot be used ends the command with status 65,
            and no file is written.
            """)

    @Argument(help: "Photos: JPEG, PNG or WebP.", completion: .file())
    var images: [String]

    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("NumPy file to write.", valueName: "file.npy"))
    var output: String?

    func run() throws {
        let model = try model.load()
        var vectors: [Float] = []
        for path in images {
            let vector = try Self.embed(path, model)
            if output == nil { try Self.printLine(path, vector) } else { vectors += vector }
        }
        if let output {
            try NumPyFile(rows: images.count, columns: model.dimension, values: vectors).write(to: output)
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

    private static func printLine(_ path: String, _ vector: [Float]) throws {
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
