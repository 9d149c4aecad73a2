/// The k-NN classifier: what the nearest items say a photo shows.
public enum Vote {
    /// The label that most of the neighbours have; of equally frequent ones the one with the larger sum of similarities,
    /// then the one whose first item is nearer. Neighbours without a label do not vote. O(k²).
    ///
    /// Cover and Hart, Nearest neighbor pattern classification (1967).
    ///
    /// - Parameter neighbours: label and similarity, nearest first.
    /// - Returns: the label, or `nil` if no neighbour has one.
    public static func winner<Label: Equatable>(_ neighbours: [(label: Label?, similarity: Double)]) -> Label? {
        var tally: [(label: Label, count: Int, similarity: Double)] = []
        for neighbour in neighbours {
            guard let label = neighbour.label else { continue }
            if let known = tally.firstIndex(where: { $0.label == label }) {
                tally[known].count += 1
                tally[known].similarity += neighbour.similarity
            } else {
                tally.append((label: label, count: 1, similarity: neighbour.similarity))
            }
        }
        var best = tally.first
        for candidate in tally.dropFirst() {
            guard let current = best else { break }
            if (candidate.count, candidate.similarity) > (current.count, current.similarity) { best = candidate }
        }
        return best?.label
    }
}
