import Embeddings
import ImageCodecs

/// Which parts of two pictures make them alike.
///
/// A picture's embedding is the mean of the vectors of its positions, so the cosine of two embeddings is a sum over the
/// positions of either one: position p adds a(p) · b / (P · |a| · |b|), where b is the other picture's embedding (A. Stylianou,
/// R. Souvenir, R. Pless, "Visualizing deep similarity networks", 2019). What takes similarity away counts as nothing, and
/// the rest is given as shares of its sum.
package struct Agreement: Sendable {
    /// A part of a picture.
    package struct Part: Sendable {
        package let region: ImageRegion
        /// Its share of what the picture has in common with the other one; all of a picture's sum up to 1.
        package let share: Double

        package init(region: ImageRegion, share: Double) {
            self.region = region
            self.share = share
        }
    }

    /// A ninth of a picture, or all of it.
    package enum Place: String, Sendable, CaseIterable {
        case upperLeft, upper, upperRight, left, middle, right, lowerLeft, lower, lowerRight, everywhere
    }

    /// Cosine similarity of the two embeddings.
    package let similarity: Double
    /// The parts of the first picture.
    package let first: [Part]
    /// The parts of the second picture.
    package let second: [Part]

    /// The agreement of two pictures; `nil` if they have none. O(positions · dimension).
    package init?(_ one: SpatialEmbedding, _ other: SpatialEmbedding) {
        guard one.dimension == other.dimension, let a = VectorArithmetic.unit(one.mean),
            let b = VectorArithmetic.unit(other.mean), let first = Self.parts(of: one, with: b),
            let second = Self.parts(of: other, with: a)
        else { return nil }
        similarity = Double(VectorArithmetic.dot(a, b))
        self.first = first
        self.second = second
    }

    private static func parts(of picture: SpatialEmbedding, with other: [Float]) -> [Part]? {
        let added = picture.regions.indices.compactMap { position in
            picture.regions[position].map { region in
                (region, Double(max(0, VectorArithmetic.dot(Array(picture.vector(position)), other))))
            }
        }
        let sum = added.reduce(0) { $0 + $1.1 }
        guard sum.isFinite, sum > 0 else { return nil }
        return added.map { Part(region: $0, share: $1 / sum) }
    }

    /// The place in a picture that has the largest share, and that share: a row and a column of thirds where each is well
    /// above a third of the whole, one of them where only that is, or all over.
    package static func strongest(_ parts: [Part]) -> (place: Place, share: Double) {
        var shares = [Double](repeating: 0, count: 9)
        for part in parts {
            for (number, overlap) in overlaps(part.region).enumerated() { shares[number] += part.share * overlap }
        }
        let columns = (0..<3).map { column in (0..<3).reduce(0) { $0 + shares[3 * $1 + column] } }
        let rows = (0..<3).map { row in (0..<3).reduce(0) { $0 + shares[3 * row + $1] } }
        let column = columns.indices.max { columns[$0] < columns[$1] } ?? 1
        let row = rows.indices.max { rows[$0] < rows[$1] } ?? 1
        switch (columns[column] >= clear, rows[row] >= clear) {
        case (true, true): return (Place.allCases[3 * row + column], shares[3 * row + column])
        case (true, false): return (Place.allCases[3 + column], columns[column])
        case (false, true): return (Place.allCases[3 * row + 1], rows[row])
        case (false, false): return (.everywhere, 1)
        }
    }

    /// From this share on, a third of the rows or columns has clearly more than its part.
    private static let clear = 0.4

    /// Which share of a region lies in each ninth of the picture.
    private static func overlaps(_ region: ImageRegion) -> [Double] {
        func thirds(_ start: Double, _ length: Double) -> [Double] {
            (0..<3).map { third in
                let (lower, upper) = (Double(third) / 3, Double(third + 1) / 3)
                return max(0, min(start + length, upper) - max(start, lower)) / length
            }
        }
        let (across, down) = (thirds(region.x, region.width), thirds(region.y, region.height))
        return down.flatMap { vertical in across.map { vertical * $0 } }
    }
}
