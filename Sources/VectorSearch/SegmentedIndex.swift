/// A large index and the changes since it was made: rows that came later in small indexes beside it, rows that are gone
/// left out. Immutable; a change makes another one that shares what stays.
///
/// Rows are numbered throughout, with gaps, and keep their numbers only within one value.
public struct SegmentedIndex: Sendable {
    /// One of the indexes.
    struct Segment: Sendable {
        let index: any VectorIndex
        /// What its first row is called from outside; a multiple of 64.
        let start: Int
        /// Its rows that are not gone; `nil` if none is.
        var live: RowSet?

        var count: Int { live?.count ?? index.count }
        var liveRows: RowSet { live ?? RowSet(all: index.count) }
    }

    /// The large one, and then the others from old to new.
    private(set) var segments: [Segment]

    /// An index without changes.
    public init(_ base: some VectorIndex) {
        segments = [Segment(index: base, start: 0)]
    }

    /// The large index.
    public var base: any VectorIndex { segments[0].index }

    /// The length of every vector.
    public var dimension: Int { base.dimension }

    /// How many rows can be found.
    public var count: Int { segments.reduce(0) { $0 + $1.count } }

    /// All numbers of rows are below.
    public var capacity: Int { segments.last.map { $0.start + $0.index.count } ?? 0 }

    /// How much lies beside the large index, or is gone from it.
    public var changes: Int {
        segments[0].index.count - segments[0].count + segments.dropFirst().reduce(0) { $0 + $1.index.count }
    }

    /// The rows that can be found. O(capacity / 64).
    public var liveRows: RowSet {
        var rows = RowSet(capacity: capacity)
        for segment in segments { for row in segment.liveRows { rows.insert(segment.start + row) } }
        return rows
    }

    /// The row with an identifier; `nil` if there is none. O(log n · segments).
    public func row(of id: String) -> Int? {
        for segment in segments.reversed() {
            if let row = segment.index.table.row(of: id), segment.live?.contains(row) ?? true {
                return segment.start + row
            }
        }
        return nil
    }

    /// The identifier of a row.
    public func id(row: Int) -> String {
        let segment = segment(of: row)
        return segment.index.table.id(row: row - segment.start)
    }

    /// The vector of a row. O(dimension).
    public func vector(row: Int) -> [Float] {
        let segment = segment(of: row)
        return segment.index.vector(row: row - segment.start)
    }

    private func segment(of row: Int) -> Segment {
        segments.last { $0.start <= row } ?? segments[0]
    }

    /// The nearest rows, as ``VectorIndex/search(_:count:metric:among:)`` has them. What came after the large index is
    /// searched exactly.
    ///
    /// - Throws: ``VectorSearchError`` if the query does not fit the index.
    public func search(
        _ query: [Float], count: Int, metric: Metric, among rows: RowSet? = nil
    ) throws(VectorSearchError) -> [Neighbor] {
        var found: [Neighbor] = []
        for segment in segments {
            var allowed = segment.live
            if let rows {
                allowed = rows.slice(from: segment.start, capacity: segment.index.count)
                if let live = segment.live { allowed?.formIntersection(live) }
            }
            let nearest = try segment.index.search(query, count: count, metric: metric, among: allowed)
            found += nearest.map { Neighbor(row: segment.start + $0.row, id: $0.id, score: $0.score) }
        }
        guard segments.count > 1 else { return found }
        found.sort { a, b in
            if a.score == b.score { return a.id < b.id }
            return metric == .cosine ? a.score > b.score : a.score < b.score
        }
        return Array(found.prefix(count))
    }

    /// The index after some changes.
    ///
    /// - Parameters:
    ///   - removed: identifiers that are gone, or come again among the new ones; unknown ones do not matter.
    ///   - ids: identifiers that are new, each once.
    ///   - vectors: their vectors, one after another.
    /// - Throws: ``VectorSearchError`` if the new ones do not fit.
    /// - Complexity: O(changes · log n + n / 64); over many calls each new row is copied O(log n) times.
    public func changed(
        removing removed: [String], adding ids: [String], vectors: [Float]
    ) throws(VectorSearchError) -> SegmentedIndex {
        guard vectors.count == ids.count * dimension else {
            throw .dimensionMismatch(expected: dimension, got: vectors.count / max(ids.count, 1))
        }
        var result = self
        // What is there already, and stays as it is, is no change.
        var stays = Set<String>()
        var newIDs: [String] = []
        var newVectors: [Float] = []
        for (place, id) in ids.enumerated() {
            let vector = vectors[place * dimension..<(place + 1) * dimension]
            if let row = row(of: id), self.vector(row: row).elementsEqual(vector) {
                stays.insert(id)
            } else {
                newIDs.append(id)
                newVectors += vector
            }
        }
        for id in removed + newIDs where !stays.contains(id) { result.remove(id) }
        guard !newIDs.isEmpty else { return result }
        result.append(try ExactIndex(dimension: dimension, ids: newIDs, vectors: newVectors))
        try result.joinSmall()
        return result
    }

    private mutating func remove(_ id: String) {
        guard let row = row(of: id), let place = segments.lastIndex(where: { $0.start <= row }) else { return }
        var live = segments[place].liveRows
        // Or the set would be copied for each row.
        segments[place].live = nil
        live.remove(row - segments[place].start)
        segments[place].live = live
    }

    private mutating func append(_ index: ExactIndex) {
        segments.append(Segment(index: index, start: (capacity + 63) / 64 * 64))
    }

    /// Joins the newest segments while they are of like size, so that there are never many.
    private mutating func joinSmall() throws(VectorSearchError) {
        while segments.count > 2, segments[segments.count - 2].count < 2 * segments[segments.count - 1].count {
            let pair = segments.suffix(2)
            segments.removeLast(2)
            var ids: [String] = []
            var vectors: [Float] = []
            for segment in pair {
                for row in segment.liveRows {
                    ids.append(segment.index.table.id(row: row))
                    vectors += segment.index.vector(row: row)
                }
            }
            if !ids.isEmpty { append(try ExactIndex(dimension: dimension, ids: ids, vectors: vectors)) }
        }
    }
}
