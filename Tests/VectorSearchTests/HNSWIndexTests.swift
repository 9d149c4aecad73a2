import Foundation
import Testing
import VectorSearch

@Suite("HNSW index")
struct HNSWIndexTests {
    private static let vectors = ClusteredVectors(count: 12_000)
    private static let table = Result { try vectors.table() }
    private static let graph = Result { try NeighborGraph.make(of: table.get()) }

    private func index() throws -> HNSWIndex { HNSWIndex(try #require(try Self.graph.get())) }
    private func exact() throws -> ExactIndex { ExactIndex(try Self.table.get()) }

    @Test("finds nearly all that an exact search finds, with its scores and in its order")
    func recallWithoutFilter() throws {
        let (index, exact) = (try index(), try exact())
        let queries = Self.vectors.queries(200)
        for metric in Metric.allCases {
            let found = try recall(queries) {
                try index.search($0, count: 5, metric: metric)
            } exactly: {
                try exact.search($0, count: 5, metric: metric)
            }
            #expect(found >= 0.99)
        }
        let own = try index.search(Self.vectors.vector(77), count: 5, metric: .cosine)
        #expect(own.map(\.score) == own.map(\.score).sorted(by: >) && own.first?.id == Self.vectors.ids[77])
        #expect(try own == exact.search(Self.vectors.vector(77), count: 5, metric: .cosine))
    }

    @Test(
        "finds nearly all among few or many allowed rows, and as many as are asked for",
        arguments: [1, 2, 3, 10, 20, 400])
    func recallWithFilter(share: Int) throws {
        let (index, exact) = (try index(), try exact())
        var random = SplitMix64(state: 5)
        var rows = RowSet(capacity: 12_000)
        for row in 0..<12_000 where share == 1 ? row % 50 > 0 : Int.random(in: 0..<share, using: &random) == 0 {
            rows.insert(row)
        }
        let queries = Self.vectors.queries(100)
        for query in queries {
            let found = try index.search(query, count: 5, metric: .cosine, among: rows)
            #expect(found.count == 5 && found.allSatisfy { rows.contains($0.row) })
        }
        let found = try recall(queries) {
            try index.search($0, count: 5, metric: .cosine, among: rows)
        } exactly: {
            try exact.search($0, count: 5, metric: .cosine, among: rows)
        }
        #expect(found >= 0.98)
    }

    @Test("finds all five where the allowed rows are far from the query")
    func farFilter() throws {
        let (index, exact) = (try index(), try exact())
        for query in Self.vectors.queries(20) {
            // The 4000 rows that are furthest away.
            let far = try exact.search(query.map { -$0 }, count: 4000, metric: .cosine)
            var rows = RowSet(capacity: 12_000)
            for neighbor in far { rows.insert(neighbor.row) }
            #expect(try index.search(query, count: 5, metric: .cosine, among: rows).count == 5)
        }
        #expect(try index.search(Self.vectors.vector(0), count: 5, metric: .cosine, among: RowSet(capacity: 0)).isEmpty)
        #expect(try index.search(Self.vectors.vector(0), count: 0, metric: .cosine).isEmpty)
        #expect(try index.search(Self.vectors.vector(0), count: 20_000, metric: .cosine).count == 12_000)
    }

    @Test("a query of another length than 1 is searched for exactly; one of another dimension is refused")
    func otherQueries() throws {
        let long = Self.vectors.vector(3).map { $0 * 40 }
        #expect(
            try index().search(long, count: 9, metric: .euclidean) == exact().search(long, count: 9, metric: .euclidean)
        )
        #expect(throws: VectorSearchError.dimensionMismatch(expected: 32, got: 1)) {
            try index().search([1], count: 5, metric: .cosine)
        }
        #expect(throws: VectorSearchError.notUnitVectors) {
            try NeighborGraph.make(
                of: VectorTable(dimension: 2, ids: ["a"], vectors: [1, 1], quantized: true))
        }
    }

    @Test("graphs of no, one and few rows work", arguments: [0, 1, 2, 30])
    func small(count: Int) throws {
        let vectors = ClusteredVectors(count: count)
        let index = HNSWIndex(try #require(try NeighborGraph.make(of: vectors.table())))
        let query = Self.vectors.vector(0)
        let exact = try ExactIndex(dimension: 32, ids: vectors.ids, vectors: vectors.vectors)
        #expect(try index.search(query, count: 5, metric: .cosine) == exact.search(query, count: 5, metric: .cosine))
    }

    @Test("finds each of some that are the same, and of hundreds that are the same loses sight of nothing else")
    func duplicates() throws {
        let (twelve, hundreds) = (Self.vectors.vector(0), Self.vectors.vector(999))
        let ids = (0..<12).map { "twelve-\($0)" } + (0..<500).map { "many-\($0)" } + Self.vectors.ids.prefix(3000)
        let all =
            (0..<12).flatMap { _ in twelve } + (0..<500).flatMap { _ in hundreds }
            + Self.vectors.vectors.prefix(3000 * 32)
        let table = try VectorTable(dimension: 32, ids: ids, vectors: all, quantized: true)
        let index = HNSWIndex(try #require(try NeighborGraph.make(of: table)))
        let found = try index.search(twelve, count: 13, metric: .cosine)
        #expect(found.count == 13 && found.allSatisfy { $0.score > 0.999_99 })
        #expect(try index.search(hundreds, count: 400, metric: .cosine).count == 400)
        let exact = ExactIndex(table)
        let share = try recall((0..<100).map { Self.vectors.vector(17 + 13 * $0) }) {
            try index.search($0, count: 5, metric: .cosine)
        } exactly: {
            try exact.search($0, count: 5, metric: .cosine)
        }
        #expect(share >= 0.98)
    }

    @Test("stops being made when asked to")
    func stopping() throws {
        #expect(try NeighborGraph.make(of: Self.table.get(), shouldStop: { true }) == nil)
    }

    /// A snapshot of some vectors, and another of the same with rows gone and rows new.
    private func change(_ folder: TemporaryFolder) throws -> (
        old: VectorSnapshot, new: VectorSnapshot, moved: [UInt32], gone: Set<String>, index: SegmentedIndex
    ) {
        let origin = SnapshotOrigin(catalog: "c", model: "m", dimension: 32)
        let path = folder.path + "/vectors"
        let base = SegmentedIndex(try ExactIndex(dimension: 32, ids: Self.vectors.ids, vectors: Self.vectors.vectors))
        _ = try VectorSnapshot.write(path: path, origin: origin, generation: 1, index: base)
        let old = try VectorSnapshot(path: path, origin: origin)
        let gone = Self.vectors.ids.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)
        let added = ClusteredVectors(count: 2000, seed: 8)
        let index = try SegmentedIndex(ExactIndex(old.table)).changed(
            removing: gone, adding: added.ids.map { "new-" + $0 }, vectors: added.vectors)
        let moved = try VectorSnapshot.write(path: path, origin: origin, generation: 2, index: index)
        return (old, try VectorSnapshot(path: path, origin: origin), moved, Set(gone), index)
    }

    @Test(
        "after deletes and inserts finds nearly all, nothing that is gone, and the same after it was written and loaded"
    )
    func changedGraph() throws {
        let folder = try TemporaryFolder()
        let (old, new, moved, gone, index) = try change(folder)
        let graph = try #require(try NeighborGraph.make(of: old.table))
        let updated = try #require(try graph.updated(for: new.table, moved: moved))
        let exact = ExactIndex(new.table)
        #expect(new.table.count == 11_600 && index.count == 11_600)
        let queries = Self.vectors.queries(150) + ClusteredVectors(count: 2000, seed: 8).queries(50)
        let path = folder.path + "/graph"
        try updated.write(path: path, snapshot: new)
        for graph in [updated, try NeighborGraph(path: path, snapshot: new)] {
            let share = try recall(queries) { query in
                let found = try HNSWIndex(graph).search(query, count: 5, metric: .cosine)
                #expect(found.allSatisfy { !gone.contains($0.id) })
                return found
            } exactly: {
                try exact.search($0, count: 5, metric: .cosine)
            }
            #expect(share >= 0.985)
        }
        #expect(throws: VectorSearchError.self) { try NeighborGraph(path: path, snapshot: old) }
    }

    @Test("a damaged or cut graph is refused")
    func damage() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/graph"
        let (old, _, _, _, _) = try change(folder)
        try #require(try NeighborGraph.make(of: old.table)).write(path: path, snapshot: old)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        _ = try NeighborGraph(path: path, snapshot: old)
        var random = SplitMix64(state: 4)
        for _ in 0..<40 {
            var damaged = whole
            damaged[4096 + Int.random(in: 0..<12_000 * 33 * 4, using: &random)] ^= 1
            try damaged.write(to: URL(fileURLWithPath: path))
            #expect(throws: VectorSearchError.self) { try NeighborGraph(path: path, snapshot: old) }
        }
        try whole.dropLast(100).write(to: URL(fileURLWithPath: path))
        #expect(throws: VectorSearchError.self) { try NeighborGraph(path: path, snapshot: old) }
    }
}
