import Recommender

/// What a refined search found.
package struct RefinedMatches: Sendable {
    /// Where the same cut in another colour ends.
    package struct SameCut: Sendable, Equatable {
        /// The category that the cut is of; `nil` in a catalog without.
        package let category: String?
        package let colour: String
        /// So many of the first matches are of that category; the others are other pieces in that colour.
        package let count: Int

        package init(category: String?, colour: String, count: Int) {
            self.category = category
            self.colour = colour
            self.count = count
        }
    }

    /// The nearest first; with ``sameCut`` those of its category before all others.
    package var matches: [Match]
    /// `nil` where no other colour of the cut was asked for.
    package var sameCut: SameCut?

    package init(_ matches: [Match], sameCut: SameCut? = nil) {
        self.matches = matches
        self.sameCut = sameCut
    }

    /// The same with its matches judged as a photo asks for.
    func judged(_ query: PhotoVector) -> RefinedMatches {
        RefinedMatches(matches.judged(query), sameCut: sameCut)
    }
}
