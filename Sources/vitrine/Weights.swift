import ArgumentParser
import Embeddings
import Foundation
import NeuralNet

struct Weights: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Model files: list them, add a public one, check one, calibrate one for int8.",
        subcommands: [List.self, Add.self, Verify.self, Calibrate.self])

    static func library() throws -> ModelLibrary {
        ModelLibrary(directories: [try Installation.find().weights])
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the models that --model NAME finds.")

        @Flag(help: "Print the list as JSON.")
        var json = false

        func run() throws {
            let models = try Weights.library().entries().map(ModelJSON.init)
            if json {
                try printJSON(["models": models])
            } else {
                for model in models { try printLine(model.line) }
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a public ImageNet model into Weights/.",
            discussion: """
                FILE is a safetensors file with torchvision's tensor names, as ResNet and VGG16 are published. It is
                checked tensor by tensor, and copied with what embedding needs to know: 224x224, stretched to fit, mean
                and deviation of ImageNet, and the globally pooled features as embedding.
                """)

        @Argument(help: "The safetensors file.", completion: .file())
        var file: String

        @Option(help: "resnet18, resnet34, resnet50, resnet101, resnet152 or vgg16.")
        var architecture: Architecture

        @Option(help: "What --model is to call it: letters, digits, dot, dash and underscore.")
        var name: String

        @Option(help: "Licence of the weights, kept in the file.")
        var license = "unknown"

        func run() throws {
            let path = try ModelLibrary.add(
                file: file, architecture: architecture, name: name, license: license,
                into: try Installation.find().weights)
            try printLine("Added \(path). Use it with --model \(name).")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a model file by loading it and embedding one drawn picture.")

        @Argument(help: "A name from `vitrine weights list`, or a file.")
        var model = ModelOptions.shipped

        @Option(help: "auto, float32 or int8.")
        var precision = Precision.auto

        @Flag(help: "Also measure how fast it is, for ten seconds.")
        var time = false

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() throws {
            let verification = try Weights.library().verify(model, precision: precision)
            let speed = time ? try verification.model.measure(seconds: 10) : nil
            let result = VerificationJSON(verification, speed)
            if json { try printJSON(result) } else { try printLine(result.text) }
        }
    }
}

extension Architecture: ExpressibleByArgument {}

/// A line of the list of models.
private struct ModelJSON: Encodable {
    let name: String
    let path: String
    let megabytes: Double
    var architecture: String?
    var dimension: Int?
    var input: String?
    var precisions: [String]?
    var calibration: String?
    var error: String?

    init(_ entry: ModelLibrary.Entry) {
        name = entry.name
        path = entry.path
        megabytes = (Double(entry.size) / 100_000).rounded() / 10
        switch entry.description {
        case .success(let model):
            architecture = model.architecture.rawValue
            dimension = model.dimension
            input = "\(model.inputWidth)x\(model.inputHeight)"
            precisions = (model.activationRanges == nil ? [.float32] : [Precision.float32, .int8]).map(\.rawValue)
            calibration = model.calibrationNote
        case .failure(let problem):
            error = "\(problem)"
        }
    }

    var line: String {
        if let error { return "\(name)  unusable: \(error)" }
        return "\(name)  \(architecture ?? ""), \(input ?? ""), \(dimension ?? 0) dimensions, \(megabytes) MB, "
            + (precisions ?? []).joined(separator: " and ")
    }
}

/// What was found by checking a model.
private struct VerificationJSON: Encodable {
    let name: String
    let path: String
    let architecture: String
    let dimension: Int
    let input: String
    let fit: String
    let sha256: String
    let precision: String
    let calibration: String?
    let embeddingsKey: String
    let latencyMilliseconds: Double?
    let photosPerSecond: Double?

    init(_ verification: ModelLibrary.Verification, _ speed: EmbeddingSpeed?) {
        let model = verification.model
        name = model.name
        path = verification.path
        architecture = model.architecture.rawValue
        dimension = model.dimension
        input = "\(model.inputWidth)x\(model.inputHeight)"
        fit = model.fit.rawValue
        sha256 = verification.fileHash
        precision = model.precision.rawValue
        calibration = model.calibrationNote
        embeddingsKey = model.hash
        latencyMilliseconds = speed.map { ($0.latencyMilliseconds * 100).rounded() / 100 }
        photosPerSecond = speed.map { ($0.photosPerSecond * 10).rounded() / 10 }
    }

    var text: String {
        var lines = [
            "\(name): \(architecture), \(input) (\(fit)), \(dimension) dimensions", "file: \(path)",
            "sha256: \(sha256)", "precision: \(precision)",
            "calibration for int8: \(calibration ?? "none; see vitrine weights calibrate")",
            "key of its embeddings: \(embeddingsKey)",
        ]
        if let latencyMilliseconds, let photosPerSecond {
            lines.append("speed: \(latencyMilliseconds) ms for one photo, \(photosPerSecond) photos/s for many")
        }
        return lines.joined(separator: "\n")
    }
}
