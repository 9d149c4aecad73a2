import Embeddings
import ImageCodecs

/// What a photo is embedded for.
public enum PhotoDetail: Sendable {
    /// The vector alone: the photo is decoded as small as the network can do with.
    case vector
    /// The vector and what each part of the photo added to it.
    case parts
    /// All that a page shows: the parts, and the photo large enough to be looked at and cut.
    case picture
}

/// A shopper's photo, ready to be searched with.
public struct PhotoQuery: Sendable {
    /// The unit vector.
    public let vector: [Float]
    /// Whether the photo shows something of what the model was taught. If not, the nearest items are not close, however
    /// similar their vectors are (``Swift/Array/judged(isRecognised:scale:)``).
    public let isRecognised: Bool
    /// What its matches are called close by; `nil` for the scale of product photos.
    public let scale: ClosenessScale?
    /// What each part of the photo added to the vector; `nil` unless the model can say and was asked (``PhotoDetail``).
    public let spatial: SpatialEmbedding?
    /// The decoded photo, or the part of it, orientation applied; for ``PhotoDetail/picture`` 960 pixels a side at most.
    public let image: RGBImage
    /// Milliseconds that decoding and bringing it to the network's input took.
    public let decodeMilliseconds: Double
    /// Milliseconds that the network took, with waiting for others' photos.
    public let embedMilliseconds: Double

    /// A query.
    public init(
        vector: [Float], isRecognised: Bool = true, scale: ClosenessScale? = nil, spatial: SpatialEmbedding? = nil,
        image: RGBImage,
        decodeMilliseconds: Double, embedMilliseconds: Double
    ) {
        self.vector = vector
        self.isRecognised = isRecognised
        self.scale = scale
        self.spatial = spatial
        self.image = image
        self.decodeMilliseconds = decodeMilliseconds
        self.embedMilliseconds = embedMilliseconds
    }
}
