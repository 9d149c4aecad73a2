import Embeddings
import Foundation
import ImageCodecs
import NeuralNet

/// The shipped model, and copies of it with other metadata.
enum SmallModel {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Weights/fashion-resnet18.safetensors").path

    /// The shipped file with metadata changed; `nil` takes a key away.
    static func changed(_ changes: [String: String?]) throws -> SafetensorsFile {
        let file = try SafetensorsFile(path: path)
        var metadata = file.metadata
        for (key, value) in changes { metadata[key] = value }
        return try SafetensorsFile(name: "changed.safetensors", bytes: file.bytes(withMetadata: metadata))
    }

    /// A picture that differs with `seed`.
    static func picture(_ seed: Int, width: Int = 150, height: Int = 200) -> RGBImage {
        let pixels = (0..<3 * width * height).map {
            UInt8(truncatingIfNeeded: ($0 / 3 % width) * seed + $0 / (3 * width))
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// Runs `body` with a new directory that is removed afterwards.
    static func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("vitrine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory.path)
    }
}
