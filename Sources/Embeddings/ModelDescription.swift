import ImageCodecs
import NeuralNet

/// What the metadata of a model file says: which network it is, and how a photo is prepared for it.
public struct ModelDescription: Sendable {
    /// The model's name; of a file without one, the file's name.
    public let name: String
    /// Which network it is.
    public let architecture: Architecture
    /// Which output is the embedding.
    public let head: EmbeddingHead
    /// Length of an embedding.
    public let dimension: Int
    /// Width of the network's input in pixels.
    public let inputWidth: Int
    /// Height of the network's input in pixels.
    public let inputHeight: Int
    /// How a photo's shape is brought to that of the input.
    public let fit: ImageFit
    /// What is subtracted from R, G and B (0...1).
    public let mean: [Float]
    /// What the difference is divided by.
    public let deviation: [Float]
    /// Cosine similarities from which an item is called very close, similar, loosely related; `nil` if the file does not
    /// say.
    public let closenessThresholds: (Float, Float, Float)?
    /// The same for photos that are not on white, as those that people take are not: less like any product photo than these
    /// are like each other. `nil` if the file does not say.
    public let homeClosenessThresholds: (Float, Float, Float)?
    /// Photos whose vector is shorter than this before normalisation show nothing that the model was taught; `nil` if the
    /// file does not say.
    public let leastLength: Float?
    /// Ranges of the network's activations; `nil` if the file is not calibrated for int8.
    public let activationRanges: ActivationRanges?
    /// How products of bytes are computed; ``Int8Products/direct`` if the file does not say.
    public let int8Products: Int8Products
    /// What the file says of its calibration.
    public let calibrationNote: String?

    static let required = [
        "architecture", "input_width", "input_height", "fit", "mean", "std", "embedding", "dimension",
    ]

    /// Reads the metadata of `file`, whose name errors mention.
    ///
    /// - Throws: ``EmbeddingError`` that names all keys that are missing, or the first that makes no sense.
    public init(_ metadata: [String: String], file: String) throws(EmbeddingError) {
        let missing = Self.required.filter { metadata[$0] == nil }
        guard missing.isEmpty else { throw .missingMetadata(file: file, keys: missing) }

        func value<Value>(
            _ key: String, _ expected: String, _ parse: (String) -> Value?
        ) throws(EmbeddingError) -> Value {
            let text = metadata[key] ?? ""
            guard let value = parse(text) else {
                throw .senselessMetadata(file: file, key: key, value: text, expected: expected)
            }
            return value
        }
        func side(_ key: String) throws(EmbeddingError) -> Int {
            try value(key, "16 to \(Network.maximumSide)") {
                Int($0).flatMap { 16...Network.maximumSide ~= $0 ? $0 : nil }
            }
        }
        func choices<Choice: CaseIterable & RawRepresentable>(_: Choice.Type) -> String
        where Choice.RawValue == String {
            "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
        }
        func numbers(_ text: String, where isSound: (Float) -> Bool) -> [Float]? {
            let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap {
                Float($0.filter { $0 != " " })
            }
            return numbers.count == 3 && numbers.allSatisfy { $0.isFinite && isSound($0) } ? numbers : nil
        }

        let stem = file.hasSuffix(".safetensors") ? String(file.dropLast(".safetensors".count)) : file
        let given = metadata["name"] ?? ""
        name = given.isEmpty ? stem : given
        architecture = try value("architecture", choices(Architecture.self), Architecture.init(rawValue:))
        head = try value("embedding", choices(EmbeddingHead.self), EmbeddingHead.init(rawValue:))
        dimension = try value("dimension", "a positive number") { Int($0).flatMap { $0 > 0 ? $0 : nil } }
        inputWidth = try side("input_width")
        inputHeight = try side("input_height")
        fit = try value("fit", choices(ImageFit.self), ImageFit.init(rawValue:))
        mean = try value("mean", "three numbers, for R, G and B of 0...1") { numbers($0) { abs($0) <= 1000 } }
        deviation = try value("std", "three positive numbers, for R, G and B of 0...1") {
            numbers($0) { $0 > 1e-6 && $0 <= 1e6 }
        }
        func thresholds(_ key: String) throws(EmbeddingError) -> (Float, Float, Float)? {
            guard metadata[key] != nil else { return nil }
            let falling: [Float] = try value(key, "three falling numbers of -1...1") {
                guard let found = numbers($0, where: { -1...1 ~= $0 }) else { return nil }
                return found[0] > found[1] && found[1] > found[2] ? found : nil
            }
            return (falling[0], falling[1], falling[2])
        }
        closenessThresholds = try thresholds("closeness_thresholds")
        homeClosenessThresholds = try thresholds("home_closeness_thresholds")
        leastLength =
            metadata["least_length"] == nil
            ? nil
            : try value("least_length", "a positive number") {
                Float($0).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
            }
        calibrationNote = metadata[ModelIdentity.note]
        int8Products =
            metadata[ModelIdentity.products] == nil
            ? .direct
            : try value(ModelIdentity.products, choices(Int8Products.self), Int8Products.init(rawValue:))
        if let text = metadata[ModelIdentity.ranges] {
            guard let ranges = ActivationRanges(text: text) else {
                throw .senselessMetadata(
                    file: file, key: ModelIdentity.ranges, value: String(text.prefix(80)),
                    expected: "name=lower,upper;... as vitrine weights calibrate writes it")
            }
            activationRanges = ranges
        } else {
            activationRanges = nil
        }
    }
}
