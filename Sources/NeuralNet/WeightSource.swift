/// Where the numbers of a network come from: a ``SafetensorsFile``, or anything else that can name and fill tensors.
public protocol WeightSource {
    /// What errors call it; a file's name.
    var name: String { get }
    /// Names of all tensors.
    var tensorNames: [String] { get }
    /// Lengths of a tensor's axes; `nil` if there is no such tensor.
    func shape(of tensor: String) -> [Int]?
    /// Writes a tensor's elements, row-major, as single-precision floats to a buffer as long as the product of its shape.
    ///
    /// - Throws: ``NeuralNetError`` if the tensor cannot be had as floats.
    func read(_ tensor: String, into buffer: UnsafeMutableBufferPointer<Float>) throws
}
