import ImageCodecs

/// A shopper's photo, ready to be searched with.
public struct PhotoQuery: Sendable {
    /// The unit vector.
    public let vector: [Float]
    /// The decoded photo, orientation applied, possibly scaled down.
    public let image: RGBImage
    /// Milliseconds that decoding took.
    public let decodeMilliseconds: Double
    /// Milliseconds that preprocessing and the network took.
    public let embedMilliseconds: Double

    /// A query.
    public init(vector: [Float], image: RGBImage, decodeMilliseconds: Double, embedMilliseconds: Double) {
        self.vector = vector
        self.image = image
        self.decodeMilliseconds = decodeMilliseconds
        self.embedMilliseconds = embedMilliseconds
    }
}
