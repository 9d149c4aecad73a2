/// A convolution from bytes to bytes.
package protocol ByteConvolution: Sendable {
    /// Whether some input could give a number, before it is rounded, that is too large for the kernels.
    var mayOverflow: Bool { get }

    func outputShape(for input: FeatureShape) -> FeatureShape

    /// `output = convolution(input) + bias (+ residual)`, rounded. The same bytes for any number of threads. `output`
    /// may be `residual`; it must not overlap `input`, nor `residual` in another way.
    func run(
        _ input: UnsafePointer<UInt8>, _ shape: FeatureShape, residual: UnsafePointer<UInt8>?,
        into output: UnsafeMutablePointer<UInt8>, _ context: ComputeContext)
}
