import Tensors

/// The numbers of a convolution with square window, batch norm folded in.
package struct ConvolutionWeights {
    /// Output channels x input channels x kernel x kernel, row-major.
    package let filters: FloatBuffer
    /// One for each output channel.
    package let bias: FloatBuffer
    package let inputChannels: Int
    package let outputChannels: Int
    package let kernel: Int
    package let stride: Int
    package let padding: Int

    package init(
        filters: FloatBuffer, bias: FloatBuffer, inputChannels: Int, outputChannels: Int, kernel: Int, stride: Int,
        padding: Int
    ) {
        self.filters = filters
        self.bias = bias
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// Window, channels and stride, such as `3x3 64>128 /2`.
    var kind: String {
        "\(kernel)x\(kernel) \(inputChannels)>\(outputChannels)" + (stride > 1 ? " /\(stride)" : "")
    }

    func outputShape(for input: FeatureShape) -> FeatureShape {
        input.swept(kernel: kernel, stride: stride, padding: padding, channels: outputChannels)
    }
}

/// A way to compute a convolution. Networks know nothing but this, so that a faster one can take a layer's place.
package protocol Convolution: Sendable {
    /// Shape of the output.
    func outputShape(for input: FeatureShape) -> FeatureShape

    /// `output = convolution(input) + bias (+ residual)`, then `max(0, output)` if `relu`.
    ///
    /// The same bits for any number of threads, and for an image whatever others there are beside it. `output` may be
    /// `residual`; it must not overlap `input`, nor `residual` in another way.
    func run(
        _ input: UnsafePointer<Float>, _ shape: FeatureShape, residual: UnsafePointer<Float>?, relu: Bool,
        into output: UnsafeMutablePointer<Float>, _ context: ComputeContext)
}

/// Chooses a way to compute a convolution, the one that suits images of the shape `input`; others it can compute too.
package func makeConvolution(_ weights: ConvolutionWeights, for input: FeatureShape) -> any Convolution {
    if WinogradConvolution.suits(input), let convolution = WinogradConvolution(weights) { return convolution }
    return GemmConvolution(weights)
}
