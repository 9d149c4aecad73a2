/// Why a network cannot be made or run.
public enum NeuralNetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A model file cannot be read, or is no sound safetensors file.
    case unusableFile(file: String, reason: String)
    /// One tensor of a model file is missing, or is not what the architecture needs.
    case unusableTensor(file: String, tensor: String, reason: String)
    /// A picture with fewer pixels than the network's strides need, or more than it takes.
    case unsuitableInput(reason: String)

    /// A text that a person can act on.
    public var description: String {
        switch self {
        case .unusableFile(let file, let reason): "\(file): \(reason)"
        case .unusableTensor(let file, let tensor, let reason): "\(file): tensor \(tensor): \(reason)"
        case .unsuitableInput(let reason): reason
        }
    }
}
