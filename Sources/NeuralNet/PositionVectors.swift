/// What a network makes of each position of its last feature map: the output is their mean.
///
/// The last feature map f is averaged over its positions p before the linear layer, and both are linear:
/// fc(mean f(p)) = mean fc(f(p)). So each position has its own share of the output (the idea behind class activation
/// maps: Zhou et al., "Learning Deep Features for Discriminative Localization", 2016).
package struct PositionVectors: Sendable, Equatable {
    /// Positions from top to bottom.
    package let rows: Int
    /// Positions from left to right.
    package let columns: Int
    /// Length of each vector.
    package let dimension: Int
    /// `rows * columns * dimension` floats, position after position, row by row.
    package let values: [Float]
    /// Pixels of the input from one position to the next.
    package let stride: Double
    /// Where the middle of what the first position sees is, in pixels of the input from its edge, on both axes.
    package let firstCentre: Double
}

/// What a network puts out for one picture.
package struct NetworkOutput: Sendable {
    /// `dimension` floats.
    package let vector: [Float]
    /// The last feature map of one image, for ``Network/positions(of:)``; empty if the network tells no positions apart.
    let map: [Float]
    let shape: FeatureShape
}
