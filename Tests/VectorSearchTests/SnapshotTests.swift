import Foundation
import Testing
import VectorSearch

@Suite("Vector snapshot")
struct SnapshotTests {
    private let origin = SnapshotOrigin(catalog: "c", model: "m", dimension: 32)
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/vectors" }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ vectors: ClusteredVectors, generation: Int = 7) throws {
        try write(vectors.ids, generation: generation, vectors.vector)
    }

    private func write(_ ids: [String], generation: Int, _ vector: (Int) -> [Float]) throws {
        let writer = try VectorSnapshot.Writer(path: path, origin: origin, count: ids.count)
        for (row, id) in ids.enumerated() { try vector(row).withUnsafeBytes { try writer.append(id, $0) } }
        try writer.finish(generation: generation)
    }

    @Test("gives back what was written, and an exact search over it finds what one in memory finds")
    func roundTrip() throws {
        let vectors = ClusteredVectors(count: 6000)
        try write(vectors)
        let snapshot = try VectorSnapshot(path: path, origin: origin)
        #expect(snapshot.generation == 7 && snapshot.table.count == 6000)
        for row in [0, 17, 5999] {
            #expect(
                snapshot.table.id(row: row) == vectors.ids[row]
                    && snapshot.table.vector(row: row) == vectors.vector(row))
            #expect(snapshot.table.row(of: vectors.ids[row]) == row)
        }
        #expect(snapshot.table.row(of: "none") == nil && snapshot.table.row(of: "") == nil)
        let mapped = ExactIndex(snapshot.table)
        let inMemory = try ExactIndex(dimension: 32, ids: vectors.ids, vectors: vectors.vectors)
        for query in vectors.queries(20) {
            for metric in Metric.allCases {
                #expect(
                    try mapped.search(query, count: 7, metric: metric)
                        == inMemory.search(query, count: 7, metric: metric))
            }
        }
    }

    @Test("whoever comes second is refused, and leaves the file of the first as it is")
    func twoWriters() throws {
        let first = try VectorSnapshot.Writer(path: path, origin: origin, count: 1)
        let refusal = VectorSearchError.unusableFile(path: path + ".tmp", reason: "another process is writing it")
        for _ in 0..<3 {
            #expect(throws: refusal) {
                _ = try VectorSnapshot.Writer(path: path, origin: origin, count: 1)
            }
        }
        try [Float](repeating: 0.1, count: 32).withUnsafeBytes { try first.append("a", $0) }
        try first.finish(generation: 3)
        #expect(try VectorSnapshot(path: path, origin: origin).generation == 3)
    }

    @Test("an empty one and one with odd identifiers can be loaded")
    func oddOnes() throws {
        try write(ClusteredVectors(count: 0))
        #expect(try VectorSnapshot(path: path, origin: origin).table.count == 0)
        let ids = ["é", "", "z", "日本", "a b"]
        try write(ids, generation: 1) { _ in [Float](repeating: 0.1, count: 32) }
        let table = try VectorSnapshot(path: path, origin: origin).table
        #expect(ids.indices.allSatisfy { table.row(of: ids[$0]) == $0 && table.id(row: $0) == ids[$0] })
    }

    @Test("is refused if it is missing, or of another catalog, model or dimension")
    func otherOrigin() throws {
        func refusal(_ origin: SnapshotOrigin) throws {
            #expect { _ = try VectorSnapshot(path: path, origin: origin) } throws: {
                if case VectorSearchError.unusableFile = $0 { true } else { false }
            }
        }
        try refusal(origin)
        try write(ClusteredVectors(count: 10))
        _ = try VectorSnapshot(path: path, origin: origin)
        try refusal(SnapshotOrigin(catalog: "d", model: "m", dimension: 32))
        try refusal(SnapshotOrigin(catalog: "c", model: "n", dimension: 32))
        try refusal(SnapshotOrigin(catalog: "c", model: "m", dimension: 16))
    }

    @Test("is refused wherever a byte is changed, and wherever it is cut off")
    func damage() throws {
        try write(ClusteredVectors(count: 200))
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        func isRefused(_ data: Data) throws -> Bool {
            try data.write(to: URL(fileURLWithPath: path))
            do {
                _ = try VectorSnapshot(path: path, origin: origin)
                return false
            } catch VectorSearchError.unusableFile { return true }
        }
        #expect(try !isRefused(whole))
        var random = SplitMix64(state: 3)
        // What lies between sections is nobody's, and the first page beyond its numbers is filling.
        var places = (0..<40).filter { $0 % 3 == 0 }
        places += (0..<200).map { _ in Int.random(in: 0..<200 * 32 * 4, using: &random) + 4096 }
        places += (0..<60).map { whole.count - 1 - $0 * 7 }
        for place in places {
            var damaged = whole
            damaged[damaged.startIndex + place] ^= 0x10
            #expect(try isRefused(damaged), "byte \(place)")
        }
        for length in [1, 40, 4096, 5000, whole.count / 2, whole.count - 1] {
            #expect(try isRefused(whole.prefix(length)), "first \(length) bytes")
        }
        #expect(try isRefused(whole + Data([0])))
        #expect(try isRefused(Data()))
    }

    @Test("a failed write leaves the old file, and what a killed process left is overwritten")
    func failedWrite() throws {
        try write(ClusteredVectors(count: 10), generation: 1)
        try Data("half".utf8).write(to: URL(fileURLWithPath: path + ".tmp"))
        #expect(throws: VectorSearchError.notFinite) {
            try write(["a"], generation: 2) { _ in [Float](repeating: .nan, count: 32) }
        }
        #expect(throws: VectorSearchError.duplicateIdentifier("a")) {
            try write(["a", "a"], generation: 2) { _ in [Float](repeating: 0, count: 32) }
        }
        #expect(try VectorSnapshot(path: path, origin: origin).generation == 1)
        try write(ClusteredVectors(count: 20), generation: 3)
        #expect(try VectorSnapshot(path: path, origin: origin).table.count == 20)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["vectors"])
    }

    @Test("one that is replaced stays what it was for those who have it")
    func replacedWhileMapped() throws {
        let vectors = ClusteredVectors(count: 300)
        try write(vectors)
        let old = try VectorSnapshot(path: path, origin: origin)
        try write(ClusteredVectors(count: 5, seed: 2))
        #expect(old.table.count == 300 && old.table.vector(row: 299) == vectors.vector(299))
        #expect(try VectorSnapshot(path: path, origin: origin).table.count == 5)
    }
}
