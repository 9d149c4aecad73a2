import Foundation

/// What the nearest items say a photo shows: a value of an attribute, and how sure that is.
///
/// The k-NN classifier with votes weighted by similarity (S. A. Dudani, "The distance-weighted k-nearest-neighbor rule",
/// 1976): the weight of a neighbour with cosine similarity s is exp(20 · s).
package struct TraitVote: Sendable, Equatable {
    /// One value with its share of all votes.
    package struct Candidate: Sendable, Equatable {
        package let value: String
        /// 0 to 1.
        package let share: Float
    }

    /// The values that got votes, the one with the most first; equal ones in the order of their nearest item.
    package let candidates: [Candidate]

    /// How many neighbours vote.
    package static let voters = 20
    /// From this share of the votes on, the first value is said to be what the photo shows.
    ///
    /// On 2,094 held-out product photos the category is then named for 97 % and right for .894 of these, the colour for 80 %
    /// and right for .747, the gender for 97 % and right for .934; without a threshold .880, .666 and .919 are right.
    package static let sureFrom: Float = 0.6
    /// How fast votes count less with less similarity.
    private static let sharpness: Float = 20

    /// The vote of some neighbours; those without a value do not vote. O(k²).
    package init(_ neighbours: [(value: String?, similarity: Float)]) {
        var tally: [(value: String, weight: Float)] = []
        let best = neighbours.map(\.similarity).max() ?? 0
        for neighbour in neighbours {
            guard let value = neighbour.value, !value.isEmpty, neighbour.similarity.isFinite else { continue }
            // Taken from the best so that no weight is beyond what a float can hold.
            let weight = exp(Self.sharpness * (neighbour.similarity - best))
            if let known = tally.firstIndex(where: { $0.value.foldingASCII == value.foldingASCII }) {
                tally[known].weight += weight
            } else {
                tally.append((value, weight))
            }
        }
        let total = tally.reduce(0) { $0 + $1.weight }
        candidates = tally.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }.map {
            Candidate(value: $0.element.value, share: total > 0 ? $0.element.weight / total : 0)
        }
    }

    /// The value that has the most votes, whether it is sure or not.
    package var likeliest: String? { candidates.first?.value }

    /// The value with the most votes, if they are enough to say it.
    package var sure: String? {
        candidates.first.flatMap { $0.share >= Self.sureFrom ? $0.value : nil }
    }
}
