/// Two models on the same queries.
public struct Comparison: Sendable, Codable, Equatable {
    /// The difference in one measure; positive if this model is better.
    public struct Row: Sendable, Codable, Equatable {
        /// Name of the measure.
        public let name: String
        /// The same for tables.
        public let title: String
        /// Mean difference over queries.
        public let micro: Estimate
        /// How likely a difference as large is by chance.
        public let microP: Double
        /// Mean difference over labels.
        public let macro: Estimate
        /// How likely a difference as large is by chance.
        public let macroP: Double
    }

    /// Name of the other model.
    public let other: String
    /// How many queries both have.
    public let shared: Int
    /// How many only one of them has.
    public let unshared: Int
    /// How many items the other model could find.
    public let otherGallery: Int
    /// Every measure that both have.
    public let rows: [Row]

    /// Compares two reports query by query: paired bootstrap of the differences, and randomisation test.
    ///
    /// - Parameters:
    ///   - report: the model in question.
    ///   - other: the one that it is compared with.
    ///   - path: where the other report is from, for the error.
    /// - Throws: ``EvaluationError/nothingInCommon(path:)``.
    public init(_ report: EvaluationReport, with other: EvaluationReport, path: String) throws(EvaluationError) {
        let others = Dictionary(other.results.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let common = report.results.filter { others[$0.id]?.label == $0.label }
        guard !common.isEmpty else { throw .nothingInCommon(path: path) }
        let setup = report.setup
        rows = report.rows.compactMap { row in
            let groups = EvaluationReport.groups(common) { result in
                guard let mine = result.measures[row.name], let theirs = others[result.id]?.measures[row.name] else {
                    return nil
                }
                return mine - theirs
            }
            let all = [groups.flatMap { $0 }]
            guard let micro = Statistics.estimate(all, resamples: setup.resamples, seed: setup.seed),
                let macro = Statistics.estimate(groups, resamples: setup.resamples, seed: setup.seed),
                let microP = Statistics.pValue(all, resamples: setup.resamples, seed: setup.seed),
                let macroP = Statistics.pValue(groups, resamples: setup.resamples, seed: setup.seed)
            else { return nil }
            return Row(
                name: row.name, title: row.title, micro: micro, microP: microP, macro: macro, macroP: macroP)
        }
        self.other = other.setup.model
        shared = common.count
        unshared = report.results.count + other.results.count - 2 * common.count
        otherGallery = other.setup.gallery
    }
}
