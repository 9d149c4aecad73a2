import Tensors

internal import CKernels

/// 3x3 convolution of bytes, stride 1, by Winograd's minimal filtering F(2x2, 3x3): 16 products instead of 36 for 2x2
/// output pixels (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
///
/// Transformed input has ten bits, of which the upper eight are kept; the rest is in integers and exact. That costs more
/// than the rounding of bytes to begin with, so a calibration decides whether a network can afford it
/// (``Int8Products``).
package struct QuantizedWinograd: ByteConvolution {
    private let inputs: Int
    private let outputs: Int
    private let instructions: Int8Kernel
    private let panelWidth: Int
    /// For each `panelWidth` output channels and each of 16 frequencies: inputs / 4 x panelWidth x 4.
    private let panels: ByteBuffer
    private let scale: FloatBuffer
    private let bias: FloatBuffer
    /// For each pixel of an output tile: what input that is zero sums up to, for each output channel.
    private let offsets: ByteBuffer
    private let residualScale: Float
    /// A pixel of zeros, for what lies outside.
    private let outside: ByteBuffer

    /// Transforms and rounds the weights; `nil` if they are no 3x3 filters of stride 1, or channels do not come in whole
    /// registers. The rest is as in ``QuantizedConvolution``.
    package init?(
        _ weights: ConvolutionWeights, input: Quantization, residual: Quantization?, output: Quantization,
        instructions: Int8Kernel = .best
    ) {
        let unit = Int(VK_INT8_WINOGRAD_CHANNELS)
        guard weights.kernel == 3, weights.stride == 1, weights.padding == 1,
            weights.inputChannels.isMultiple(of: unit),
            weights.outputChannels.isMultiple(of: unit), weights.inputChannels <= Self.mostInputs
        else { return nil }
        inputs = weights.inputChannels
        outputs = weights.outputChannels
        self.instructions = instructions
        panelWidth = Int(vk_int8_panel_width(instructions.set))
        panels = ByteBuffer(count: 16 * inputs * outputs, filledWith: 0)
        scale = FloatBuffer(count: outputs)
        bias = FloatBuffer(count: outputs)
        offsets = ByteBuffer(count: 16 * outputs, filledWith: 0)
        outside = ByteBuffer(count: inputs, filledWith: UInt8(clamping: input.zero))
        residualScale = residual.map { $0.scale / output.scale } ?? 0
        let frequencyBytes = inputs * panelWidth
        let residualShift = residual.map { Double($0.scale) / Double(output.scale) * Double($0.zero) } ?? 0
        for channel in 0..<outputs {
            var sums = [Int32](repeating: 0, count: 16)
            let (panel, place) = channel.quotientAndRemainder(dividingBy: panelWidth)
            let step = vk_int8_winograd_pack(
                weights.filters.pointer + channel * inputs * 9, Int32(inputs), Int32(panelWidth), frequencyBytes,
                panels.signed + panel * 16 * frequencyBytes + place * 4, &sums)
            // What is stored of a frequency is a quarter of it.
            scale.pointer[channel] = Float(4 * Double(input.scale) * Double(step) / Double(output.scale))
            bias.pointer[channel] = Float(
                Double(weights.bias.pointer[channel]) / Double(output.scale) + Double(output.zero) - residualShift)
            // The input's zero point shows in frequency 5 only, and the transforms' 128 in all others.
            for (f, sum) in sums.enumerated() { sums[f] = sum * (f == 5 ? Int32(input.zero) : 128) }
            for pixel in 0..<4 {
                offsets.integers[pixel * outputs + channel] = Self.combined(sums, rows: pixel / 2, columns: pixel % 2)
            }
        }
    }

    /// Channels whose sums stay within 32 bits: 9 * 255 * 127 for each.
    private static let mostInputs = 4096

    /// One pixel of an output tile.
    private static func combined(_ sums: [Int32], rows: Int, columns: Int) -> Int32 {
        let signs: [[Int32]] = [[1, 1, 1, 0], [0, 1, -1, -1]]
        return sums.indices.reduce(0) { $0 + signs[rows][$1 / 4] * signs[columns][$1 % 4] * sums[$1] }
    }

    package var mayOverflow: Bool {
        (0..<outputs).contains { channel in
            let largest =
                scale.pointer[channel] * Float(2 * 9 * 255 * 127 * inputs) + abs(bias.pointer[channel])
                + residualScale * 255
            return !(largest < 0x1p30)
        }
    }

    package func outputShape(for input: FeatureShape) -> FeatureShape {
        input.swept(kernel: 3, stride: 1, padding: 1, channels: outputs)
    }

    /// As ``QuantizedConvolution`` has it; the same bytes for an image alone and among others.
    package func run(
        _ input: UnsafePointer<UInt8>, _ shape: FeatureShape, residual: UnsafePointer<UInt8>?,
        into output: UnsafeMutablePointer<UInt8>, _ context: ComputeContext
    ) {
        let call = Call(
            convolution: self,
            kernel: vk_int8_winograd(
                height: Int32(shape.height), width: Int32(shape.width), inputs: Int32(inputs), outputs: Int32(outputs),
                outside: outside.pointer, scale: scale.pointer, bias: bias.pointer, offset: offsets.integers,
                residual_scale: residualScale),
            input: input, residual: residual, output: output,
            tiles: shape.images * ((shape.height + 1) / 2) * ((shape.width + 1) / 2), context: context)
        if call.tiles >= Self.tilesOfBlock { call.runByTiles() } else { call.runByPanels() }
    }

    /// Tiles that go all the way together: their transforms should stay in the core's own cache, and the filters be read
    /// for many.
    private static let tilesOfBlock = 60

    /// One convolution under way.
    private struct Call {
        let convolution: QuantizedWinograd
        let kernel: vk_int8_winograd
        let input: UnsafePointer<UInt8>
        let residual: UnsafePointer<UInt8>?
        let output: UnsafeMutablePointer<UInt8>
        let tiles: Int
        let context: ComputeContext

        private var panelCount: Int { convolution.outputs / convolution.panelWidth }

        /// Each thread takes some tiles all the way, block by block.
        func runByTiles() {
            let threads = min(context.pool.threads, tiles * convolution.inputs / leastWork + 1)
            let perThread = (tiles + threads - 1) / threads
            let blocks = (perThread + tilesOfBlock - 1) / tilesOfBlock
            context.pool.parallelFor(threads) { thread in
                let first = thread * tiles / threads
                let count = (thread + 1) * tiles / threads - first
                for block in 0..<blocks {
                    let start = first + block * count / blocks
                    let length = first + (block + 1) * count / blocks - start
                    withTransformed(length) { transformed in
                        transform(start, 0..<length, of: length, into: transformed)
                        for panel in 0..<panelCount { multiply(panel, start, length, transformed) }
                    }
                }
            }
        }

        /// Few tiles: each thread takes some output channels, so that the filters are read once.
        func runByPanels() {
            let threads = min(context.pool.threads, panelCount, tiles)
            withTransformed(tiles) { transformed in
                context.pool.parallelFor(threads) { thread in
                    let range = thread * tiles / threads..<(thread + 1) * tiles / threads
                    transform(0, range, of: tiles, into: transformed)
                }
                context.pool.parallelFor(threads) { thread in
                    for panel in thread * panelCount / threads..<(thread + 1) * panelCount / threads {
                        multiply(panel, 0, tiles, transformed)
                    }
                }
            }
        }

        private func withTransformed(_ count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Void) {
            let bytes = 16 * vk_int8_winograd_stride(Int32(count), kernel.inputs)
            context.scratch.withFloats((bytes + 3) / 4) { memory in
                body(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt8.self))
            }
        }

        /// Transforms tiles `range` of the `count` from `first` on.
        private func transform(
            _ first: Int, _ range: Range<Int>, of count: Int, into transformed: UnsafeMutablePointer<UInt8>
        ) {
            withUnsafePointer(to: kernel) {
                vk_int8_winograd_input(
                    $0, input, Int32(first + range.lowerBound), Int32(range.count),
                    vk_int8_winograd_stride(Int32(count), kernel.inputs),
                    transformed + range.lowerBound * convolution.inputs, convolution.instructions.set)
            }
        }

        private func multiply(_ panel: Int, _ first: Int, _ count: Int, _ transformed: UnsafePointer<UInt8>) {
            let (inputs, width) = (convolution.inputs, convolution.panelWidth)
            let stride = vk_int8_winograd_stride(Int32(count), kernel.inputs)
            context.scratch.withFloats(16 * count * width + 2 * count) { memory in
                let sums = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Int32.self)
                let rows = UnsafeMutableRawPointer(memory + 16 * count * width)
                    .assumingMemoryBound(to: UnsafePointer<UInt8>?.self)
                for frequency in 0..<16 {
                    for row in 0..<count { rows[row] = transformed + frequency * stride + row * inputs }
                    var product = vk_int8_panel()
                    product.taps = UnsafePointer(rows)
                    product.panel = UnsafePointer(convolution.panels.signed + (panel * 16 + frequency) * inputs * width)
                    product.rows = Int32(count)
                    product.tap_count = 1
                    product.groups = Int32(inputs / 4)
                    product.columns = Int32(width)
                    product.sums = sums + frequency * count * width
                    vk_int8_multiply(&product, convolution.instructions.set)
                }
                withUnsafePointer(to: kernel) {
                    vk_int8_winograd_output(
                        $0, sums, Int32(panel * width), Int32(first), Int32(count), residual, output,
                        convolution.instructions.set)
                }
            }
        }
    }

    /// Transformed bytes, over 16, that are too few to share out.
    private static let leastWork = 1 << 12
}
