/// The numbers that a network computes with up to its last feature map. What follows is always single precision.
public enum NetworkPrecision: Sendable {
    /// Single precision.
    case float32
    /// Bytes: activations in the given ranges, weights with a scale for each output channel.
    case int8(ActivationRanges, Int8Products = .direct)

    /// Whether this CPU computes in int8 faster than in single precision: it has VNNI.
    public static let isInt8Fast = Int8Kernel.best.isFast
}

/// How products of bytes are computed where a layer allows either way.
public enum Int8Products: String, CaseIterable, Sendable {
    /// Exactly.
    case direct
    /// 3x3 layers of stride 1 with less than half of the products (Winograd's F(2x2, 3x3)), whose factors are rounded once
    /// more. What that costs depends on the network.
    case winograd
}
