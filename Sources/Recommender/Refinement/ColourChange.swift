/// "Like this, but red": a query of the same cut in another colour.
///
/// From the query's vector the mean of its kind, the items of its category and colour, is taken away; what is left is how it
/// differs from others of that kind: its cut. The mean of the wished kind is added instead. Candidates are then put in the
/// order of how alike their own differences are.
///
/// Measured on 42,212 product photos (README, "Refine").
package struct ColourChange: Sendable {
    /// The vector to look for candidates with; of length 1.
    package let query: [Float]
    /// The query's cut.
    private let cut: [Float]
    private let target: [Float]

    /// So many candidates are put in order.
    package static let candidates = 200

    /// A change of colour; `nil` if nothing is left to look for.
    ///
    /// - Parameters:
    ///   - query: the unit vector.
    ///   - source: the mean of the query's kind.
    ///   - target: the mean of the wished kind.
    package init?(_ query: [Float], from source: [Float], to target: [Float]) {
        cut = VectorArithmetic.adding(-1, source, to: query)
        guard let moved = VectorArithmetic.unit(VectorArithmetic.adding(1, target, to: cut)) else { return nil }
        self.query = moved
        self.target = target
    }

    /// The same change for a query that was moved on since.
    package init(_ query: [Float], _ change: ColourChange) {
        self.query = query
        target = change.target
        cut = VectorArithmetic.adding(-1, change.target, to: query)
    }

    /// How alike the cut of an item is that has the wished colour, -1 to 1. O(dimension).
    package func likeness(_ vector: [Float]) -> Float {
        guard let own = VectorArithmetic.unit(cut),
            let other = VectorArithmetic.unit(VectorArithmetic.adding(-1, target, to: vector))
        else { return -1 }
        return VectorArithmetic.dot(own, other)
    }
}
