/// What a visitor likes, as a few directions: items marked with a heart, gathered by how alike they are.
///
/// A shopper who likes dresses and boots has two interests; the mean of both would be near neither. Each liked item, the
/// latest first, joins the first interest whose mean it is near to, or begins one of its own (leader clustering: J. A.
/// Hartigan, "Clustering Algorithms", 1975, chapter 3).
package struct Interests: Sendable {
    /// Items that are alike.
    package struct Interest: Sendable {
        /// Their identifiers, the latest first.
        package private(set) var ids: [String]
        /// The direction of their mean; of length 1.
        package private(set) var direction: [Float]
        private var sum: [Float]

        fileprivate init(_ id: String, _ vector: [Float]) {
            ids = [id]
            sum = vector
            direction = vector
        }

        fileprivate mutating func add(_ id: String, _ vector: [Float]) {
            ids.append(id)
            sum = VectorArithmetic.adding(1, vector, to: sum)
            direction = VectorArithmetic.unit(sum) ?? direction
        }
    }

    /// The interests, that of the latest item first.
    package private(set) var all: [Interest] = []

    /// The most interests; items that are like none then join the nearest.
    package static let most = 8

    /// The interests of some liked items. O(items · interests · dimension).
    ///
    /// - Parameters:
    ///   - liked: identifiers and unit vectors, the latest first.
    ///   - threshold: from this cosine similarity on an item joins an interest.
    package init(_ liked: [(id: String, vector: [Float])], threshold: Float) {
        for (id, vector) in liked {
            let likeness = all.map { VectorArithmetic.dot($0.direction, vector) }
            let nearest = likeness.indices.max { likeness[$0] < likeness[$1] }
            if let nearest, likeness[nearest] >= threshold || all.count >= Self.most {
                all[nearest].add(id, vector)
            } else {
                all.append(Interest(id, vector))
            }
        }
    }
}

/// Chooses items that are near what is liked and unlike each other.
///
/// Maximal marginal relevance: next comes the candidate with the largest λ · relevance - (1 - λ) · (similarity with the
/// most similar one that is chosen already) (J. Carbonell and J. Goldstein, "The use of MMR, diversity-based reranking for
/// reordering documents and producing summaries", SIGIR 1998). The lists of the interests take turns, so that none is drowned
/// by a larger one.
package enum DiverseChoice {
    /// An item that could be chosen.
    package struct Candidate: Sendable {
        package let id: String
        package let vector: [Float]
        /// Similarity with what it is near to.
        package let relevance: Float

        package init(id: String, vector: [Float], relevance: Float) {
            self.id = id
            self.vector = vector
            self.relevance = relevance
        }
    }

    /// λ: what relevance counts beside being different.
    package static let relevanceShare: Float = 0.7

    /// Candidates in the order in which they are chosen, each once.
    ///
    /// - Parameters:
    ///   - lists: the candidates of each interest.
    ///   - count: how many at the most.
    /// - Returns: for each its list and its place there.
    /// - Complexity: O(count · candidates · dimension).
    package static func choose(_ lists: [[Candidate]], count: Int) -> [(list: Int, place: Int)] {
        var chosen: [(list: Int, place: Int)] = []
        var taken: Set<String> = []
        // For each candidate the similarity with the most similar one that is chosen.
        var redundancy = lists.map { [Float](repeating: 0, count: $0.count) }
        var turn = 0
        var idle = 0
        while chosen.count < count, idle < lists.count {
            let list = turn % lists.count
            turn += 1
            let open = lists[list].indices.filter { !taken.contains(lists[list][$0].id) }
            func worth(_ place: Int) -> Float {
                relevanceShare * lists[list][place].relevance - (1 - relevanceShare) * redundancy[list][place]
            }
            guard let place = open.max(by: { (worth($0), $1) < (worth($1), $0) }) else {
                idle += 1
                continue
            }
            idle = 0
            let choice = lists[list][place]
            chosen.append((list, place))
            taken.insert(choice.id)
            for (other, candidates) in lists.enumerated() {
                for (place, candidate) in candidates.enumerated() where !taken.contains(candidate.id) {
                    redundancy[other][place] = max(
                        redundancy[other][place], VectorArithmetic.dot(candidate.vector, choice.vector))
                }
            }
        }
        return chosen
    }
}
