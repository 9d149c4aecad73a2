import Tensors

internal import CKernels

/// A fully connected layer: `y = W x + b`.
struct Linear: Sendable {
    let inputs: Int
    let outputs: Int
    private let weights: FloatBuffer
    private let bias: FloatBuffer

    /// Reads `name.weight` (outputs x inputs) and `name.bias`; the number of outputs is what the file has.
    init(_ name: String, inputs: Int, _ reader: WeightReader) throws {
        let shape = try reader.shape(of: "\(name).weight")
        guard shape.count == 2, shape[0] > 0, shape[1] == inputs else {
            throw reader.failure("\(name).weight", "its shape is \(shape), expected [any, \(inputs)]")
        }
        self.inputs = inputs
        outputs = shape[0]
        weights = try reader.tensor("\(name).weight", shape)
        bias = try reader.tensor("\(name).bias", [shape[0]])
    }

    func callAsFunction(_ x: [Float], _ context: ComputeContext) -> [Float] {
        // Pieces of about 256 KiB of weights: reading them is what takes the time.
        let rows = max(1, (1 << 16) / inputs)
        return [Float](unsafeUninitializedCapacity: outputs) { y, count in
            guard let y = y.baseAddress else { return }
            x.withUnsafeBufferPointer { x in
                context.pool.parallelFor((outputs + rows - 1) / rows) { piece in
                    let first = piece * rows
                    vk_matvec(
                        weights.pointer + first * inputs, x.baseAddress, bias.pointer + first,
                        Int32(min(rows, outputs - first)), Int32(inputs), y + first)
                }
            }
            count = outputs
        }
    }

    /// The layer's outputs for `count` inputs that lie one after the other.
    func callAsFunction(rows x: UnsafePointer<Float>, count rows: Int, _ context: ComputeContext) -> [Float] {
        [Float](unsafeUninitializedCapacity: rows * outputs) { y, count in
            guard let y = y.baseAddress else { return }
            context.gemm.multiplyTransposed(
                rows: rows, columns: outputs, inner: inputs, x, stride: inputs, weights.pointer, stride: inputs,
                into: y,
                stride: outputs)
            for row in 0..<rows {
                for output in 0..<outputs { y[row * outputs + output] += bias.pointer[output] }
            }
            count = rows * outputs
        }
    }
}
