import ImageCodecs
import NeuralNet

/// A photo in, a unit vector out. Preprocessing lives here and nowhere else. (Signatures; the implementation follows.)
public final class EmbeddingModel: Sendable {
    /// The model's name, from its file.
    public let name: String
    /// Length of an embedding.
    public let dimension: Int
    /// SHA-256 of the model file, in hexadecimal: what stored embeddings are keyed by.
    public let hash: String
    /// The `minimumSide` with which photos are to be decoded for this model, the same for indexing and for searching.
    public let decodeSide: Int
    /// Metadata of the file.
    public let metadata: [String: String]

    /// Reads a model file.
    public init(path: String) throws {
        name = path
        dimension = 0
        hash = ""
        decodeSide = 480
        metadata = [:]
    }

    /// Embeds one photo; safe to call from many threads at once.
    ///
    /// - Returns: `dimension` floats of Euclidean length 1; the same for the same pixels every time.
    public func embed(_ image: RGBImage) throws -> [Float] {
        []
    }
}
