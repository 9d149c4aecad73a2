internal import CKernels

/// Exhaustive k-NN: every vector is compared with the query. The answer is exact, and it is the oracle for every other
/// index.
///
/// Of many vectors, rounded copies (``QuantizedRows``) are looked at first, to leave out those that cannot be among the
/// nearest; the answer stays exact.
public struct ExactIndex: VectorIndex {
    public let table: VectorTable

    /// How many rows are scored before the best of them are kept: their scores stay in the first-level cache.
    private static let blockRows = 1024
    /// So few rows are compared one by one.
    private static let fewRows = 512
    /// Up to this many neighbours, few rows are left after the look at the rounded ones.
    private static let mostQuantized = 256

    /// An index of a table. O(1).
    public init(_ table: VectorTable) {
        self.table = table
    }

    /// An index of vectors in memory; see ``VectorTable``.
    ///
    /// - Throws: ``VectorSearchError``.
    public init(dimension: Int, ids: [String], vectors: [Float]) throws(VectorSearchError) {
        self.init(try VectorTable(dimension: dimension, ids: ids, vectors: vectors))
    }

    /// The same, with or without rounded copies.
    package init(dimension: Int, ids: [String], vectors: [Float], quantized: Bool) throws(VectorSearchError) {
        self.init(try VectorTable(dimension: dimension, ids: ids, vectors: vectors, quantized: quantized))
    }

    /// The inner product of a vector with every row, in the order of the rows. O(n · dimension).
    ///
    /// - Throws: ``VectorSearchError`` if the vector does not fit the index.
    public func scores(_ query: [Float]) throws(VectorSearchError) -> [Float] {
        try check(query)
        guard count > 0 else { return [] }
        return [Float](unsafeUninitializedCapacity: count) { scores, written in
            query.withUnsafeBufferPointer { query in
                guard let query = query.baseAddress, let out = scores.baseAddress else { return }
                vk_inner_products(query, table.vectors, count, dimension, out)
                written = count
            }
        }
    }

    /// Exact search: O(n · dimension + n · log count) time, O(count) memory.
    public func search(
        _ query: [Float], count: Int, metric: Metric, among rows: RowSet? = nil
    ) throws(VectorSearchError) -> [Neighbor] {
        try check(query)
        guard count > 0, self.count > 0 else { return [] }
        var nearest = NearestRows(capacity: min(count, self.count), identifiers: table.identifiers)
        if let rows, rows.count < Self.fewRows || (table.quantized == nil && rows.count < self.count / 16) {
            offer(rows, to: &nearest, query, metric)
        } else if count <= Self.mostQuantized,
            let candidates = table.quantized?.candidates(query, nearest: count, metric: metric, among: rows)
        {
            offer(candidates, to: &nearest, query, metric)
        } else {
            offerAll(among: rows, to: &nearest, query, metric)
        }
        return neighbors(nearest, metric)
    }

    /// The `count` nearest of the given rows. O(rows · dimension).
    func nearest(
        of rows: some Sequence<Int>, to query: [Float], count: Int, metric: Metric
    ) -> [Neighbor] {
        var nearest = NearestRows(capacity: count, identifiers: table.identifiers)
        offer(rows, to: &nearest, query, metric)
        return neighbors(nearest, metric)
    }

    private func neighbors(_ nearest: NearestRows, _ metric: Metric) -> [Neighbor] {
        nearest.sorted.map { row, distance in
            let score = metric == .cosine ? -distance : max(0, distance).squareRoot()
            return Neighbor(row: row, id: table.id(row: row), score: score)
        }
    }

    /// The exact distances of some rows. Sorting is by "smaller is nearer", so inner products are negated.
    private func offer(
        _ rows: some Sequence<Int>, to nearest: inout NearestRows, _ query: [Float], _ metric: Metric
    ) {
        query.withUnsafeBufferPointer { query in
            guard let query = query.baseAddress else { return }
            for row in rows {
                var score: Float = 0
                switch metric {
                case .cosine:
                    vk_inner_products(query, table.vectors + row * dimension, 1, dimension, &score)
                    nearest.offer(row: row, distance: -score)
                case .euclidean:
                    vk_squared_distances(query, table.vectors + row * dimension, 1, dimension, &score)
                    nearest.offer(row: row, distance: score)
                }
            }
        }
    }

    /// The exact distances of all rows, or of all in the set.
    private func offerAll(among rows: RowSet?, to nearest: inout NearestRows, _ query: [Float], _ metric: Metric) {
        let kernel = metric == .cosine ? vk_inner_products : vk_squared_distances
        let sign: Float = metric == .cosine ? -1 : 1
        query.withUnsafeBufferPointer { query in
            guard let query = query.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.blockRows) { scores in
                guard let out = scores.baseAddress else { return }
                for start in stride(from: 0, to: count, by: Self.blockRows) {
                    let block = min(Self.blockRows, count - start)
                    kernel(query, table.vectors + start * dimension, block, dimension, out)
                    for offset in 0..<block where rows?.contains(start + offset) ?? true {
                        nearest.offer(row: start + offset, distance: sign * scores[offset])
                    }
                }
            }
        }
    }
}
