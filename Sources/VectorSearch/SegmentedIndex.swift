/// A large index and the changes since it was made: rows that came later in small indexes beside it, rows that are gone
/// left out. Immutable; a change makes another one that shares what stays.
///
/// A row keeps its number as long as it stays, through all changes; numbers of rows that are gone are not given again.
public struct SegmentedIndex: Sendable {
    /// One of the indexes.
    struct Segment: Sendable {
        let index: any VectorIndex
        /// What its rows are called from outside, ascending; `nil` if they have their own numbers.
        let numbers: [UInt32]?
        /// Its rows that are not gone; `nil` if none is.
        var live: RowSet?

        var count: Int { live?.count ?? index.count }
        var liveRows: RowSet { live ?? RowSet(all: index.count) }

        func number(_ row: Int) -> Int { numbers.map { Int($0[row]) } ?? row }

        /// The row with a number; `nil` if there is none. O(log n).
        func row(_ number: Int) -> Int? {
            guard let numbers else { return number < index.count ? number : nil }
            var (low, high) = (0, numbers.count)
            while low < high {
                let middle = (low + high) / 2
                if Int(numbers[middle]) < number { low = middle + 1 } else { high = middle }
            }
            return low < numbers.count && Int(numbers[low]) == number ? low : nil
        }
    }

    /// The large one, and then the others from old to new.
    private(set) var segments: [Segment]
    /// All numbers of rows are below.
    public private(set) var capacity: Int
    /// The rows that are gone, in the order in which they went.
    public private(set) var goneRows: [UInt32] = []

    /// An index without changes.
    public init(_ base: some VectorIndex) {
        segments = [Segment(index: base, numbers: nil)]
        capacity = base.count
    }

    /// The large index.
    public var base: any VectorIndex { segments[0].index }

    /// The length of every vector.
    public var dimension: Int { base.dimension }

    /// How many rows can be found.
    public var count: Int { segments.reduce(0) { $0 + $1.count } }

    /// How much lies beside the large index, or is gone from it.
    public var changes: Int {
        segments[0].index.count - segments[0].count + segments.dropFirst().reduce(0) { $0 + $1.index.count }
    }

    /// The rows that can be found. O(capacity / 64).
    public var liveRows: RowSet {
        var rows = segments[0].liveRows
        rows.grow(to: capacity)
        for segment in segments.dropFirst() { for row in segment.liveRows { rows.insert(segment.number(row)) } }
        return rows
    }

    /// The row with an identifier; `nil` if there is none. O(log n · segments).
    public func row(of id: String) -> Int? {
        place(of: id).map { segments[$0.segment].number($0.row) }
    }

    private func place(of id: String) -> (segment: Int, row: Int)? {
        for (place, segment) in segments.enumerated().reversed() {
            if let row = segment.index.table.row(of: id), segment.live?.contains(row) ?? true { return (place, row) }
        }
        return nil
    }

    /// The vector of the row with an identifier; `nil` if there is none. O(log n · segments + dimension).
    public func vector(of id: String) -> [Float]? {
        place(of: id).map { segments[$0.segment].index.vector(row: $0.row) }
    }

    /// The identifiers of some of the rows in a set, in their order.
    ///
    /// - Parameters:
    ///   - rows: the set.
    ///   - offset: how many to pass by.
    ///   - limit: how many to give.
    /// - Returns: at most `limit` identifiers.
    /// - Complexity: O(capacity · segments).
    public func ids(of rows: RowSet, offset: Int, limit: Int) -> [String] {
        var ids: [String] = []
        guard offset < rows.count, limit > 0 else { return ids }
        // The next row of each segment that is in the set.
        var cursors = segments.map { Cursor($0, among: rows) }
        for turn in 0..<offset + limit {
            var first: Int?
            for (place, cursor) in cursors.enumerated() {
                guard let id = cursor.id else { continue }
                if let other = first.flatMap({ cursors[$0].id }), Identifiers.compare(other, id) < 0 { continue }
                first = place
            }
            guard let first, let id = cursors[first].id else { break }
            if turn >= offset { ids.append(String(decoding: id, as: UTF8.self)) }
            cursors[first].advance()
        }
        return ids
    }

    /// Goes over the rows of a segment that are in a set, in the order of identifiers.
    private struct Cursor {
        private let segment: Segment
        private let rows: RowSet
        private var place = -1
        private(set) var id: UnsafeBufferPointer<UInt8>?

        init(_ segment: Segment, among rows: RowSet) {
            self.segment = segment
            self.rows = rows
            advance()
        }

