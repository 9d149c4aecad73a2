/// Approximate k-NN along the links of a ``NeighborGraph``: of the nearest it may miss some, and is faster by far than
/// looking at everything.
///
/// What the graph finds is compared exactly, so that scores are exact and the order is right. Where a filter lets few rows
/// through, those are compared one by one: that is exact, and as fast. So `count` neighbours are found wherever there are
/// as many.
public struct HNSWIndex: VectorIndex {
    public var table: VectorTable { graph.table }
    /// The links.
    public let graph: NeighborGraph
    private let exact: ExactIndex
    private let width: Int

    /// How wide searches are unless told otherwise: recall@5 of 0.99 among a million vectors like those of photos, 24
    /// likenesses of each.
    public static let standardWidth = 192
    /// Beyond this share of the rows, or this many, looking at everything is as good.
    private static let mostNeighbors = 1000

    /// An index of a graph and its table. O(1).
    ///
    /// - Parameters:
    ///   - graph: the graph.
    ///   - width: how many near rows a search keeps in view; more find the nearest more surely, and take longer.
    public init(_ graph: NeighborGraph, width: Int = HNSWIndex.standardWidth) {
        self.graph = graph
        self.width = width
        exact = ExactIndex(graph.table)
    }

    /// Approximate search: O(log n · width · dimension) without a filter, and with one no more than comparing all rows that
    /// it lets through. Queries that are not of length 1 are searched for exactly.
    public func search(
        _ query: [Float], count: Int, metric: Metric, among rows: RowSet? = nil
    ) throws(VectorSearchError) -> [Neighbor] {
        try check(query)
        let wanted = min(count, rows?.count ?? self.count)
        guard wanted > 0 else { return [] }
        let square = query.reduce(0) { $0 + $1 * $1 }
        if abs(square - 1) < 0.01, wanted <= Self.mostNeighbors, let found = candidates(query, wanted, rows) {
            return exact.nearest(of: found, to: query, count: wanted, metric: metric)
        }
        return try exact.search(query, count: count, metric: metric, among: rows)
    }

    /// At least `wanted` rows, the nearest almost certainly among them; `nil` where exact search is as good or better.
    private func candidates(_ query: [Float], _ wanted: Int, _ rows: RowSet?) -> [Int]? {
        let width = max(width, 2 * wanted)
        guard let rows, rows.count < count else {
            return graph.search(query, width: width, among: nil, budget: .max).flatMap { best($0, wanted) }
        }
        // When all but a few may be found, those few are left out afterwards.
        if rows.count > count / 10 * 9 {
            let found = graph.search(query, width: width * 10 / 9 + 1, among: nil, budget: .max)?
                .filter(rows.contains)
            if let found, let best = best(found, wanted) { return best }
        }
        // Passing by `width` allowed rows means looking at count / rows.count times as many, each at `links` others.
        let links = 16
        let cost = width * links * (count / max(rows.count, 1))
        guard cost < rows.count / 2 else { return nil }
        return graph.search(query, width: width, among: rows, budget: rows.count).flatMap { best($0, wanted) }
    }

    /// All found rows: among many likenesses the rounded vectors cannot tell which are nearest. `nil` if they are too few.
    private func best(_ found: [Int], _ wanted: Int) -> [Int]? {
        found.count < wanted ? nil : found
    }
}
