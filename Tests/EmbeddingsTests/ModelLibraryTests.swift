import Embeddings
import Foundation
import NeuralNet
import Testing

@Suite("Model library")
struct ModelLibraryTests {
    private static let weights = URL(fileURLWithPath: SmallModel.path).deletingLastPathComponent().path

    /// A ResNet-18 as it is published: no metadata of ours, and a classifier of 1000 classes.
    private func published(in directory: String) throws -> String {
        let file = try SmallModel.changed(
            Dictionary(uniqueKeysWithValues: SafetensorsFile(path: SmallModel.path).metadata.keys.map { ($0, nil) }))
        let path = "\(directory)/public.safetensors"
        try Data(file.bytes(withMetadata: ["format": "pt"])).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("a model is found by name, or by the path of its file")
    func finding() throws {
        let library = ModelLibrary(directories: ["/nonexistent", Self.weights])
        #expect(try library.path(of: "fashion-resnet18") == "\(Self.weights)/fashion-resnet18.safetensors")
        #expect(try library.path(of: SmallModel.path) == SmallModel.path)
        #expect(try library.model("fashion-resnet18").dimension == 256)
    }

    @Test(
        "an unknown model is refused with those there are",
        arguments: ["resnet99", "", "../Weights/fashion-resnet18", "/"])
    func unknown(name: String) throws {
        let library = ModelLibrary(directories: [Self.weights])
        let error = #expect(throws: EmbeddingError.self) { try library.path(of: name) }
        #expect(error?.description.contains("fashion-resnet18") == true)
    }

    @Test("a listing shows each model with what it is, unusable ones with the reason")
    func listing() throws {
        try SmallModel.withDirectory { directory in
            let bad = URL(fileURLWithPath: "\(directory)/broken.safetensors")
            try Data("rubbish".utf8).write(to: bad)
            try Data("rubbish".utf8).write(to: URL(fileURLWithPath: "\(directory)/fashion-resnet18.safetensors"))
            let entries = ModelLibrary(directories: [Self.weights, directory]).entries()
            #expect(entries.map(\.name).contains("broken"))
            let shipped = try #require(entries.first { $0.name == "fashion-resnet18" })
            #expect(shipped.size > 22_000_000, "of two with one name, the first directory's")
            let description = try shipped.description.get()
            #expect(description.architecture == .resnet18 && description.dimension == 256)
            #expect(throws: NeuralNetError.self) {
                try entries.first { $0.name == "broken" }?.description.get()
            }
        }
    }

    @Test("a model is verified by running it")
    func verifying() throws {
        let result = try ModelLibrary(directories: [Self.weights]).verify("fashion-resnet18")
        #expect(result.model.hash.count == 64 && result.sample.count == 8)
    }

    @Test("a published file becomes a model, and adding it again changes nothing")
    func adding() throws {
        try SmallModel.withDirectory { directory in
            let file = try published(in: directory)
            #expect(throws: EmbeddingError.self) { try EmbeddingModel(path: file) }
            let models = "\(directory)/models"
            let path = try ModelLibrary.add(
                file: file, architecture: .resnet18, name: "my-model.v1", license: "MIT", into: models)
            #expect(path == "\(models)/my-model.v1.safetensors")
            let model = try ModelLibrary(directories: [models]).model("my-model.v1")
            #expect(model.name == "my-model.v1" && model.dimension == 512 && model.fit == .stretch)
            #expect(model.inputWidth == 224 && model.inputHeight == 224)
            #expect(model.metadata["license"] == "MIT" && model.metadata["format"] == "pt")
            let (before, after) = (try SafetensorsFile(path: file), try SafetensorsFile(path: path))
            #expect(before.tensors == after.tensors)

            try ModelLibrary.add(
                file: file, architecture: .resnet18, name: "my-model.v1", license: "MIT", into: models)
            #expect(throws: EmbeddingError.nameTaken("my-model.v1", path: path)) {
                try ModelLibrary.add(
                    file: file, architecture: .resnet18, name: "my-model.v1", license: "GPL", into: models)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: models) == ["my-model.v1.safetensors"])
        }
    }

    @Test("a calibrated file is added without its calibration, which is for photos prepared in another way")
    func addingCalibrated() throws {
        try SmallModel.withDirectory { directory in
            let path = try ModelLibrary.add(
                file: SmallModel.path, architecture: .resnet18, name: "public", into: directory)
            #expect(try EmbeddingModel(path: SmallModel.path).calibrationNote != nil)
            #expect(try EmbeddingModel(path: path, precision: .auto).calibrationNote == nil)
            #expect(try SafetensorsFile(path: path).metadata.keys.allSatisfy { !$0.hasPrefix("int8") })
        }
    }

    @Test("a file of another architecture is not added")
    func addingAnother() throws {
        try SmallModel.withDirectory { directory in
            let file = try published(in: directory)
            for architecture in [Architecture.resnet50, .resnet34, .vgg16] {
                #expect(throws: NeuralNetError.self) {
                    try ModelLibrary.add(file: file, architecture: architecture, name: "x", into: directory)
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["public.safetensors"])
        }
    }

    @Test(
        "a name that could lead elsewhere is refused",
        arguments: [
            "", ".", "..", "../x", "a/b", ".hidden", "-x", "a b", "ä", "a\0b", String(repeating: "a", count: 101),
        ])
    func names(name: String) {
        #expect(throws: EmbeddingError.unsuitableName(name)) {
            try ModelLibrary.add(file: SmallModel.path, architecture: .resnet18, name: name, into: "/tmp")
        }
    }

    @Test("a directory that cannot be written to is named")
    func unwritable() throws {
        let error = #expect(throws: EmbeddingError.self) {
            try ModelLibrary.add(
                file: SmallModel.path, architecture: .resnet18, name: "x", into: "/dev/null/models")
        }
        #expect(error?.description.contains("/dev/null/models") == true)
    }
}
