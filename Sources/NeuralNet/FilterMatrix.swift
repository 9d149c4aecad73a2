import Tensors

internal import CKernels

/// The filters of a convolution as the right side of a matrix product: (kernel * kernel * inputs) x outputs.
protocol FilterMatrix: Sendable {
    /// Whether a row of the product may round differently when there are other rows beside it.
    var roundsByShape: Bool { get }

    /// `output = patches * filters + bias (+ residual)`, then `max(0, output)` if `relu`, for some output channels.
    ///
    /// `output` may be `residual`. `patches` has a row for each pixel, without gaps. Rows of `output` and `residual` hold all channels; those not in
    /// the range are left alone. The range begins at a multiple of 32.
    func multiply(
        _ patches: UnsafePointer<Float>, rows: Int, channels: Range<Int>, residual: UnsafePointer<Float>?, relu: Bool,
        into output: UnsafeMutablePointer<Float>, _ gemm: Gemm)
}

/// On OpenBLAS, which copies the filters into an order of its own for each product.
struct BlasFilters: FilterMatrix {
    private let inner: Int
    private let outputs: Int
    private let matrix: FloatBuffer
    private let bias: FloatBuffer

    var roundsByShape: Bool { true }

    init(_ weights: ConvolutionWeights) {
        inner = weights.inner
        outputs = weights.outputChannels
        bias = weights.bias
        matrix = FloatBuffer(uninitialized: inner * outputs)
        for output in 0..<outputs {
            for position in 0..<inner {
                matrix.pointer[position * outputs + output] = weights.filter(output, at: position)
            }
        }
    }

    func multiply(
        _ patches: UnsafePointer<Float>, rows: Int, channels: Range<Int>, residual: UnsafePointer<Float>?, relu: Bool,
        into output: UnsafeMutablePointer<Float>, _ gemm: Gemm
    ) {
        let first = channels.lowerBound
        let isInPlace = residual == UnsafePointer(output)
        gemm.multiply(
            rows: rows, columns: channels.count, inner: inner, patches, stride: inner,
            matrix.pointer + first, stride: outputs, into: output + first, stride: outputs, accumulate: isInPlace)
        vk_add_bias(
            output + first, bias.pointer + first, isInPlace ? nil : residual.map { $0 + first }, Int32(rows),
            Int32(channels.count),
            Int32(outputs), relu ? 1 : 0)
    }
}

/// On our own kernels: the filters are put in order once, patches are read where they lie, and bias, residual and ReLU
/// are applied before a sum leaves its register.
package struct PanelFilters: FilterMatrix {
    /// Columns of a panel on this CPU; 0 if it has no kernel.
    package static let width = Int(vk_panel_width())

    private let inner: Int
    private let outputs: Int
    private let width: Int
    /// For each `width` output channels: inner x width, padded with zeros.
    private let panels: FloatBuffer
    /// As long as the panels are wide together.
    private let bias: FloatBuffer

    var roundsByShape: Bool { false }

    init(_ weights: ConvolutionWeights, width: Int) {
        inner = weights.inner
        outputs = weights.outputChannels
        self.width = width
        let count = (outputs + width - 1) / width
        panels = FloatBuffer(count: count * inner * width)
        bias = FloatBuffer(count: count * width)
        for output in 0..<outputs {
            bias.pointer[output] = weights.bias.pointer[output]
            let panel = panels.pointer + output / width * inner * width + output % width
            for position in 0..<inner { panel[position * width] = weights.filter(output, at: position) }
        }
    }

    func multiply(
        _ patches: UnsafePointer<Float>, rows: Int, channels: Range<Int>, residual: UnsafePointer<Float>?, relu: Bool,
        into output: UnsafeMutablePointer<Float>, _ gemm: Gemm
    ) {
        for first in stride(from: channels.lowerBound, to: channels.upperBound, by: width) {
            var panel = vk_panel(
                a: patches, panel: panels.pointer + first * inner, bias: bias.pointer + first,
                residual: residual.map { $0 + first }, c: output + first, rows: Int32(rows), inner: Int32(inner),
                columns: Int32(min(width, channels.upperBound - first)), a_stride: Int32(inner),
                c_stride: Int32(outputs), relu: relu ? 1 : 0)
            vk_multiply_panel(&panel, Int32(width))
        }
    }
}

extension ConvolutionWeights {
    /// Length of a patch: taps of the window times input channels, in this order.
    var inner: Int { kernel * kernel * inputChannels }

    /// The weight that a position in the patch has for an output channel.
    func filter(_ output: Int, at position: Int) -> Float {
        let (tap, input) = position.quotientAndRemainder(dividingBy: inputChannels)
        return filters.pointer[(output * inputChannels + input) * kernel * kernel + tap]
    }
}
