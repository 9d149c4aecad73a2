import NeuralNet

/// The numbers that a model computes with.
public enum Precision: String, Sendable, CaseIterable {
    /// ``int8`` if the model is calibrated for it and this CPU is faster with it, else ``float32``.
    case auto
    /// Single precision.
    case float32
    /// Bytes, for models that are calibrated: about twice as fast, and nearly the same vectors.
    case int8

    /// What it comes to for a model.
    ///
    /// - Throws: ``EmbeddingError/notCalibrated(file:)``.
    func resolved(for about: ModelDescription, file: String) throws(EmbeddingError) -> Precision {
        switch self {
        case .auto: about.activationRanges != nil && NetworkPrecision.isInt8Fast ? .int8 : .float32
        case .float32: .float32
        case .int8 where about.activationRanges == nil: throw .notCalibrated(file: file)
        case .int8: .int8
        }
    }
}
