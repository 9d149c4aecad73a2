import NeuralNet

/// Tensors made of nothing but their names: the same numbers as `Training/golden/hashed.py` makes, which says how.
struct HashedWeights: WeightSource {
    let name = "hashed"
    private let shapes: [String: [Int]]

    init(_ shapes: [String: [Int]]) {
        self.shapes = shapes
    }

    var tensorNames: [String] { shapes.keys.sorted() }

    func shape(of tensor: String) -> [Int]? { shapes[tensor] }

    func read(_ tensor: String, into buffer: UnsafeMutableBufferPointer<Float>) {
        Self.fill(buffer, name: tensor, shape: shapes[tensor] ?? [])
    }

    /// The values of one tensor.
    static func values(_ name: String, _ shape: [Int]) -> [Float] {
        let count = shape.reduce(1, *)
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), name: name, shape: shape)
            initialized = count
        }
    }

    private static func fill(_ buffer: UnsafeMutableBufferPointer<Float>, name: String, shape: [Int]) {
        var seed: UInt32 = 0x811C_9DC5
        for byte in name.utf8 { seed = (seed ^ UInt32(byte)) &* 0x0100_0193 }
        let (factor, offset): (Float, Float)
        if name == "input" {
            (factor, offset) = (2, -1)
        } else if shape.count >= 2 {
            // Twice the bound would round differently; the bound is applied to 2u - 1 below.
            (factor, offset) = (2, -1)
        } else if name.hasSuffix(".running_var") {
            (factor, offset) = (1, 0.5)
        } else if name.hasSuffix(".running_mean") || name.hasSuffix(".bias") {
            (factor, offset) = (2, -1)
        } else {
            (factor, offset) = (0.5, 0.25)
        }
        var bound: Float = 1
        if name != "input" {
            if shape.count >= 2 {
                bound = Float((6 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
            } else if name.hasSuffix(".running_mean") || name.hasSuffix(".bias") {
                bound = 0.2
            }
        }
        for index in buffer.indices {
            var x = seed &+ UInt32(truncatingIfNeeded: index) &* 0x9E37_79B9
            x ^= x >> 16
            x &*= 0x85EB_CA6B
            x ^= x >> 13
            x &*= 0xC2B2_AE35
            x ^= x >> 16
            let u = Float(x >> 8) * 0x1p-24
            buffer[index] = (factor * u + offset) * bound
        }
    }
}
