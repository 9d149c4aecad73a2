/// Why a model cannot be used, or a photo not be embedded.
public enum EmbeddingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A model file that does not say how photos are to be prepared for it. The payload names what is missing.
    case missingMetadata(file: String, keys: [String])
    /// A model file with a value in its metadata that makes no sense.
    case senselessMetadata(file: String, key: String, value: String, expected: String)
    /// int8 is asked for of a model that is not calibrated for it.
    case notCalibrated(file: String)
    /// No photo could be used to calibrate with.
    case nothingToCalibrateWith
    /// The network's output is zero, or not finite, and so has no direction.
    case noDirection(model: String)
    /// There is no such model. The payload lists what there is, and where it was sought.
    case unknownModel(name: String, known: [String], directories: [String])
    /// A model's name is used in file names and on command lines, and this one is not fit for that.
    case unsuitableName(String)
    /// A model of that name with another content is there already.
    case nameTaken(String, path: String)
    /// A model cannot be written.
    case unwritable(path: String, reason: String)

    /// A text that a person can act on.
    public var description: String {
        switch self {
        case .missingMetadata(let file, let keys):
            "\(file): its metadata lacks \(keys.joined(separator: ", ")). A file from elsewhere is made usable with: "
                + "vitrine weights add FILE --architecture resnet50 --name NAME"
        case .senselessMetadata(let file, let key, let value, let expected):
            "\(file): its metadata has \(key) \"\(value)\", expected \(expected). "
                + "vitrine weights add writes a copy with sound metadata."
        case .notCalibrated(let file):
            "\(file) is not calibrated for int8. Calibrate it with photos like those it will see: "
                + "vitrine weights calibrate \(file) --photos DIR; or use --precision float32"
        case .nothingToCalibrateWith:
            "there is no photo to calibrate with, or to check the result with: at least two are needed"
        case .noDirection(let model):
            "\(model): the network's output for this photo is zero or not finite"
        case .unknownModel(let name, let known, let directories):
            "there is no model \(name): neither a file of that path, nor \(name).safetensors in "
                + "\(directories.isEmpty ? "any directory" : directories.joined(separator: ", ")). "
                + (known.isEmpty ? "There are no models there." : "There are: \(known.joined(separator: ", ")).")
        case .unsuitableName(let name):
            "\"\(name)\" cannot be a model's name: it has 1 to 100 of A-Z, a-z, 0-9, '.', '_' and '-', and starts with "
                + "a letter or digit"
        case .nameTaken(let name, let path):
            "there is another model named \(name) already (\(path)): choose another name, or remove that file"
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason)"
        }
    }
}
