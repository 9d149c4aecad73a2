/// Queries worth looking at: the best, the typical and the worst, at most one for a label in each as long as there are
/// enough labels.
struct ExampleQueries {
    let best: [QueryResult]
    let typical: [QueryResult]
    let worst: [QueryResult]

    /// Ranked by nDCG at the first cutoff; equally good ones by the similarity of the nearest item, so that the first of
    /// the worst are the mistakes that look most certain.
    init(_ report: EvaluationReport, count: Int) {
        let name = Measure.nDCG(report.setup.cutoffs[0]).name
        func key(_ result: QueryResult, _ sign: Double) -> (Double, Double, String) {
            (-sign * (result.measures[name] ?? 0), -(result.hits.first?.score ?? 0), result.id)
        }
        let known = report.results.filter { $0.measures[name] != nil }
        let ranked = known.sorted { key($0, 1) < key($1, 1) }
        let middle = ranked.count / 2
        let aroundMiddle = ranked.indices.sorted { (abs($0 - middle), $0) < (abs($1 - middle), $1) }
        best = Self.varied(ranked, count)
        typical = Self.varied(aroundMiddle.map { ranked[$0] }, count)
        worst = Self.varied(known.sorted { key($0, -1) < key($1, -1) }, count)
    }

    private static func varied(_ results: [QueryResult], _ count: Int) -> [QueryResult] {
        var labels: Set<LabelKey> = []
        var first: [QueryResult] = []
        var rest: [QueryResult] = []
        for result in results where first.count < count {
            if labels.insert(LabelKey(result.label)).inserted { first.append(result) } else { rest.append(result) }
        }
        return first + rest.prefix(count - first.count)
    }
}
