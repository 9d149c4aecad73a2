import Tensors

internal import CKernels

/// Instructions that products of bytes are computed with. All give the same integers.
package enum Int8Kernel: CaseIterable, Sendable {
    case plain, avx2, avxVNNI, avx512VNNI

    var set: Int32 {
        switch self {
        case .plain: Int32(VK_INT8_PLAIN)
        case .avx2: Int32(VK_INT8_AVX2)
        case .avxVNNI: Int32(VK_INT8_AVX_VNNI)
        case .avx512VNNI: Int32(VK_INT8_AVX512_VNNI)
        }
    }

    /// Whether this CPU has the instructions.
    package var isSupported: Bool { vk_int8_supported(set) != 0 }
    /// Whether it is faster than single precision.
    var isFast: Bool { self == .avxVNNI || self == .avx512VNNI }

    /// The fastest that this CPU has.
    package static let best = allCases.last(where: \.isSupported) ?? .plain
}

/// A convolution of bytes: unsigned activations with a scale and a zero point, signed weights with a scale for each
/// output channel, 32-bit sums, and bias, residual, ReLU and rounding to bytes before a sum leaves its register.
///
/// There is no copy of the input (im2col): the kernel is given the address of each pixel under each window. Only for
/// channels that do not come in fours, which is so for pictures, it wants a map with its border already
/// (``needsBorder``), and reads a row of the window at a time.
package struct QuantizedConvolution: ByteConvolution {
    private let kernel: Int
    private let stride: Int
    private let padding: Int
    private let inputChannels: Int
    private let outputChannels: Int
    private let instructions: Int8Kernel
    private let panelWidth: Int
    /// Addresses that each output pixel has, and fours of bytes behind each.
    private let taps: Int
    private let groups: Int
    /// For each `panelWidth` output channels: taps x groups x panelWidth x 4.
    private let panels: ByteBuffer
    /// For each output channel, padded as the panels are.
    private let scale: FloatBuffer
    private let bias: FloatBuffer
    private let residualScale: Float
    /// A pixel of zeros, for what lies outside.
    private let outside: ByteBuffer

    /// Rounds the weights, for an input, an output and a residual whose bytes stand for those numbers. A ReLU is part of
    /// the output's range: it has no bytes for numbers below zero.
    package init(
        _ weights: ConvolutionWeights, input: Quantization, residual: Quantization?, output: Quantization,
        instructions: Int8Kernel = .best
    ) {
        kernel = weights.kernel
        stride = weights.stride
        padding = weights.padding
        inputChannels = weights.inputChannels
        outputChannels = weights.outputChannels
        self.instructions = instructions
        panelWidth = Int(vk_int8_panel_width(instructions.set))
        let byRows = !inputChannels.isMultiple(of: 4)
        taps = byRows ? kernel : kernel * kernel
        let tapLength = byRows ? kernel * inputChannels : inputChannels
        groups = (tapLength + 3) / 4

        let count = (outputChannels + panelWidth - 1) / panelWidth
        let panelBytes = taps * groups * panelWidth * 4
        panels = ByteBuffer(count: count * panelBytes, filledWith: 0)
        scale = FloatBuffer(count: count * panelWidth)
        bias = FloatBuffer(count: count * panelWidth)
        outside = ByteBuffer(count: 4 * groups, filledWith: UInt8(clamping: input.zero))
        let length = inputChannels * kernel * kernel
        for channel in 0..<outputChannels {
            var sum: Int32 = 0
            let step = vk_int8_pack(
                weights.filters.pointer + channel * length, Int32(inputChannels), Int32(kernel), byRows ? 1 : 0,
                Int32(panelWidth), panels.signed + channel / panelWidth * panelBytes + channel % panelWidth * 4, &sum)
            let unit = Double(input.scale) * Double(step) / Double(output.scale)
            scale.pointer[channel] = Float(unit)
            var shift = Double(weights.bias.pointer[channel]) / Double(output.scale) + Double(output.zero)
            shift -= unit * Double(input.zero * Int(sum))
            if let residual { shift -= Double(residual.scale) / Double(output.scale) * Double(residual.zero) }
            bias.pointer[channel] = Float(shift)
        }
        residualScale = residual.map { $0.scale / output.scale } ?? 0
    }

    package var mayOverflow: Bool {
        (0..<outputChannels).contains { channel in
            let largest =
                scale.pointer[channel] * Float(255 * 127 * taps * groups * 4) + abs(bias.pointer[channel])
                + residualScale * 255
            return !(largest < 0x1p30)
        }
    }

    package func outputShape(for input: FeatureShape) -> FeatureShape {
        input.swept(kernel: kernel, stride: stride, padding: padding, channels: outputChannels)
    }

    /// Whether the input must have its border of zero points around it.
    package var needsBorder: Bool { !inputChannels.isMultiple(of: 4) }

    /// Bytes that an input takes, with its border if it needs one.
    package func inputBytes(for shape: FeatureShape) -> Int {
        // With a border, the last group may reach beyond the last row.
        shape.images * imageBytes(shape) + (needsBorder ? 4 : 0)
    }

    private func imageBytes(_ shape: FeatureShape) -> Int {
        (needsBorder ? shape.height + 2 * padding : shape.height) * rowBytes(shape)
    }

    private func rowBytes(_ shape: FeatureShape) -> Int {
        (needsBorder ? shape.width + 2 * padding : shape.width) * inputChannels
    }

    /// Rounds floats (NHWC) to an input.
    package func quantize(
        _ floats: UnsafePointer<Float>, _ shape: FeatureShape, as quantization: Quantization,
        into output: UnsafeMutablePointer<UInt8>, _ context: ComputeContext
    ) {
        let border = needsBorder ? padding : 0
        let pitch = rowBytes(shape)
        let row = shape.width * inputChannels
        let zero = UInt8(clamping: quantization.zero)
        let rows = shape.height + 2 * border
        let total = shape.images * rows
        let pieces = row * total > Self.bytesOfPiece ? min(total, context.pool.threads) : 1
        context.pool.parallelFor(pieces) { piece in
            for index in piece * total / pieces..<(piece + 1) * total / pieces {
                let (image, y) = index.quotientAndRemainder(dividingBy: rows)
                let start = output + index * pitch
                guard border..<border + shape.height ~= y else {
                    start.update(repeating: zero, count: pitch)
                    continue
                }
                start.update(repeating: zero, count: border * inputChannels)
                vk_int8_from_floats(
                    floats + (image * shape.height + y - border) * row, row, 1 / quantization.scale,
                    Float(quantization.zero), start + border * inputChannels)
                (start + border * inputChannels + row).update(repeating: zero, count: border * inputChannels)
            }
        }
        if needsBorder { (output + total * pitch).update(repeating: zero, count: 4) }
    }

    /// Bytes that are too few to share out.
    private static let bytesOfPiece = 1 << 16

    package func run(
        _ input: UnsafePointer<UInt8>, _ shape: FeatureShape, residual: UnsafePointer<UInt8>?,
        into output: UnsafeMutablePointer<UInt8>, _ context: ComputeContext
    ) {
        let out = outputShape(for: shape)
        let window = vk_int8_window(
            input: input, in_height: Int32(shape.height), in_width: Int32(shape.width),
            pixel_bytes: Int32(inputChannels), row_bytes: Int32(rowBytes(shape)), image_bytes: imageBytes(shape),
            out_height: Int32(out.height), out_width: Int32(out.width), kernel: Int32(kernel), stride: Int32(stride),
            padding: Int32(padding), outside: outside.pointer)
        let panelCount = (outputChannels + panelWidth - 1) / panelWidth
        // Few pixels: the weights are the larger part, and each should be read by one core only.
        let byPanels = out.pixels <= Self.fewPixels && panelCount >= context.pool.threads
        let parts = byPanels ? panelCount : (out.pixels + Self.rowStep - 1) / Self.rowStep
        let work = out.pixels * panelCount * panelWidth * taps * groups * 4
        // One for each thread, so that it mostly finds what it wrote itself a layer before; more of what takes long.
        let pieces =
            work < Self.leastWork
            ? 1 : min(parts, context.pool.threads * min(4, 1 + work / Self.workOfPiece))
        context.pool.parallelFor(pieces) { piece in
            let range = piece * parts / pieces..<(piece + 1) * parts / pieces
            if byPanels {
                multiply(window, pixels: 0..<out.pixels, panels: range, residual, output, context)
            } else {
                let first = range.lowerBound * Self.rowStep
                let end = min(out.pixels, range.upperBound * Self.rowStep)
                multiply(window, pixels: first..<end, panels: 0..<panelCount, residual, output, context)
            }
        }
    }

    /// Pixels that are shared out by output channels.
    private static let fewPixels = 256
    /// Pieces begin at multiples of what the kernels compute at once.
    private static let rowStep = 12
    /// Multiply-adds that are too few to share out: about 10 microseconds.
    private static let leastWork = 2_500_000
    /// Multiply-adds of a piece at most, about a millisecond.
    private static let workOfPiece = 200_000_000
    /// Pixels whose addresses are made at once, and whose bytes should stay in the core's first cache.
    private static let rowsOfBlock = 192

    private func multiply(
        _ window: vk_int8_window, pixels: Range<Int>, panels range: Range<Int>, _ residual: UnsafePointer<UInt8>?,
        _ output: UnsafeMutablePointer<UInt8>, _ context: ComputeContext
    ) {
        let addresses = Self.rowsOfBlock * taps
        context.scratch.withFloats(2 * addresses) { memory in
            memory.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: addresses) { table in
                for first in Swift.stride(from: pixels.lowerBound, to: pixels.upperBound, by: Self.rowsOfBlock) {
                    let count = min(Self.rowsOfBlock, pixels.upperBound - first)
                    withUnsafePointer(to: window) {
                        if needsBorder {
                            vk_int8_row_taps($0, Int32(first), Int32(count), table)
                        } else {
                            vk_int8_pixel_taps($0, Int32(first), Int32(count), table)
                        }
                    }
                    for panel in range {
                        let channel = panel * panelWidth
                        let offset = first * outputChannels + channel
                        var product = vk_int8_panel(
                            taps: table, panel: panels.signed + panel * taps * groups * panelWidth * 4,
                            scale: scale.pointer + channel, bias: bias.pointer + channel,
                            residual: residual.map { $0 + offset }, residual_scale: residualScale,
                            c: output + offset, rows: Int32(count), tap_count: Int32(taps), groups: Int32(groups),
                            columns: Int32(min(panelWidth, outputChannels - channel)),
                            c_stride: Int32(outputChannels), sums: nil)
                        vk_int8_multiply(&product, instructions.set)
                    }
                }
            }
        }
    }
}
