import Tensors

internal import CKernels

/// 3x3 convolution of stride 1 by Winograd's minimal filtering F(4x4, 3x3): a quarter of the products of the direct way
/// (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
///
/// Tiles of 6x6 input pixels are transformed; each of the 36 places then is a matrix product of its own, with a row for
/// each tile; the results are transformed back to 4x4 output pixels. The filters, transformed once, are four times as
/// large: with few tiles, reading them takes longer than the products saved.
package struct WinogradConvolution: Convolution {
    private let inputs: Int
    private let outputs: Int
    private let width: Int
    /// For each of 36 frequencies: panels as ``PanelFilters`` has them.
    private let filters: FloatBuffer
    private let bias: FloatBuffer
    private let zeros: FloatBuffer

    /// Transforms the filters; `nil` if they are no 3x3 filters of stride 1, or channels do not fill whole registers.
    package init?(_ weights: ConvolutionWeights, panelWidth: Int = PanelFilters.width) {
        guard panelWidth > 0, weights.kernel == 3, weights.stride == 1, weights.padding == 1,
            weights.inputChannels.isMultiple(of: 16), weights.outputChannels.isMultiple(of: panelWidth),
            max(weights.inputChannels, weights.outputChannels) <= Int(VK_WINOGRAD_CHANNELS)
        else { return nil }
        inputs = weights.inputChannels
        outputs = weights.outputChannels
        width = panelWidth
        bias = weights.bias
        zeros = FloatBuffer(count: panelWidth)
        filters = FloatBuffer(uninitialized: 36 * inputs * outputs)
        vk_winograd_filters(
            weights.filters.pointer, Int32(inputs), Int32(outputs), Int32(panelWidth), filters.pointer)
    }

    /// Whether this way is likely to be the fastest for images of this shape.
    static func suits(_ input: FeatureShape) -> Bool {
        tiles(input) >= 4
    }

    package func outputShape(for input: FeatureShape) -> FeatureShape {
        input.swept(kernel: 3, stride: 1, padding: 1, channels: outputs)
    }

    private static func tiles(_ shape: FeatureShape) -> Int {
        shape.images * ((shape.height + 3) / 4) * ((shape.width + 3) / 4)
    }

    /// Tiles in a piece: their transforms should stay in the core's own cache, and the filters be read for many.
    private static let tilesOfPiece = 48

    package func run(
        _ input: UnsafePointer<Float>, _ shape: FeatureShape, residual: UnsafePointer<Float>?, relu: Bool,
        into output: UnsafeMutablePointer<Float>, _ context: ComputeContext
    ) {
        let call = Call(
            convolution: self,
            kernel: vk_winograd(
                height: Int32(shape.height), width: Int32(shape.width), inputs: Int32(inputs), outputs: Int32(outputs),
                relu: relu ? 1 : 0, bias: bias.pointer),
            input: input, residual: residual, output: output, tiles: Self.tiles(shape), context: context)
        if call.tiles >= Self.tilesOfPiece { call.runByTiles() } else { call.runByFrequencies() }
    }

    /// One convolution under way.
    private struct Call {
        let convolution: WinogradConvolution
        let kernel: vk_winograd
        let input: UnsafePointer<Float>
        let residual: UnsafePointer<Float>?
        let output: UnsafeMutablePointer<Float>
        let tiles: Int
        let context: ComputeContext

        /// Each piece takes some tiles all the way.
        func runByTiles() {
            let pieces = max(2, (tiles / tilesOfPiece + 1) / 2 * 2)
            let length = (tiles + pieces - 1) / pieces
            context.pool.parallelFor((tiles + length - 1) / length) { piece in
                let first = piece * length
                let count = min(length, tiles - first)
                withScratch(count) { transformed, products in
                    transform(first, count, into: transformed)
                    for frequency in 0..<36 { multiply(frequency, count, transformed, products) }
                    finish(first, count, products)
                }
            }
        }

        /// Few tiles: each piece takes some frequencies, so that the filters are read once.
        func runByFrequencies() {
            withScratch(tiles) { transformed, products in
                transform(0, tiles, into: transformed)
                context.pool.parallelFor(6) { piece in
                    for frequency in 6 * piece..<6 * piece + 6 { multiply(frequency, tiles, transformed, products) }
                }
                finish(0, tiles, products)
            }
        }

        private func withScratch(
            _ count: Int, _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
        ) {
            let inputs = 36 * vk_winograd_stride(Int32(count), kernel.inputs)
            let outputs = 36 * vk_winograd_stride(Int32(count), kernel.outputs)
            context.scratch.withFloats(inputs + outputs) { body($0, $0 + inputs) }
        }

        private func transform(_ first: Int, _ count: Int, into transformed: UnsafeMutablePointer<Float>) {
            withUnsafePointer(to: kernel) {
                vk_winograd_input($0, Int32(convolution.width), input, Int32(first), Int32(count), transformed)
            }
        }

        private func multiply(
            _ frequency: Int, _ count: Int, _ transformed: UnsafePointer<Float>,
            _ products: UnsafeMutablePointer<Float>
        ) {
            let (inputs, outputs, width) = (convolution.inputs, convolution.outputs, convolution.width)
            let rows = transformed + frequency * vk_winograd_stride(Int32(count), kernel.inputs)
            let result = products + frequency * vk_winograd_stride(Int32(count), kernel.outputs)
            let filters = convolution.filters.pointer + frequency * inputs * outputs
            for first in stride(from: 0, to: outputs, by: width) {
                var panel = vk_panel(
                    a: rows, panel: filters + first * inputs, bias: convolution.zeros.pointer, residual: nil,
                    c: result + first, rows: Int32(count), inner: Int32(inputs), columns: Int32(width),
                    a_stride: Int32(inputs), c_stride: Int32(outputs), relu: 0)
                vk_multiply_panel(&panel, Int32(width))
            }
        }

        private func finish(_ first: Int, _ count: Int, _ products: UnsafePointer<Float>) {
            withUnsafePointer(to: kernel) {
                vk_winograd_output(
                    $0, Int32(convolution.width), products, Int32(first), Int32(count), residual, output)
            }
        }
    }
}
