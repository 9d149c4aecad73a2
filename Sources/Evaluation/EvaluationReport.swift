import Foundation

/// Everything an evaluation found out; as JSON it is what another evaluation compares itself with.
public struct EvaluationReport: Sendable, Codable {
    /// What was evaluated, and how.
    public struct Setup: Sendable, Codable {
        /// Name of the model.
        public let model: String
        /// What the queries are, in words.
        public let source: String
        /// Whether a label map was used.
        public let mapped: Bool
        /// The values of k.
        public let cutoffs: [Int]
        /// How many items could be found.
        public let gallery: Int
        /// How many samples the intervals come from.
        public let resamples: Int
        /// Seed of the samples.
        public let seed: UInt64

        /// A set-up.
        public init(
            model: String, source: String, mapped: Bool, cutoffs: [Int], gallery: Int, resamples: Int, seed: UInt64
        ) {
            self.model = model
            self.source = source
            self.mapped = mapped
            self.cutoffs = cutoffs
            self.gallery = gallery
            self.resamples = resamples
            self.seed = seed
        }
    }

    /// A measure over all queries for which it is defined.
    public struct Row: Sendable, Codable {
        /// Name of the measure.
        public let name: String
        /// The same for tables.
        public let title: String
        /// For how many queries it is defined.
        public let count: Int
        /// Mean over queries.
        public let micro: Estimate
        /// Mean over the queries' labels of the mean within each.
        public let macro: Estimate
    }

    /// The queries with one label.
    public struct ClassRow: Sendable, Codable {
        /// The label.
        public let label: String
        /// How many queries.
        public let count: Int
        /// Mean of each measure.
        public let measures: [String: Double]
        /// F1 of the vote.
        public let f1: Double
    }

    /// The k-NN vote on a facet.
    public struct VoteRow: Sendable, Codable {
        /// What was voted on.
        public let facet: Facet
        /// The share of right votes.
        public let accuracy: Estimate
        /// The mean of F1 over the true classes.
        public let macroF1: Estimate
        /// Every pair of true and voted class.
        public let confusion: Confusion
    }

    /// One of the figures by which models are compared.
    public struct Headline: Sendable, Codable {
        /// Its name.
        public let title: String
        /// The figure.
        public let estimate: Estimate
    }

    /// What was evaluated.
    public let setup: Setup
    /// The first figures to look at.
    public let headlines: [Headline]
    /// Every measure.
    public let rows: [Row]
    /// By label, most frequent first.
    public let classes: [ClassRow]
    /// The votes.
    public let votes: [VoteRow]
    /// Every query.
    public let results: [QueryResult]
    /// What was left out.
    public let skipped: [SkippedQuery]
    /// Against another model, if that was asked for.
    public var comparison: Comparison?

    /// Sums up the results of an evaluation. O(measures · resamples · queries).
    public init(setup: Setup, results: [QueryResult], skipped: [SkippedQuery]) {
        self.setup = setup
        self.results = results
        self.skipped = skipped
        rows = Measure.all(cutoffs: setup.cutoffs).compactMap { measure in
            let groups = Self.groups(results) { $0.measures[measure.name] }
            let all = groups.flatMap { $0 }
            guard let micro = Statistics.estimate([all], resamples: setup.resamples, seed: setup.seed),
                let macro = Statistics.estimate(groups, resamples: setup.resamples, seed: setup.seed)
            else { return nil }
            return Row(name: measure.name, title: measure.title, count: all.count, micro: micro, macro: macro)
        }
        votes = Facet.votable.compactMap { Self.vote($0, results, setup) }
        classes = Self.classes(results, f1: votes.first { $0.facet == .category }?.confusion.f1 ?? [:])
        headlines = Self.headlines(rows, setup)
    }

    /// The values of a measure, label by label, in the order of labels.
    static func groups(_ results: [QueryResult], _ value: (QueryResult) -> Double?) -> [[Double]] {
        let groups = Dictionary(grouping: results) { LabelKey($0.label) }
        // Groups in the order of their first query, so that sums come out the same every time.
        var seen: Set<LabelKey> = []
        let order = results.map { LabelKey($0.label) }.filter { seen.insert($0).inserted }
        return order.map { (groups[$0] ?? []).compactMap(value) }
    }

    private static func headlines(_ rows: [Row], _ setup: Setup) -> [Headline] {
        func row(_ facet: Facet) -> Row? {
            rows.first { $0.name == Measure.precision(setup.cutoffs[0], facet).name }
        }
        if setup.mapped {
            return row(.category).map {
                [Headline(title: "street P@\(setup.cutoffs[0]) (macro)", estimate: $0.macro)]
            } ?? []
        }
        return Facet.allCases.compactMap { facet in
            row(facet).map { Headline(title: $0.title, estimate: $0.micro) }
        }
    }

    private static func vote(_ facet: Facet, _ results: [QueryResult], _ setup: Setup) -> VoteRow? {
        let pairs = results.compactMap { result -> (truth: String, predicted: String)? in
            let truth: String? =
                switch facet {
                case .category: result.label
                case .colour: result.colour
                default: result.gender
                }
            guard let truth else { return nil }
            return (truth: truth, predicted: result.votes[facet.rawValue] ?? Evaluator.noLabel)
        }
        let codes = LabelCodes(pairs.map(\.truth) + pairs.map(\.predicted))
        let coded = pairs.indices.map {
            (truth: Int(codes.rows[$0]), predicted: Int(codes.rows[$0 + pairs.count]))
        }
        let right = coded.map { $0.truth == $0.predicted ? 1.0 : 0 }
        guard let accuracy = Statistics.estimate([right], resamples: setup.resamples, seed: setup.seed),
            let macroF1 = Statistics.estimate(
                count: coded.count, resamples: setup.resamples, seed: setup.seed,
                statistic: { Confusion.macroF1(coded, picked: $0, classes: codes.names.count) })
        else { return nil }
        let confusion = Confusion(
            coded.map { (truth: codes.names[$0.truth], predicted: codes.names[$0.predicted]) })
        return VoteRow(facet: facet, accuracy: accuracy, macroF1: macroF1, confusion: confusion)
    }

    private static func classes(_ results: [QueryResult], f1: [String: Double]) -> [ClassRow] {
        let f1 = Dictionary(f1.map { (LabelKey($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        return Dictionary(grouping: results) { LabelKey($0.label) }.map { key, group in
            var values: [String: [Double]] = [:]
            for result in group { for (name, value) in result.measures { values[name, default: []].append(value) } }
            return ClassRow(
                label: group[0].label, count: group.count, measures: values.compactMapValues { Statistics.mean([$0]) },
                f1: f1[key] ?? 0)
        }.sorted { ($1.count, $0.label) < ($0.count, $1.label) }
    }
}

extension EvaluationReport {
    /// The report as JSON with sorted keys.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Reads what ``json()`` wrote.
    ///
    /// - Throws: ``EvaluationError``.
    public init(path: String) throws(EvaluationError) {
        let bytes = try readBytes(path)
        do {
            self = try JSONDecoder().decode(EvaluationReport.self, from: Data(bytes))
        } catch {
            throw .badResult(path: path, reason: "\((error as? DecodingError).map(Self.explain) ?? "\(error)")")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "it has no \(key.stringValue)"
        case .dataCorrupted: "it is no JSON"
        default: "a value is of the wrong kind"
        }
    }
}
