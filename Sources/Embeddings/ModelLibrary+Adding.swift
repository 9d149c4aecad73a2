import Foundation
import NeuralNet

extension ModelLibrary {
    /// Takes in a network that was trained on ImageNet and published with torchvision's tensor names: checks it, runs it
    /// once, and writes a copy with the metadata that ``EmbeddingModel`` needs. The embedding is the last feature map's
    /// mean; photos are stretched to 224x224 and normalised with ImageNet's mean and deviation.
    ///
    /// The copy is written beside its place, synced, and renamed. Adding the same again changes nothing.
    ///
    /// - Parameters:
    ///   - file: path of the safetensors file (F32, F16 or BF16).
    ///   - architecture: which network it is.
    ///   - name: what it will be called.
    ///   - license: what its publisher allows.
    ///   - directory: where the copy goes; made if it is not there.
    /// - Returns: path of the copy.
    /// - Throws: ``EmbeddingError`` for an unsuitable or taken name and for a copy that cannot be written, or whatever
    ///   makes the model unusable.
    @discardableResult
    public static func add(
        file: String, architecture: Architecture, name: String, license: String = "unknown", into directory: String
    ) throws -> String {
        guard isSuitable(name: name) else { throw EmbeddingError.unsuitableName(name) }
        let source = try SafetensorsFile(path: file)
        // Ranges are those of photos that were prepared in another way.
        var metadata = ModelIdentity.withoutCalibration(source.metadata)
        metadata.merge(
            [
                "architecture": architecture.rawValue, "input_width": "224", "input_height": "224", "fit": "stretch",
                "mean": "0.485,0.456,0.406", "std": "0.229,0.224,0.225", "embedding": EmbeddingHead.pool.rawValue,
                "dimension": String(architecture.poolDimension), "name": name,
                "version": source.metadata["version"] ?? "1", "license": license,
            ], uniquingKeysWith: { $1 })
        let bytes = source.bytes(withMetadata: metadata)
        let model = try EmbeddingModel(SafetensorsFile(name: source.name, bytes: bytes))
        _ = try model.embed(.synthetic(width: 224, height: 224))

        let path = join(directory, name + suffix)
        if FileManager.default.fileExists(atPath: path) {
            guard let present = FileManager.default.contents(atPath: path), present.elementsEqual(bytes) else {
                throw EmbeddingError.nameTaken(name, path: path)
            }
            return path
        }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw EmbeddingError.unwritable(path: directory, reason: error.localizedDescription)
        }
        try write(bytes, to: path, in: directory)
        return path
    }

    /// Writes a file beside its place, syncs it, and gives it its name.
    static func write(_ bytes: [UInt8], to path: String, in directory: String) throws(EmbeddingError) {
        func failure() -> EmbeddingError { .unwritable(path: path, reason: String(cString: strerror(errno))) }

        let temporary = join(directory, ".\(UUID().uuidString).partial")
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure() }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Foundation.write(descriptor, all.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isSynced = written == bytes.count && fsync(descriptor) == 0
        let problem = isSynced ? nil : failure()
        close(descriptor)
        if let problem {
            unlink(temporary)
            throw problem
        }
        guard rename(temporary, path) == 0 else {
            let problem = failure()
            unlink(temporary)
            throw problem
        }
        // The new name is durable once the directory is.
        let folder = open(directory, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}
