import ImageCodecs
import Recommender

/// A part of one photo of an upload.
package struct PhotoPart: Sendable, Hashable {
    /// Number of the photo, from 0.
    package let photo: Int
    package let region: ImageRegion

    package init(photo: Int, region: ImageRegion) {
        self.photo = photo
        self.region = region
    }
}

extension ResultStore {
    /// What is kept of a photo.
    package struct Photo: Sendable {
        /// What it is searched with.
        package let query: PhotoVector
        /// The photo, encoded anew for display: JPEG without metadata.
        package let jpeg: [UInt8]
        /// Width of ``jpeg`` in pixels.
        package let width: Int
        /// Height of ``jpeg`` in pixels.
        package let height: Int
        /// Where the item probably is; `nil` if it fills the photo, or nobody knows.
        package let suggestedBox: ImageRegion?

        package init(query: PhotoVector, jpeg: [UInt8], width: Int, height: Int, suggestedBox: ImageRegion? = nil) {
            self.query = query
            self.jpeg = jpeg
            self.width = width
            self.height = height
            self.suggestedBox = suggestedBox
        }

        /// What is kept of a photo that was searched with.
        ///
        /// - Throws: `ImageError` if it cannot be encoded.
        package init(_ query: PhotoQuery) throws {
            let display = query.image.thumbnail(maximumSide: 960)
            self.init(
                query: PhotoVector(query),
                jpeg: try JPEGEncoder.encode(display, quality: 85), width: display.width, height: display.height,
                suggestedBox: query.spatial?.suggestedBox)
        }
    }

    /// What is kept of one upload.
    package struct Entry: Sendable {
        /// The photos, one at least, in the order that they came in.
        package let photos: [Photo]
        /// What all of them are searched with together.
        package let together: PhotoVector
        /// Milliseconds that decoding and embedding took.
        package let milliseconds: Double

        /// - Precondition: there is one photo at least.
        package init(photos: [Photo], milliseconds: Double) {
            self.photos = photos
            together = PhotoVector(meanOf: photos.map(\.query))
            self.milliseconds = milliseconds
        }

        /// What is kept of photos that were searched with.
        ///
        /// - Throws: `ImageError` if one cannot be encoded.
        /// - Precondition: there is one at least.
        package init(_ queries: [PhotoQuery]) throws {
            self.init(
                photos: try queries.map { try Photo($0) },
                milliseconds: queries.map { $0.decodeMilliseconds + $0.embedMilliseconds }.reduce(0, +))
        }

        /// Bytes that count against the store's bound.
        package var byteCount: Int {
            photos.map { $0.jpeg.count + $0.query.vector.count * MemoryLayout<Float>.stride }.reduce(0, +)
        }
    }
}
