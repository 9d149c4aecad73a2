import Tensors

internal import CKernels

/// Convolution as a matrix product: a row for each output pixel, with the input patch under its window (im2col), times
/// the filters. Windows of 1x1 with stride 1 need no copy: the feature map is that matrix already.
///
/// The product itself is a ``FilterMatrix``'s: our own kernels where the CPU has what they need, else OpenBLAS. It is cut
/// into pieces by the shapes alone, never by the number of threads, since OpenBLAS may round a product of another shape
/// differently.
package struct GemmConvolution: Convolution {
    private let inputChannels: Int
    private let outputChannels: Int
    private let kernel: Int
    private let stride: Int
    private let padding: Int
    private let filters: any FilterMatrix

    package init(_ weights: ConvolutionWeights, panelWidth: Int = PanelFilters.width) {
        inputChannels = weights.inputChannels
        outputChannels = weights.outputChannels
        kernel = weights.kernel
        stride = weights.stride
        padding = weights.padding
        filters = panelWidth > 0 ? PanelFilters(weights, width: panelWidth) : BlasFilters(weights)
    }

    package func outputShape(for input: FeatureShape) -> FeatureShape {
        input.swept(kernel: kernel, stride: stride, padding: padding, channels: outputChannels)
    }

    private var inner: Int { kernel * kernel * inputChannels }
    private var isMatrixAlready: Bool { kernel == 1 && stride == 1 && padding == 0 }

    package func run(
        _ input: UnsafePointer<Float>, _ shape: FeatureShape, residual: UnsafePointer<Float>?, relu: Bool,
        into output: UnsafeMutablePointer<Float>, _ context: ComputeContext
    ) {
        if filters.roundsByShape && shape.images > 1 {
            var (one, result) = (shape, outputShape(for: shape))
            (one.images, result.images) = (1, 1)
            for image in 0..<shape.images {
                run(
                    input + image * one.count, one, residual: residual.map { $0 + image * result.count }, relu: relu,
                    into: output + image * result.count, context)
            }
            return
        }
        let out = outputShape(for: shape)
        let window = vk_window(
            in_height: Int32(shape.height), in_width: Int32(shape.width), channels: Int32(shape.channels),
            out_height: Int32(out.height), out_width: Int32(out.width),
            kernel_height: Int32(kernel), kernel_width: Int32(kernel), stride: Int32(stride), padding: Int32(padding))
        let product = Product(
            convolution: self, window: window, input: input, residual: residual, relu: relu, output: output,
            pixels: out.pixels, context: context)
        // Few pixels: the filters are the larger matrix, and each should be read once.
        if out.pixels < 2 * Self.rowsOfPiece && outputChannels >= 2 * Self.columnsOfPiece {
            product.runByChannels()
        } else {
            product.runByPixels()
        }
    }

    /// Pixels in a piece: enough that reading the filters anew for each piece hardly counts.
    fileprivate static let rowsOfPiece = 96
    /// Fewest output channels in a piece.
    fileprivate static let columnsOfPiece = 64
    /// Most floats of patches in a piece (1 MiB): they should stay in the core's own cache.
    fileprivate static let columnFloats = 1 << 18

    /// One product under way.
    private struct Product {
        let convolution: GemmConvolution
        let window: vk_window
        let input: UnsafePointer<Float>
        let residual: UnsafePointer<Float>?
        let relu: Bool
        let output: UnsafeMutablePointer<Float>
        let pixels: Int
        let context: ComputeContext

        /// Each piece makes the patches of its own pixels and multiplies them with all filters.
        func runByPixels() {
            let inner = convolution.inner
            let channels = convolution.outputChannels
            let limit = convolution.isMatrixAlready ? pixels : max(16, columnFloats / inner)
            let rows = pieceLength(pixels, wanted: min(rowsOfPiece, limit), multipleOf: 1)
            context.pool.parallelFor((pixels + rows - 1) / rows) { piece in
                let first = piece * rows
                let count = min(rows, pixels - first)
                if convolution.isMatrixAlready {
                    multiply(input + first * inner, rows: count, at: first, channels: 0..<channels)
                } else {
                    context.scratch.withFloats(count * inner) { columns in
                        patches(first, count, into: columns)
                        multiply(columns, rows: count, at: first, channels: 0..<channels)
                    }
                }
            }
        }

        /// All patches first, then each piece multiplies them with filters of its own.
        func runByChannels() {
            if convolution.isMatrixAlready {
                multiplyByChannels(input)
                return
            }
            let inner = convolution.inner
            context.scratch.withFloats(pixels * inner) { columns in
                let rows = max(1, (1 << 16) / inner)
                context.pool.parallelFor((pixels + rows - 1) / rows) { piece in
                    let first = piece * rows
                    patches(first, min(rows, pixels - first), into: columns + first * inner)
                }
                multiplyByChannels(columns)
            }
        }

        private func multiplyByChannels(_ columns: UnsafePointer<Float>) {
            let channels = convolution.outputChannels
            let width = pieceLength(channels, wanted: max(columnsOfPiece, channels / 4), multipleOf: 32)
            context.pool.parallelFor((channels + width - 1) / width) { piece in
                let first = piece * width
                multiply(columns, rows: pixels, at: 0, channels: first..<min(first + width, channels))
            }
        }

        private func patches(_ first: Int, _ count: Int, into columns: UnsafeMutablePointer<Float>) {
            withUnsafePointer(to: window) { vk_im2col($0, input, Int32(first), Int32(count), columns) }
        }

        private func multiply(_ columns: UnsafePointer<Float>, rows: Int, at first: Int, channels: Range<Int>) {
            let offset = first * convolution.outputChannels
            convolution.filters.multiply(
                columns, rows: rows, channels: channels, residual: residual.map { $0 + offset }, relu: relu,
                into: output + offset, context.gemm)
        }

        /// Cuts `total` into an even number of pieces of about the wanted length.
        private func pieceLength(_ total: Int, wanted: Int, multipleOf step: Int) -> Int {
            guard total > wanted else { return total }
            var pieces = (total + wanted - 1) / wanted
            if !pieces.isMultiple(of: 2) { pieces += 1 }
            return ((total + pieces - 1) / pieces + step - 1) / step * step
        }
    }
}
