/// The range that each activation of a network was seen to have: what its bytes stand for in int8.
///
/// As text, which a model file keeps in its metadata: `name=lower,upper` for each, joined by semicolons.
public struct ActivationRanges: Sendable, Equatable {
    /// Least and largest value of an activation; the value 0 is between them.
    public struct Range: Sendable, Equatable {
        /// At most 0.
        public let lower: Float
        /// At least 0.
        public let upper: Float

        /// A range; `nil` unless `lower <= 0 <= upper` and both are at most 1e6 in size.
        public init?(_ lower: Float, _ upper: Float) {
            guard -1e6...0 ~= lower, 0...1e6 ~= upper else { return nil }
            self.lower = lower
            self.upper = upper
        }
    }

    /// By the name of the layer that puts out the activation; the network's input is `input`.
    public var ranges: [String: Range]

    /// Ranges by name.
    public init(_ ranges: [String: Range] = [:]) {
        self.ranges = ranges
    }

    /// Reads the text that ``text`` gives; `nil` if it is none.
    public init?(text: String) {
        ranges = [:]
        for entry in text.split(separator: ";") {
            let sides = entry.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty else { return nil }
            let numbers = sides[1].split(separator: ",", omittingEmptySubsequences: false).compactMap { Float($0) }
            guard numbers.count == 2, let range = Range(numbers[0], numbers[1]),
                ranges.updateValue(range, forKey: String(sides[0])) == nil
            else { return nil }
        }
        guard !ranges.isEmpty else { return nil }
    }

    /// The ranges as text, sorted by name; read back, it gives the same ranges.
    public var text: String {
        ranges.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.lower),\($0.value.upper)" }.joined(separator: ";")
    }
}

/// What the bytes of an activation stand for: `scale * (byte - zero)`.
package struct Quantization: Sendable, Equatable {
    package let scale: Float
    package let zero: Int

    package init(scale: Float, zero: Int) {
        self.scale = scale
        self.zero = zero
    }

    /// 256 steps over a range, of which one is exactly 0.
    package init(_ range: ActivationRanges.Range) {
        let width = range.upper - range.lower
        // An activation that was always 0 has no width; any scale will do.
        scale = width > 1e-12 ? width / 255 : 1
        zero = Int((-range.lower / scale).rounded())
    }
}
