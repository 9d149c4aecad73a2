/// In what respect an item is an answer to a query.
public enum Facet: String, Sendable, CaseIterable, Codable {
    /// The kind is the same, or fits the label map.
    case category
    /// The colour is the same.
    case colour
    /// It is for the same people.
    case gender
    /// Kind and colour at once.
    case categoryAndColour = "category and colour"

    /// The facets that a k-NN vote can name.
    public static let votable: [Facet] = [.category, .colour, .gender]
}

/// How much an item is worth as an answer, for nDCG.
///
/// An item of another kind is worth nothing, whatever its colour: red shoes are no answer to a red shirt. One of the
/// right kind is worth 2, and 1 more each for the right colour and the right gender.
public enum GradedRelevance {
    /// The largest gain.
    public static let maximum = 4

    /// The gain of an item. Colour and gender that the query does not state count as different.
    public static func gain(category: Bool, colour: Bool, gender: Bool) -> Int {
        category ? 2 + (colour ? 1 : 0) + (gender ? 1 : 0) : 0
    }

    /// The gains of the best possible ranking, largest first.
    ///
    /// - Parameters:
    ///   - counts: how many items have each gain, from 0 to ``maximum``.
    ///   - count: how many places are wanted.
    /// - Returns: `count` gains, or fewer if there are not as many items.
    public static func ideal(counts: [Int], count: Int) -> [Double] {
        var gains: [Double] = []
        for (gain, items) in counts.enumerated().reversed() {
            gains += Array(repeating: Double(gain), count: min(items, count - gains.count))
        }
        return gains
    }
}
