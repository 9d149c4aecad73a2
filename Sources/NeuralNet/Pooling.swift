internal import CKernels

/// Largest value under a window, for each channel.
struct MaxPool: Sendable {
    let kernel: Int
    let stride: Int
    let padding: Int

    func outputShape(for input: FeatureShape) -> FeatureShape {
        input.swept(kernel: kernel, stride: stride, padding: padding, channels: input.channels)
    }

    func run(
        _ input: UnsafePointer<Float>, _ shape: FeatureShape, into output: UnsafeMutablePointer<Float>,
        _ context: ComputeContext
    ) {
        let out = outputShape(for: shape)
        let window = vk_window(
            in_height: Int32(shape.height), in_width: Int32(shape.width), channels: Int32(shape.channels),
            out_height: Int32(out.height), out_width: Int32(out.width),
            kernel_height: Int32(kernel), kernel_width: Int32(kernel), stride: Int32(stride), padding: Int32(padding))
        let rows = max(1, (1 << 15) / max(1, out.width * out.channels))
        let total = out.images * out.height
        context.pool.parallelFor((total + rows - 1) / rows) { piece in
            let first = piece * rows
            withUnsafePointer(to: window) {
                vk_max_pool($0, input, Int32(first), Int32(min(rows, total - first)), output)
            }
        }
    }
}

/// Averages over pixels.
enum AveragePool {
    /// The mean of each channel over the whole map of one image.
    static func global(_ input: UnsafePointer<Float>, _ shape: FeatureShape) -> [Float] {
        [Float](unsafeUninitializedCapacity: shape.channels) { result, count in
            vk_average_pool(input, Int32(shape.pixels), Int32(shape.channels), result.baseAddress)
            count = shape.channels
        }
    }

    /// Means over a `size` x `size` grid of regions that cover the map and may overlap, by PyTorch's rule
    /// (`AdaptiveAvgPool2d`): region i of an axis of length n reaches from floor(i n / size) to ceil((i + 1) n / size).
    ///
    /// - Returns: channels x size x size, row-major, which is the order that a classifier expects.
    static func adaptive(_ input: UnsafePointer<Float>, _ shape: FeatureShape, size: Int) -> [Float] {
        var result = [Float](repeating: 0, count: shape.channels * size * size)
        var means = [Float](repeating: 0, count: shape.channels)
        func bounds(_ index: Int, _ length: Int) -> (Int32, Int32) {
            (Int32(index * length / size), Int32(((index + 1) * length + size - 1) / size))
        }
        for row in 0..<size {
            let (top, bottom) = bounds(row, shape.height)
            for column in 0..<size {
                let (left, right) = bounds(column, shape.width)
                vk_average_region(
                    input, Int32(shape.width), Int32(shape.channels), top, bottom, left, right, &means)
                for channel in 0..<shape.channels {
                    result[(channel * size + row) * size + column] = means[channel]
                }
            }
        }
        return result
    }
}
