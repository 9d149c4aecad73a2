internal import CKernels

/// Exhaustive k-NN: every vector is compared with the query. The answer is exact, and it is the oracle for every other
/// index.
///
/// Of many vectors, rounded copies (``QuantizedRows``) are looked at first, to leave out those that cannot be among the
/// nearest; the answer stays exact.
public struct ExactIndex: VectorIndex {
    public let dimension: Int
    public let ids: [String]
    /// The vectors one after another, row by row.
    private let vectors: [Float]
    private let quantized: QuantizedRows?

    /// From how many rows on rounded copies are worth their memory.
    package static let quantizedFrom = 4096
    /// How many rows are scored before the best of them are kept: their scores stay in the first-level cache.
    private static let blockRows = 1024

    /// Builds an index.
    ///
    /// - Parameters:
    ///   - dimension: length of a vector.
    ///   - ids: one identifier a row, each different.
    ///   - vectors: `ids.count * dimension` finite floats, row by row.
    /// - Throws: ``VectorSearchError``.
    /// - Complexity: O(n · dimension); the vectors are not copied, but from some thousands on rounded to a quarter more.
    public init(dimension: Int, ids: [String], vectors: [Float]) throws(VectorSearchError) {
        try self.init(dimension: dimension, ids: ids, vectors: vectors, quantized: ids.count >= Self.quantizedFrom)
    }

    /// The same, with or without rounded copies.
    package init(dimension: Int, ids: [String], vectors: [Float], quantized: Bool) throws(VectorSearchError) {
        guard vectors.count == ids.count * dimension else {
            throw .dimensionMismatch(
                expected: dimension, got: ids.isEmpty ? vectors.count : vectors.count / ids.count)
        }
        guard vectors.allSatisfy(\.isFinite) else { throw .notFinite }
        var seen = Set<String>(minimumCapacity: ids.count)
        for id in ids where !seen.insert(id).inserted { throw .duplicateIdentifier(id) }
        self.dimension = dimension
        self.ids = ids
        self.vectors = vectors
        self.quantized = quantized ? QuantizedRows(vectors, count: ids.count, dimension: dimension) : nil
    }

    /// The vector of a row. O(dimension).
    public func vector(row: Int) -> [Float] {
        Array(vectors[row * dimension..<(row + 1) * dimension])
    }

    /// The inner product of a vector with every row, in the order of the rows. O(n · dimension).
    ///
    /// - Throws: ``VectorSearchError`` if the vector does not fit the index.
    public func scores(_ query: [Float]) throws(VectorSearchError) -> [Float] {
        guard query.count == dimension else {
            throw .dimensionMismatch(expected: dimension, got: query.count)
        }
        guard query.allSatisfy(\.isFinite) else { throw .notFinite }
        guard !ids.isEmpty else { return [] }
        return [Float](unsafeUninitializedCapacity: ids.count) { scores, count in
            query.withUnsafeBufferPointer { query in
                vectors.withUnsafeBufferPointer { vectors in
                    guard let query = query.baseAddress, let vectors = vectors.baseAddress,
                        let out = scores.baseAddress
                    else { return }
                    vk_inner_products(query, vectors, ids.count, dimension, out)
                    count = ids.count
                }
            }
        }
    }

    /// Exact search: O(n · dimension + n · log count) time, O(count) memory.
    public func search(
        _ query: [Float], count: Int, metric: Metric, among rows: RowSet? = nil
    ) throws(VectorSearchError) -> [Neighbor] {
        guard query.count == dimension else {
            throw .dimensionMismatch(expected: dimension, got: query.count)
        }
        guard query.allSatisfy(\.isFinite) else { throw .notFinite }
        guard count > 0, !ids.isEmpty else { return [] }

        var nearest = NearestRows(capacity: min(count, ids.count), ids: ids)
        if let rows, rows.count < ids.count / 16 {
            offer(rows, to: &nearest, query, metric)
        } else if count <= Self.mostQuantized,
            let candidates = quantized?.candidates(query, count: count, metric: metric, among: rows)
        {
            offer(candidates, to: &nearest, query, metric)
        } else {
            offerAll(among: rows, to: &nearest, query, metric)
        }
        return nearest.sorted.map { row, distance in
            let score = metric == .cosine ? -distance : max(0, distance).squareRoot()
            return Neighbor(row: row, id: ids[row], score: score)
        }
    }

    /// Up to this many neighbours, few rows are left after the look at the rounded ones.
    private static let mostQuantized = 256

    /// The exact distances of some rows. Sorting is by "smaller is nearer", so inner products are negated.
    private func offer(
        _ rows: some Sequence<Int>, to nearest: inout NearestRows, _ query: [Float], _ metric: Metric
    ) {
        query.withUnsafeBufferPointer { query in
            vectors.withUnsafeBufferPointer { vectors in
                guard let query = query.baseAddress, let vectors = vectors.baseAddress else { return }
                for row in rows {
                    var score: Float = 0
                    switch metric {
                    case .cosine:
                        vk_inner_products(query, vectors + row * dimension, 1, dimension, &score)
                        nearest.offer(row: row, distance: -score)
                    case .euclidean:
                        vk_squared_distances(query, vectors + row * dimension, 1, dimension, &score)
                        nearest.offer(row: row, distance: score)
                    }
                }
            }
        }
    }

    /// The exact distances of all rows, or of all in the set.
    private func offerAll(among rows: RowSet?, to nearest: inout NearestRows, _ query: [Float], _ metric: Metric) {
        let kernel = metric == .cosine ? vk_inner_products : vk_squared_distances
        let sign: Float = metric == .cosine ? -1 : 1
        query.withUnsafeBufferPointer { query in
            vectors.withUnsafeBufferPointer { vectors in
                guard let query = query.baseAddress, let vectors = vectors.baseAddress else { return }
                withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.blockRows) { scores in
                    guard let out = scores.baseAddress else { return }
                    for start in stride(from: 0, to: ids.count, by: Self.blockRows) {
                        let block = min(Self.blockRows, ids.count - start)
                        kernel(query, vectors + start * dimension, block, dimension, out)
                        for offset in 0..<block where rows?.contains(start + offset) ?? true {
                            nearest.offer(row: start + offset, distance: sign * scores[offset])
                        }
                    }
                }
            }
        }
    }
}
