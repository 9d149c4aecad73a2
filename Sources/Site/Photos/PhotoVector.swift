import Recommender

/// What a photo, a part of one, or several together are searched with.
package struct PhotoVector: Sendable, Equatable {
    /// The unit vector.
    package let vector: [Float]
    /// Whether the photo shows something that the model knows.
    package let isRecognised: Bool
    /// What its matches are called close by; `nil` for the scale of product photos.
    package let scale: ClosenessScale?

    package init(vector: [Float], isRecognised: Bool, scale: ClosenessScale? = nil) {
        self.vector = vector
        self.isRecognised = isRecognised
        self.scale = scale
    }

    package init(_ query: PhotoQuery) {
        self.init(vector: query.vector, isRecognised: query.isRecognised, scale: query.scale)
    }

    /// What several photos have in common: the mean of their vectors, as a unit vector; that of the first where they cancel
    /// out. It is recognised if one of them is, and has the first scale that one of them has.
    ///
    /// - Precondition: there is one at least, and all have the same length.
    package init(meanOf photos: [PhotoVector]) {
        precondition(!photos.isEmpty, "a mean of nothing")
        isRecognised = photos.contains { $0.isRecognised }
        scale = photos.lazy.compactMap(\.scale).first
        guard photos.count > 1 else {
            vector = photos[0].vector
            return
        }
        var sum = [Float](repeating: 0, count: photos[0].vector.count)
        for photo in photos { for (index, value) in photo.vector.enumerated() { sum[index] += value } }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vector = length > 1e-3 ? sum.map { $0 / length } : photos[0].vector
    }
}

extension [Match] {
    /// The matches of what was searched with, judged as it asks for.
    func judged(_ query: PhotoVector) -> [Match] {
        judged(isRecognised: query.isRecognised, scale: query.scale)
    }
}
