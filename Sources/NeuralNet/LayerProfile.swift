import Foundation

/// Where the time of a network goes: sums for each kind of layer, over all runs since it was made or last taken.
///
/// A network that is made with a profile reports to it; others spend nothing on it. Safe to use from many threads.
package final class LayerProfile: @unchecked Sendable {
    /// The sums of one kind of layer.
    package struct Entry: Sendable {
        /// Window, stride and channels, such as `3x3 64>128 /2`.
        package let kind: String
        /// How often such a layer ran.
        package fileprivate(set) var runs = 0
        /// Time that they took together.
        package fileprivate(set) var duration = Duration.zero
        /// Multiply-adds of a direct convolution, whatever was computed.
        package fileprivate(set) var multiplyAdds = 0
    }

    private let lock = NSLock()
    private var entries: [String: Entry] = [:]

    /// An empty profile.
    package init() {}

    /// The sums by kind, most time first; the profile is empty afterwards.
    package func take() -> [Entry] {
        lock.withLock {
            defer { entries = [:] }
            return entries.values.sorted { $0.duration > $1.duration }
        }
    }

    func record(_ kind: String, multiplyAdds: Int, _ duration: Duration) {
        lock.withLock {
            var entry = entries[kind] ?? Entry(kind: kind)
            entry.runs += 1
            entry.duration += duration
            entry.multiplyAdds += multiplyAdds
            entries[kind] = entry
        }
    }
}

/// A convolution whose time goes into a profile.
struct ProfiledConvolution: Convolution {
    private let convolution: any Convolution
    private let profile: LayerProfile
    private let kind: String
    private let filterCount: Int

    init(_ convolution: any Convolution, _ weights: ConvolutionWeights, _ profile: LayerProfile) {
        self.convolution = convolution
        self.profile = profile
        kind = weights.kind
        filterCount = weights.filters.count
    }

    func outputShape(for input: FeatureShape) -> FeatureShape { convolution.outputShape(for: input) }

    func run(
        _ input: UnsafePointer<Float>, _ shape: FeatureShape, residual: UnsafePointer<Float>?, relu: Bool,
        into output: UnsafeMutablePointer<Float>, _ context: ComputeContext
    ) {
        let duration = ContinuousClock().measure {
            convolution.run(input, shape, residual: residual, relu: relu, into: output, context)
        }
        profile.record(kind, multiplyAdds: filterCount * outputShape(for: shape).pixels, duration)
    }
}
