import Foundation

/// Asks a gallery one labelled query after another. Safe to use from many threads.
public struct Evaluator: Sendable {
    private let gallery: Gallery
    private let map: LabelMap?
    private let cutoffs: [Int]

    /// What a vote is called that fits no label of the map.
    static let noLabel = "(none)"

    /// An evaluator.
    ///
    /// - Parameters:
    ///   - gallery: what can be found.
    ///   - map: which categories fit a query's label; without it the label is the category.
    ///   - cutoffs: the values of k, each positive; the first is that of votes and pictures.
    public init(gallery: Gallery, map: LabelMap? = nil, cutoffs: [Int] = [5]) {
        precondition(!cutoffs.isEmpty && cutoffs.allSatisfy { $0 > 0 })
        self.gallery = gallery
        self.map = map
        self.cutoffs = cutoffs
    }

    /// Ranks the whole gallery for a query and measures the ranking.
    ///
    /// - Parameters:
    ///   - query: what is known about the photo.
    ///   - vector: its embedding.
    ///   - contentHash: of the photo's file; items with the same photo are no answer. Empty leaves all in.
    /// - Returns: what was found; a measure that is not defined (no colour known, nothing relevant) is not in it.
    /// - Throws: `VectorSearchError` if the vector does not fit.
    /// - Complexity: O(n · dimension + n log n).
    public func evaluate(_ query: EvaluationQuery, vector: [Float], contentHash: String) throws -> QueryResult {
        let ranking = try gallery.ranking(vector, without: contentHash)
        let relevance = Relevance(query, ranking: ranking.map(\.row), gallery: gallery, map: map)
        let main = cutoffs[0]
        let top = ranking.prefix(main)
        let votes = self.votes(query, top: Array(top))
        var measures: [String: Double] = [:]
        for (facet, flags) in relevance.flags {
            let relevant = flags.count { $0 }
            for k in cutoffs {
                measures[Measure.precision(k, facet).name] = RankingMetrics.precision(flags, at: k)
                measures[Measure.recall(k, facet).name] = RankingMetrics.recall(flags, relevant: relevant, at: k)
            }
            measures[Measure.averagePrecision(facet).name] = RankingMetrics.averagePrecision(flags, relevant: relevant)
        }
        let deepest = cutoffs.max() ?? main
        let ideal = GradedRelevance.ideal(counts: relevance.gainCounts, count: deepest)
        let gains = relevance.gains(count: deepest)
        for k in cutoffs { measures[Measure.nDCG(k).name] = RankingMetrics.nDCG(gains, ideal: ideal, at: k) }
        for (facet, truth) in [(Facet.category, query.label), (.colour, query.colour), (.gender, query.gender)] {
            guard let truth else { continue }
            let isRight = votes[facet].map { LabelKey($0) == LabelKey(truth) } ?? false
            measures[Measure.vote(facet).name] = isRight ? 1 : 0
        }
        let hits = top.enumerated().map { place, hit in
            let item = gallery.items[hit.row]
            return QueryResult.Hit(
                id: item.id, score: Double(hit.similarity), category: item.category, colour: item.colour,
                gender: item.gender, fits: relevance.flags[.category]?[place] ?? false)
        }
        return QueryResult(
            id: query.id, label: query.label, colour: query.colour, gender: query.gender, hits: hits,
            votes: Dictionary(uniqueKeysWithValues: votes.map { ($0.key.rawValue, $0.value) }), measures: measures)
    }

    private func votes(_ query: EvaluationQuery, top: [(row: Int, similarity: Float)]) -> [Facet: String] {
        func winner(_ labels: LabelCodes) -> String? {
            Vote.winner(top.map { (label: labels.name(labels.rows[$0.row]), similarity: Double($0.similarity)) })
        }
        var votes: [Facet: String] = [:]
        votes[.category] = winner(gallery.categories).map { category in
            guard let map else { return category }
            // A category may fit several labels: the query's own if that is one of them, else the first.
            let fits = map.categories(of: query.label)?.contains { LabelKey($0) == LabelKey(category) } ?? false
            return fits ? query.label : map.label(of: category) ?? Self.noLabel
        }
        votes[.colour] = winner(gallery.colours).map { colour in
            query.colours.contains { LabelKey($0) == LabelKey(colour) } ? query.colours[0] : colour
        }
        votes[.gender] = winner(gallery.genders)
        return votes
    }
}

/// What is relevant at each place of a ranking.
private struct Relevance {
    /// By facet, for those that the query's labels decide.
    private(set) var flags: [Facet: [Bool]] = [:]
    /// How many items have each gain.
    private(set) var gainCounts = [Int](repeating: 0, count: GradedRelevance.maximum + 1)

    init(_ query: EvaluationQuery, ranking rows: [Int], gallery: Gallery, map: LabelMap?) {
        func fits(_ labels: LabelCodes, _ accepted: [String]) -> [Bool] {
            var isAccepted = [Bool](repeating: false, count: labels.names.count)
            for code in accepted.map(labels.code) where code >= 0 { isAccepted[Int(code)] = true }
            return rows.map { row in
                let code = labels.rows[row]
                return code >= 0 && isAccepted[Int(code)]
            }
        }
        let category = fits(gallery.categories, map.map { $0.categories(of: query.label) ?? [] } ?? [query.label])
        let colour = query.colours.isEmpty ? nil : fits(gallery.colours, query.colours)
        let gender = query.gender.map { fits(gallery.genders, [$0]) }
        flags[.category] = category
        flags[.colour] = colour
        flags[.gender] = gender
        flags[.categoryAndColour] = colour.map { colour in zip(category, colour).map { $0 && $1 } }
        for place in rows.indices { gainCounts[gain(at: place)] += 1 }
    }

    func gains(count: Int) -> [Double] {
        (0..<min(count, flags[.category]?.count ?? 0)).map { Double(gain(at: $0)) }
    }

    private func gain(at place: Int) -> Int {
        GradedRelevance.gain(
            category: flags[.category]?[place] ?? false, colour: flags[.colour]?[place] ?? false,
            gender: flags[.gender]?[place] ?? false)
    }
}
