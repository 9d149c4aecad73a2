import Crypto
import Foundation
import NeuralNet

/// The model files in some directories: found by name, listed, checked, added to.
public struct ModelLibrary: Sendable {
    /// Where models are sought, in this order; those that do not exist hold nothing.
    public let directories: [String]

    static let suffix = ".safetensors"

    /// A library of the models in `directories`.
    public init(directories: [String]) {
        self.directories = directories
    }

    /// A model file as a listing shows it.
    public struct Entry: Sendable {
        /// Name by which ``ModelLibrary/path(of:)`` finds it: the file's, without the suffix.
        public let name: String
        /// Path of the file.
        public let path: String
        /// Size of the file in bytes.
        public let size: Int
        /// What its metadata say, or why they cannot be used.
        public let description: Result<ModelDescription, any Error>
    }

    /// What a model showed when it was run.
    public struct Verification: Sendable {
        /// The model.
        public let model: EmbeddingModel
        /// Path of its file.
        public let path: String
        /// SHA-256 of the file, in hexadecimal.
        public let fileHash: String
        /// The start of its embedding of a fixed picture, which tells two machines' arithmetic apart.
        public let sample: [Float]
    }

    /// Path of the model file for a `--model` argument: itself if it is the path of a file, else `NAME.safetensors` in
    /// the first directory that has it.
    ///
    /// - Throws: ``EmbeddingError/unknownModel(name:known:directories:)``.
    public func path(of nameOrPath: String) throws(EmbeddingError) -> String {
        if Self.isFile(nameOrPath) { return nameOrPath }
        if Self.isSuitable(name: nameOrPath) {
            for directory in directories {
                let path = Self.join(directory, nameOrPath + Self.suffix)
                if Self.isFile(path) { return path }
            }
        }
        throw .unknownModel(name: nameOrPath, known: entries().map(\.name), directories: directories)
    }

    /// Reads a model for a `--model` argument.
    ///
    /// - Throws: as ``path(of:)`` and ``EmbeddingModel/init(path:precision:pool:)`` do.
    public func model(_ nameOrPath: String, precision: Precision = .float32) throws -> EmbeddingModel {
        try EmbeddingModel(path: path(of: nameOrPath), precision: precision)
    }

    /// All models, by name. Of two with the same name, the one in the earlier directory. Only headers are read.
    public func entries() -> [Entry] {
        var found: [String: Entry] = [:]
        for directory in directories {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for file in files where file.hasSuffix(Self.suffix) && !file.hasPrefix(".") {
                let name = String(file.dropLast(Self.suffix.count))
                let path = Self.join(directory, file)
                guard found[name] == nil, Self.isFile(path) else { continue }
                let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                found[name] = Entry(
                    name: name, path: path, size: (attributes?[.size] as? NSNumber)?.intValue ?? 0,
                    description: Result {
                        try ModelDescription(SafetensorsFile.metadata(path: path), file: file)
                    })
            }
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// Reads a model wholly and runs it once.
    ///
    /// - Throws: whatever is wrong with it.
    public func verify(_ nameOrPath: String, precision: Precision = .float32) throws -> Verification {
        let path = try path(of: nameOrPath)
        let file = try SafetensorsFile(path: path)
        let model = try EmbeddingModel(file, precision: precision)
        let vector = try model.embed(.synthetic(width: 480, height: 640))
        return Verification(
            model: model, path: path, fileHash: ModelIdentity.hexadecimal(SHA256.hash(data: file.bytes)),
            sample: Array(vector.prefix(8)))
    }

    static func join(_ directory: String, _ file: String) -> String {
        directory.hasSuffix("/") ? directory + file : "\(directory)/\(file)"
    }

    static func isFile(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }

    /// Whether a name can be a file's and an argument, without any quoting or way out of a directory.
    static func isSuitable(name: String) -> Bool {
        guard 1...100 ~= name.utf8.count, let first = name.first, first.isASCII, first.isLetter || first.isNumber
        else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}
