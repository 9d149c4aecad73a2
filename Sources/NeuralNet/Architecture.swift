/// A network that can be run. Raw values are the names in a model file's metadata.
public enum Architecture: String, Sendable, CaseIterable {
    case resnet18, resnet34, resnet50, resnet101, resnet152, vgg16

    /// Channels of the last feature map, and so the length of a pooled embedding.
    public var poolDimension: Int {
        switch self {
        case .resnet18, .resnet34, .vgg16: 512
        case .resnet50, .resnet101, .resnet152: 2048
        }
    }

    /// Names of the linear layers behind the last feature map.
    var headTensors: [String] {
        self == .vgg16 ? ["classifier.0", "classifier.3", "classifier.6"] : ["fc"]
    }
}

/// Which output of a network is the embedding. Raw values are those of a model file's metadata.
public enum EmbeddingHead: String, Sendable, CaseIterable {
    /// The last feature map, averaged over all its pixels.
    case pool
    /// The last linear layer (of a ResNet `fc`, of VGG16 the last of `classifier.0`, `.3`, `.6` that the file has),
    /// without a ReLU after it.
    case fc
}
