import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import Tensors

/// Photos in, vectors out, for whoever searches or stores them: as many are decoded at once as there are cores, and what
/// comes together is embedded together. Safe to use from many threads.
package final class PhotoEmbedder: Sendable {
    package let model: EmbeddingModel
    private let thumbnails: ThumbnailStore
    private let embeddings: EmbeddingQueue<LocatedEmbedding>
    private let decoding = DispatchSemaphore(value: ThreadPool.shared.threads)

    /// Longer side of the photos that are kept for display.
    private static let displaySide = 960

    package init(model: EmbeddingModel, thumbnails: ThumbnailStore) {
        self.model = model
        self.thumbnails = thumbnails
        embeddings = model.makeQueue()
    }

    /// Shorter side that large photos keep, so that a part of one still has pixels enough for the network.
    private static let leastSide = 512

    /// Decodes and embeds a shopper's photo, or a part of it.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - region: the part that counts, as if the photo had been cut; `nil` takes all.
    ///   - detail: what is needed beside the vector.
    /// - Returns: the vector, and what of the photo (or the part) was asked for.
    /// - Throws: `ImageError` if the bytes are no acceptable photo.
    package func query(
        photo bytes: [UInt8], region: ImageRegion? = nil, detail: PhotoDetail = .picture
    ) throws -> PhotoQuery {
        let start = ContinuousClock.now
        let (image, planes, isOnWhite) = try decoding {
            // A part has to have as many pixels as a whole photo would.
            let share = region.map { max(0.02, min($0.width, $0.height)) } ?? 1
            let least = Int(Double(model.decodeSide) / share)
            let whole = try ImageDecoder.decode(
                bytes, minimumSide: detail == .picture ? max(Self.leastSide, least) : least)
            let image = region.map { whole.cut(to: $0) } ?? whole
            let shown = detail == .picture ? image.thumbnail(maximumSide: Self.displaySide) : image
            return (shown, model.planes(of: image), whole.isOnWhite)
        }
        let decoded = ContinuousClock.now
        let located = try embeddings.embed(planes: planes)
        return PhotoQuery(
            vector: located.embedding.vector, isRecognised: model.recognises(located.embedding),
            scale: isOnWhite ? nil : .home(model),
            spatial: detail == .vector ? nil : located.spatial(width: image.width, height: image.height, in: model),
            image: image,
            decodeMilliseconds: (decoded - start).milliseconds,
            embedMilliseconds: (ContinuousClock.now - decoded).milliseconds)
    }

    /// The vector of a catalog photo, the same as the indexer's, with its thumbnail made.
    package func catalogVector(photo bytes: [UInt8], contentHash: String) throws -> [Float] {
        let planes = try decoding {
            let image = try ImageDecoder.decode(bytes, minimumSide: model.decodeSide)
            // It is made again when it is asked for and not there.
            if ThumbnailStore.isNeeded(width: image.width, height: image.height) {
                try? thumbnails.make(image, contentHash: contentHash)
            }
            return model.planes(of: image)
        }
        return try embeddings.embed(planes: planes).embedding.vector
    }

    /// Runs `body` when not too many others decode, since that may take much memory.
    package func decoding<Value>(_ body: () throws -> Value) rethrows -> Value {
        decoding.wait()
        defer { decoding.signal() }
        return try body()
    }
}