        mutating func advance() {
            let identifiers = segment.index.table.identifiers
            id = nil
            while id == nil, place + 1 < identifiers.count {
                place += 1
                let row = identifiers.row(inPlace: place)
                if segment.live?.contains(row) ?? true, rows.contains(segment.number(row)) {
                    id = identifiers.utf8(row)
                }
            }
        }
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
            let nearest = try segment.index.search(query, count: count, metric: metric, among: segment.allowed(rows))
            found += nearest.map { Neighbor(row: segment.number($0.row), id: $0.id, score: $0.score) }
        }
        guard segments.count > 1 else { return found }
        found.sort { a, b in
            if a.score == b.score { return a.id < b.id }
            return metric == .cosine ? a.score > b.score : a.score < b.score
        }
        return Array(found.prefix(count))
    }
}

extension SegmentedIndex.Segment {
    /// Its rows that are not gone, and are in a set of numbers; `nil` for all.
    fileprivate func allowed(_ rows: RowSet?) -> RowSet? {
        guard let rows else { return live }
        guard let numbers else {
            var allowed = rows.prefix(capacity: index.count)
            if let live { allowed.formIntersection(live) }
            return allowed
        }
        var allowed = RowSet(capacity: numbers.count)
        for (row, number) in numbers.enumerated() where rows.contains(Int(number)) && live?.contains(row) ?? true {
            allowed.insert(row)
        }
        return allowed
    }
}

extension SegmentedIndex {
    /// The index after some changes.
    ///
    /// - Parameters:
    ///   - removed: identifiers that are gone, or come again among the new ones; unknown ones do not matter.
    ///   - ids: identifiers that are new, each once. One that is there with the same vector stays where it is.
    ///   - vectors: their vectors, one after another.
    /// - Returns: the changed index.
    /// - Throws: ``VectorSearchError`` if the new ones do not fit.
    /// - Complexity: O(changes · log n + n / 64); over many calls each new row is copied O(log n) times.
    public func changed(
        removing removed: [String], adding ids: [String], vectors: [Float]
    ) throws(VectorSearchError) -> SegmentedIndex {
        guard vectors.count == ids.count * dimension else {
            throw .dimensionMismatch(expected: dimension, got: vectors.count / max(ids.count, 1))
        }
        var result = self
        var stays = Set<String>()
        var newIDs: [String] = []
        var newVectors: [Float] = []
        for (place, id) in ids.enumerated() {
            let new = vectors[place * dimension..<(place + 1) * dimension]
            if let old = vector(of: id), old.elementsEqual(new) {
                stays.insert(id)
            } else {
                newIDs.append(id)
                newVectors += new
            }
        }
        for id in removed + newIDs where !stays.contains(id) { result.remove(id) }
        guard !newIDs.isEmpty else { return result }
        let numbers = (0..<newIDs.count).map { UInt32(capacity + $0) }
        result.capacity += newIDs.count
        result.segments.append(
            Segment(index: try ExactIndex(dimension: dimension, ids: newIDs, vectors: newVectors), numbers: numbers))
        try result.joinSmall()
        return result
    }

    /// The same rows with another index for the large one's table.
    public func replacingBase(with index: some VectorIndex) -> SegmentedIndex {
        precondition(index.table === base.table, "the rows stay the same")
        var result = self
        result.segments[0] = Segment(index: index, numbers: nil, live: segments[0].live)
        return result
    }

    private mutating func remove(_ id: String) {
        guard let (place, row) = place(of: id) else { return }
        goneRows.append(UInt32(segments[place].number(row)))
        var live = segments[place].liveRows
        // Or the set would be copied for each row.
        segments[place].live = nil
        live.remove(row)
        segments[place].live = live
    }

    /// Joins the newest segments while they are of like size, so that there are never many.
    private mutating func joinSmall() throws(VectorSearchError) {
        while segments.count > 2, segments[segments.count - 2].count < 2 * segments[segments.count - 1].count {
            let pair = segments.suffix(2)
            segments.removeLast(2)
            var ids: [String] = []
            var vectors: [Float] = []
            var numbers: [UInt32] = []
            for segment in pair {
                for row in segment.liveRows {
                    ids.append(segment.index.table.id(row: row))
                    vectors += segment.index.vector(row: row)
                    numbers.append(UInt32(segment.number(row)))
                }
            }
            guard !ids.isEmpty else { continue }
            segments.append(
                Segment(index: try ExactIndex(dimension: dimension, ids: ids, vectors: vectors), numbers: numbers))
        }
    }
}
