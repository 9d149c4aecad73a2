import NeuralNet

/// Names and shapes of the tensors of torchvision's models, written down apart from the code under test.
enum NetworkShapes {
    static func shapes(_ architecture: Architecture) -> [String: [Int]] {
        switch architecture {
        case .resnet18: resnet([2, 2, 2, 2], bottleneck: false)
        case .resnet34: resnet([3, 4, 6, 3], bottleneck: false)
        case .resnet50: resnet([3, 4, 6, 3], bottleneck: true)
        case .resnet101: resnet([3, 4, 23, 3], bottleneck: true)
        case .resnet152: resnet([3, 8, 36, 3], bottleneck: true)
        case .vgg16: vgg16()
        }
    }

    private static func resnet(_ depths: [Int], bottleneck: Bool) -> [String: [Int]] {
        var shapes: [String: [Int]] = ["conv1.weight": [64, 3, 7, 7]]
        func norm(_ name: String, _ channels: Int) {
            for part in ["weight", "bias", "running_mean", "running_var"] { shapes["\(name).\(part)"] = [channels] }
            shapes["\(name).num_batches_tracked"] = []
        }
        norm("bn1", 64)
        let expansion = bottleneck ? 4 : 1
        var channels = 64
        for (index, depth) in depths.enumerated() {
            let width = 64 << index
            for block in 0..<depth {
                let prefix = "layer\(index + 1).\(block)"
                if bottleneck {
                    shapes["\(prefix).conv1.weight"] = [width, channels, 1, 1]
                    shapes["\(prefix).conv2.weight"] = [width, width, 3, 3]
                    shapes["\(prefix).conv3.weight"] = [4 * width, width, 1, 1]
                    norm("\(prefix).bn3", 4 * width)
                } else {
                    shapes["\(prefix).conv1.weight"] = [width, channels, 3, 3]
                    shapes["\(prefix).conv2.weight"] = [width, width, 3, 3]
                }
                norm("\(prefix).bn1", width)
                norm("\(prefix).bn2", width)
                if block == 0 && (index > 0 || bottleneck) {
                    shapes["\(prefix).downsample.0.weight"] = [expansion * width, channels, 1, 1]
                    norm("\(prefix).downsample.1", expansion * width)
                }
                channels = expansion * width
            }
        }
        shapes["fc.weight"] = [32, channels]
        shapes["fc.bias"] = [32]
        return shapes
    }

    private static func vgg16() -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        let layers: [(Int, Int, Int)] = [
            (0, 3, 64), (2, 64, 64), (5, 64, 128), (7, 128, 128), (10, 128, 256), (12, 256, 256), (14, 256, 256),
            (17, 256, 512), (19, 512, 512), (21, 512, 512), (24, 512, 512), (26, 512, 512), (28, 512, 512),
        ]
        for (position, inputs, outputs) in layers {
            shapes["features.\(position).weight"] = [outputs, inputs, 3, 3]
            shapes["features.\(position).bias"] = [outputs]
        }
        for (position, inputs, outputs) in [(0, 25088, 32), (3, 32, 24), (6, 24, 16)] {
            shapes["classifier.\(position).weight"] = [outputs, inputs]
            shapes["classifier.\(position).bias"] = [outputs]
        }
        return shapes
    }
}
