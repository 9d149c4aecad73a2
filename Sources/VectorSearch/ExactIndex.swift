internal import CKernels

/// Exhaustive k-NN: every vector is compared with the query. The answer is exact, and it is the oracle for every other
/// index.
public struct ExactIndex: VectorIndex {
    public let dimension: Int
    public let ids: [String]
    /// The vectors one after another, row by row.
    private let vectors: [Float]

    /// How many rows are scored before the best of them are kept: their scores stay in the first-level cache.
    private static let blockRows = 1024

    /// Builds an index.
    ///
    /// - Parameters:
    ///   - dimension: length of a vector.
    ///   - ids: one identifier a row, each different.
    ///   - vectors: `ids.count * dimension` finite floats, row by row.
    /// - Throws: ``VectorSearchError``.
    /// - Complexity: O(n · dimension); the vectors are not copied.
    public init(dimension: Int, ids: [String], vectors: [Float]) throws(VectorSearchError) {
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
        let kernel = metric == .cosine ? vk_inner_products : vk_squared_distances
        // Sorting is by "smaller is nearer", so inner products are negated.
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
        return nearest.sorted.map { row, distance in
            let score = metric == .cosine ? -distance : max(0, distance).squareRoot()
            return Neighbor(row: row, id: ids[row], score: score)
        }
    }
}
