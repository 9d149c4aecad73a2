/// The numbers that a network computes with up to its last feature map. What follows is always single precision.
public enum NetworkPrecision: Sendable {
    /// Single precision.
    case float32
    /// Bytes: activations in the given ranges, weights with a scale for each output channel.
    case int8(ActivationRanges)

    /// Whether this CPU computes in int8 faster than in single precision: it has VNNI.
    public static let isInt8Fast = Int8Kernel.best.isFast
}
