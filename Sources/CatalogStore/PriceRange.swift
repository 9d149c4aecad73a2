/// A stretch of prices, both ends included; an end that is `nil` is open.
public struct PriceRange: Sendable, Equatable {
    /// The lowest price that is accepted.
    public let minimum: Double?
    /// The highest price that is accepted.
    public let maximum: Double?

    /// A range; `nil` if an end is negative or no number, or the lower end is above the upper one.
    public init?(minimum: Double? = nil, maximum: Double? = nil) {
        for end in [minimum, maximum].compactMap({ $0 }) {
            guard end.isFinite, end >= 0 else { return nil }
        }
        if let minimum, let maximum, minimum > maximum { return nil }
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Whether a price lies within. O(1).
    public func contains(_ price: Double) -> Bool {
        // A price that is no number compares false with everything.
        price >= minimum ?? 0 && price <= maximum ?? .infinity
    }
}
