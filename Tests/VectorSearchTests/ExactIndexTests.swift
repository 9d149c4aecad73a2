import Testing
import VectorSearch

/// Deterministic pseudo-random numbers (splitmix64), so that a failure can be repeated.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Exact index")
struct ExactIndexTests {
    /// Sorting everything by a serial double sum: nothing shared with the code under test.
    private func bruteForce(
        _ query: [Float], _ ids: [String], _ vectors: [[Float]], _ metric: Metric, _ count: Int,
        _ allowed: (Int) -> Bool
    ) -> [String] {
        let scored = vectors.indices.filter(allowed).map { row -> (String, Double) in
            var sum = 0.0
            for (a, b) in zip(query, vectors[row]) {
                sum += metric == .cosine ? -Double(a) * Double(b) : (Double(a) - Double(b)) * (Double(a) - Double(b))
            }
            return (ids[row], sum)
        }
        return scored.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 < $1.1 }.prefix(count).map(\.0)
    }

    @Test("scores of all rows are the inner products in their order; a vector that does not fit is refused")
    func scoresOfAllRows() throws {
        let index = try ExactIndex(dimension: 2, ids: ["b", "a", "c"], vectors: [1, 2, 3, 4, -1, 0])
        #expect(try index.scores([2, 1]) == [4, 10, -2])
        #expect(try ExactIndex(dimension: 2, ids: [], vectors: []).scores([2, 1]).isEmpty)
        #expect(throws: VectorSearchError.dimensionMismatch(expected: 2, got: 3)) { _ = try index.scores([1, 2, 3]) }
        #expect(throws: VectorSearchError.notFinite) { _ = try index.scores([.nan, 1]) }
    }

    @Test("finds what sorting every vector finds, over odd sizes", arguments: [(1, 1), (7, 3), (1025, 17), (3000, 64)])
    func agreesWithBruteForce(size: (rows: Int, dimension: Int)) throws {
        var random = SplitMix64(state: 7)
        // Small integers make sums exact, and ties frequent.
        let vectors = (0..<size.rows).map { _ in
            (0..<size.dimension).map { _ in Float(Int.random(in: -3...3, using: &random)) }
        }
        let ids = (0..<size.rows).map { "item-\(($0 * 7919) % 100_003)" }
        let index = try ExactIndex(dimension: size.dimension, ids: ids, vectors: vectors.flatMap { $0 })
        var rows = RowSet(capacity: size.rows)
        for row in 0..<size.rows where row % 3 == 0 { rows.insert(row) }
        for metric in Metric.allCases {
            let query = (0..<size.dimension).map { _ in Float(Int.random(in: -3...3, using: &random)) }
            let all = try index.search(query, count: 10, metric: metric)
            #expect(all.map(\.id) == bruteForce(query, ids, vectors, metric, 10) { _ in true })
            let some = try index.search(query, count: 10, metric: metric, among: rows)
            #expect(some.map(\.id) == bruteForce(query, ids, vectors, metric, 10) { $0 % 3 == 0 })
        }
    }

    /// Vectors that are hard to round: ties, clusters, one large number among small ones, very small and very large ones.
    enum Spread: CaseIterable {
        case whole, clusters, spikes, tiny, large, huge, zeros

        func vector(_ row: Int, _ dimension: Int, _ random: inout SplitMix64) -> [Float] {
            (0..<dimension).map { position in
                let noise = Float.random(in: -1...1, using: &random)
                return switch self {
                case .whole: Float(Int.random(in: -3...3, using: &random))
                case .clusters: Float((row % 20 * 31 + position * 17) % 13) / 13 - 0.5 + 0.02 * noise
                case .spikes: position == row % dimension ? 100 : noise * 0.01
                case .tiny: noise * 1e-38
                case .large: noise * 1e9
                case .huge: noise * 1e18
                case .zeros: row % 2 == 0 ? 0 : noise
                }
            }
        }
    }

    @Test("rounded copies change nothing", arguments: Spread.allCases, [5, 70])
    func quantizedIsExact(spread: Spread, dimension: Int) throws {
        var random = SplitMix64(state: 11)
        let count = 2500
        let vectors = (0..<count).map { spread.vector($0, dimension, &random) }
        let ids = (0..<count).map { "item-\(($0 * 7919) % 100_003)" }
        let all = vectors.flatMap { $0 }
        let rounded = try ExactIndex(dimension: dimension, ids: ids, vectors: all, quantized: true)
        let plain = try ExactIndex(dimension: dimension, ids: ids, vectors: all, quantized: false)
        for allowed in [1, 3, 100] {
            var rows = RowSet(capacity: count)
            for row in 0..<count where row % allowed == 0 { rows.insert(row) }
            for metric in Metric.allCases {
                for number in [1, 5, 60, 300] {
                    let query = number == 5 ? vectors[17] : spread.vector(number, dimension, &random)
                    let found = try rounded.search(query, count: number, metric: metric, among: rows)
                    #expect(found == (try plain.search(query, count: number, metric: metric, among: rows)))
                    #expect(found.count == min(number, rows.count))
                }
            }
        }
    }

    @Test("a set of rows gives them in order")
    func rowsInOrder() {
        var rows = RowSet(capacity: 300)
        for row in [299, 0, 64, 63, 127, 128] { rows.insert(row) }
        #expect(Array(rows) == [0, 63, 64, 127, 128, 299])
        #expect(Array(RowSet(capacity: 0)).isEmpty)
    }

    @Test("orders equally near vectors by identifier, whatever the order of the rows")
    func breaksTiesByIdentifier() throws {
        let index = try ExactIndex(dimension: 2, ids: ["c", "a", "b"], vectors: [1, 0, 1, 0, 1, 0])
        for metric in Metric.allCases {
            #expect(try index.search([1, 0], count: 2, metric: metric).map(\.id) == ["a", "b"])
        }
    }

    @Test("gives the inner product for cosine and the distance for Euclidean")
    func scores() throws {
        let index = try ExactIndex(dimension: 2, ids: ["x", "y"], vectors: [1, 0, 0, 1])
        let cosine = try index.search([1, 0], count: 2, metric: .cosine)
        #expect(cosine.map(\.score) == [1, 0])
        let euclidean = try index.search([1, 0], count: 2, metric: .euclidean)
        #expect(euclidean.map(\.score) == [0, Float(2).squareRoot()])
    }

    @Test("returns as many as are allowed when fewer than asked for")
    func fewerThanAsked() throws {
        let index = try ExactIndex(dimension: 1, ids: ["a", "b", "c"], vectors: [1, 2, 3])
        var rows = RowSet(capacity: 3)
        rows.insert(1)
        #expect(try index.search([1], count: 5, metric: .cosine, among: rows).map(\.id) == ["b"])
        #expect(try index.search([1], count: 5, metric: .cosine).count == 3)
        #expect(try index.search([1], count: 0, metric: .cosine).isEmpty)
        #expect(try index.search([1], count: 5, metric: .cosine, among: RowSet(capacity: 3)).isEmpty)
    }

    @Test("an empty index finds nothing")
    func emptyIndex() throws {
        let index = try ExactIndex(dimension: 4, ids: [], vectors: [])
        #expect(try index.search([1, 0, 0, 0], count: 5, metric: .cosine).isEmpty)
    }

    @Test("refuses a query or vectors that do not fit")
    func refusals() throws {
        let index = try ExactIndex(dimension: 2, ids: ["a"], vectors: [1, 0])
        #expect(throws: VectorSearchError.dimensionMismatch(expected: 2, got: 3)) {
            try index.search([1, 0, 0], count: 1, metric: .cosine)
        }
        #expect(throws: VectorSearchError.notFinite) {
            try index.search([.nan, 0], count: 1, metric: .cosine)
        }
        #expect(throws: VectorSearchError.duplicateIdentifier("a")) {
            try ExactIndex(dimension: 1, ids: ["a", "a"], vectors: [1, 2])
        }
        #expect(throws: VectorSearchError.notFinite) {
            try ExactIndex(dimension: 1, ids: ["a"], vectors: [.infinity])
        }
        #expect(throws: VectorSearchError.dimensionMismatch(expected: 2, got: 3)) {
            try ExactIndex(dimension: 2, ids: ["a"], vectors: [1, 2, 3])
        }
    }
}

@Suite("Row set")
struct RowSetTests {
    @Test("holds what was put in, once, and nothing beyond its capacity")
    func membership() {
        var rows = RowSet(capacity: 130)
        for row in [0, 63, 64, 129, 129] { rows.insert(row) }
        #expect(rows.count == 4)
        #expect(
            rows.contains(129) && rows.contains(0) && !rows.contains(1) && !rows.contains(4000) && !rows.contains(-1))
        rows.remove(129)
        rows.remove(129)
        #expect(rows.count == 3 && !rows.contains(129))
    }
}
