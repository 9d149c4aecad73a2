import Testing
import VectorSearch

@Suite("Segmented index")
struct SegmentedIndexTests {
    @Test("after any changes finds what an exact index of the same rows finds")
    func agreesWithExact() throws {
        var random = SplitMix64(state: 21)
        let start = ClusteredVectors(count: 700, dimension: 16)
        var truth = Dictionary(uniqueKeysWithValues: start.ids.enumerated().map { ($1, start.vector($0)) })
        var index = SegmentedIndex(try ExactIndex(dimension: 16, ids: start.ids, vectors: start.vectors))
        let spare = ClusteredVectors(count: 3000, dimension: 16, seed: 5)
        for round in 0..<120 {
            let known = truth.keys.sorted()
            let removed = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                known.randomElement(using: &random) ?? ""
            }
            var added: [String: [Float]] = [:]
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let isOld = Bool.random(using: &random)
                let id = isOld ? known.randomElement(using: &random) ?? "" : "new-\(round)-\(added.count)"
                added[id] = spare.vector(Int.random(in: 0..<3000, using: &random))
            }
            for id in removed { truth[id] = nil }
            for (id, vector) in added { truth[id] = vector }
            let ids = added.keys.sorted()
            let before = index
            index = try index.changed(
                removing: removed + ids, adding: ids, vectors: ids.flatMap { added[$0] ?? [] })
            #expect(index.count == truth.count && index.liveRows.count == truth.count)
            if round % 10 == 0 {
                let names = truth.keys.sorted()
                let exact = try ExactIndex(dimension: 16, ids: names, vectors: names.flatMap { truth[$0] ?? [] })
                for query in spare.queries(5, seed: UInt64(round)) {
                    for metric in Metric.allCases {
                        let found = try index.search(query, count: 8, metric: metric)
                        #expect(found.map(\.id) == (try exact.search(query, count: 8, metric: metric).map(\.id)))
                    }
                    var rows = index.liveRows
                    for row in Array(rows) where row % 3 != 0 { rows.remove(row) }
                    let some = try index.search(query, count: 8, metric: .cosine, among: rows)
                    #expect(some.count == min(8, rows.count) && some.allSatisfy { rows.contains($0.row) })
                }
                for id in names.prefix(50) {
                    let row = try #require(index.row(of: id))
                    #expect(index.vector(of: id) == truth[id] && index.liveRows.contains(row))
                    // What has not changed keeps its row.
                    if before.vector(of: id) == truth[id] { #expect(before.row(of: id) == row) }
                }
                for id in removed where truth[id] == nil { #expect(index.row(of: id) == nil) }
                #expect(index.ids(of: index.liveRows, offset: 0, limit: .max / 2) == names)
                #expect(
                    index.ids(of: rowsOfThird(index), offset: 3, limit: 4)
                        == Array(
                            names.filter { rowsOfThird(index).contains(index.row(of: $0) ?? -1) }.dropFirst(3).prefix(4)
                        ))
                #expect(index.goneRows.allSatisfy { !index.liveRows.contains(Int($0)) })
                // The one before is as it was.
                #expect(before.count != index.count || before.liveRows.count == before.count)
            }
        }
    }

    private func rowsOfThird(_ index: SegmentedIndex) -> RowSet {
        var rows = index.liveRows
        for row in Array(rows) where row % 3 != 1 { rows.remove(row) }
        return rows
    }

    @Test("what comes again as it was is no change")
    func unchanged() throws {
        let vectors = ClusteredVectors(count: 100, dimension: 8)
        let index = SegmentedIndex(try ExactIndex(dimension: 8, ids: vectors.ids, vectors: vectors.vectors))
        let same = try index.changed(
            removing: [vectors.ids[3]], adding: [vectors.ids[3]], vectors: vectors.vector(3))
        #expect(same.changes == 0 && same.row(of: vectors.ids[3]) == index.row(of: vectors.ids[3]))
        let other = try index.changed(removing: [vectors.ids[3]], adding: [vectors.ids[3]], vectors: vectors.vector(4))
        #expect(other.changes == 2 && other.count == 100)
        #expect(throws: VectorSearchError.dimensionMismatch(expected: 8, got: 7)) {
            try index.changed(removing: [], adding: ["a"], vectors: [Float](repeating: 0, count: 7))
        }
    }
}
