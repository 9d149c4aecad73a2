/// Why a network cannot be made or run.
public enum NeuralNetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A model file cannot be read, or is no sound safetensors file.
    case unusableFile(file: String, reason: String)
    /// One tensor of a model file is missing, or is not what the architecture needs.
    case unusableTensor(file: String, tensor: String, reason: String)
    /// A model file's calibration is not one for its network.
    case unusableCalibration(file: String, reason: String)
    /// A picture with fewer pixels than the network's strides need, or more than it takes.
    case unsuitableInput(reason: String)

    /// A text that a person can act on.
    public var description: String {
        switch self {
        case .unusableFile(let file, let reason): "\(file): \(reason)"
        case .unusableTensor(let file, let tensor, let reason): "\(file): tensor \(tensor): \(reason)"
        case .unusableCalibration(let file, let reason):
            "\(file): its calibration for int8 cannot be used: \(reason). Make one with: vitrine weights calibrate"
        case .unsuitableInput(let reason): reason
        }
    }
}
