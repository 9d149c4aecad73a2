/// What one query found, and how good that is.
public struct QueryResult: Sendable, Codable, Equatable {
    /// One found item.
    public struct Hit: Sendable, Codable, Equatable {
        /// Identifier of the item.
        public let id: String
        /// Cosine similarity.
        public let score: Double
        /// The item's category.
        public let category: String?
        /// The item's colour.
        public let colour: String?
        /// The item's gender.
        public let gender: String?
        /// Whether its category is right.
        public let fits: Bool
    }

    /// The query.
    public let id: String
    /// What it shows.
    public let label: String
    /// Its colour, if known.
    public let colour: String?
    /// Its gender, if known.
    public let gender: String?
    /// The nearest items, as many as the first cutoff.
    public let hits: [Hit]
    /// What the nearest items voted for, by facet.
    public let votes: [String: String]
    /// Every measure that is defined for the query, by name; see ``Measure``.
    public let measures: [String: Double]
}

/// One of the measures of a query, and its name in results.
public struct Measure: Sendable, Equatable {
    /// In results, such as `precision@5/category`.
    public let name: String
    /// In tables, such as `P@5 category`.
    public let title: String

    /// Precision at k.
    public static func precision(_ k: Int, _ facet: Facet) -> Measure {
        Measure(name: "precision@\(k)/\(facet.rawValue)", title: "P@\(k) \(facet.rawValue)")
    }

    /// Recall at k, capped.
    public static func recall(_ k: Int, _ facet: Facet) -> Measure {
        Measure(name: "recall@\(k)/\(facet.rawValue)", title: "R@\(k) \(facet.rawValue)")
    }

    /// Average precision.
    public static func averagePrecision(_ facet: Facet) -> Measure {
        Measure(name: "map/\(facet.rawValue)", title: "mAP \(facet.rawValue)")
    }

    /// Normalised discounted cumulated gain.
    public static func nDCG(_ k: Int) -> Measure { Measure(name: "ndcg@\(k)", title: "nDCG@\(k)") }

    /// Whether the vote is right, 0 or 1; its mean is the accuracy.
    public static func vote(_ facet: Facet) -> Measure {
        Measure(name: "vote/\(facet.rawValue)", title: "vote accuracy \(facet.rawValue)")
    }

    /// All measures, in the order of tables.
    public static func all(cutoffs: [Int]) -> [Measure] {
        cutoffs.flatMap { k in Facet.allCases.map { precision(k, $0) } }
            + cutoffs.flatMap { k in Facet.allCases.map { recall(k, $0) } }
            + Facet.allCases.map(averagePrecision) + cutoffs.map(nDCG) + Facet.votable.map(vote)
    }
}
