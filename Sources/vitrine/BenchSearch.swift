import ArgumentParser
import Foundation
import Tensors
import VectorSearch

/// This engine's side of `make bench-search`: a process that stays, and searches as it is told to.
///
/// The vectors are brought into a snapshot, which lies in a folder and is used again. Commands are lines on standard input,
/// each answered by a line of JSON:
/// - `search I`: the rows nearest to vector `I`, and the milliseconds that it took.
/// - `width N`: how wide the graph is searched from now on.
/// - `query I`: as `search`, of vector `I` of the file of queries.
/// - `allowed FILE`: only these rows may be found from now on: a byte a row, 1 or 0. `allowed -` allows all.
struct BenchSearch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the search alone, on commands from standard input.", shouldDisplay: false)

    @Argument(help: "File of float32 vectors, row by row.")
    var vectors: String

    @Option(help: "Numbers of a vector.")
    var dimension: Int

    @Option(name: .customShort("k"), help: "How many neighbours.")
    var count = 5

    @Option(help: "exact or hnsw.")
    var index = IndexKind.exact

    @Option(help: "Folder for the snapshot and the graph.")
    var files: String?

    @Option(help: "File of float32 vectors to search for.")
    var queries: String?

    @Option(help: "Links of a node of the graph, and how many near nodes they are chosen from.")
    var degree = 16

    @Option(help: "How many near nodes links are chosen from.")
    var construction = NeighborGraph.Parameters().width

    private struct Answer: Encodable {
        var rows: [Int]?
        var milliseconds: Double?
        var loaded: Int?
        var loadSeconds: Double?
        var buildSeconds: Double?
        var snapshotBytes: Int?
        var residentBytes: Int?
        var done: Bool?
    }

    /// What is searched, and how.
    private struct Session {
        let table: VectorTable
        let graph: NeighborGraph?
        var width = HNSWIndex.standardWidth
        var allowed: RowSet?

        func search(_ query: [Float], count: Int) throws -> Answer {
            let index: any VectorIndex = graph.map { HNSWIndex($0, width: width) } ?? ExactIndex(table)
            var found: [Neighbor] = []
            let duration = try ContinuousClock().measure {
                found = try index.search(query, count: count, metric: .cosine, among: allowed)
            }
            // Rows may be in another order in the file than in the snapshot: they are called by their numbers.
            return Answer(rows: found.compactMap { Int($0.id) }, milliseconds: duration / .milliseconds(1))
        }
    }

    func run() throws {
        let folder = files ?? NSTemporaryDirectory() + "vitrine-bench-\(getpid())"
        defer { if files == nil { try? FileManager.default.removeItem(atPath: folder) } }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let origin = SnapshotOrigin(catalog: "bench", model: "bench", dimension: dimension)
        let path = folder + "/bench.vectors"
        if (try? VectorSnapshot(path: path, origin: origin)) == nil { try write(path, origin) }

        var start = ContinuousClock.now
        let snapshot = try VectorSnapshot(path: path, origin: origin)
        let graphPath = folder + "/bench.graph"
        var graph = index == .hnsw ? try? NeighborGraph(path: graphPath, snapshot: snapshot) : nil
        let loaded = ContinuousClock.now - start
        var built: Double?
        if index == .hnsw, graph == nil {
            start = ContinuousClock.now
            graph = try NeighborGraph.make(
                of: snapshot.table, parameters: NeighborGraph.Parameters(degree: degree, width: construction))
            built = (ContinuousClock.now - start) / .seconds(1)
            try graph?.write(path: graphPath, snapshot: snapshot)
        }
        let sizes = [path, graphPath].map { path in
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        }
        try answer(
            Answer(
                loaded: snapshot.table.count, loadSeconds: loaded / .seconds(1), buildSeconds: built,
                snapshotBytes: sizes.reduce(0, +), residentBytes: Self.residentBytes()))
        try converse(Session(table: snapshot.table, graph: graph))
    }

    private func converse(_ start: Session) throws {
        var session = start
        let queries = try queries.map { try Data(contentsOf: URL(fileURLWithPath: $0), options: .alwaysMapped) }
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch (words.first, words.last.flatMap(Int.init)) {
            case ("search", let row?) where 0..<session.table.count ~= row:
                // Identifiers are the numbers of rows, so they lie in the order of their digits.
                guard let place = session.table.row(of: String(row)) else { throw ValidationError("no row \(row)") }
                try answer(try session.search(session.table.vector(row: place), count: count))
            case ("query", let row?):
                let size = dimension * MemoryLayout<Float>.size
                guard let queries, row >= 0, (row + 1) * size <= queries.count else {
                    throw ValidationError("no query \(row)")
                }
                let bytes = queries[row * size..<(row + 1) * size]
                let query = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
                try answer(try session.search(query, count: count))
            case ("width", let width?) where width > 0:
                session.width = width
                try answer(Answer(done: true))
            case ("allowed", _):
                session.allowed = try words.last.flatMap { try $0 == "-" ? nil : allowed($0, of: session.table) }
                try answer(Answer(done: true))
            case ("memory", _):
                try answer(Answer(residentBytes: Self.residentBytes()))
            default:
                throw ValidationError("unknown command: \(line)")
            }
        }
    }

    private func allowed(_ path: String, of table: VectorTable) throws -> RowSet {
        var rows = RowSet(capacity: table.count)
        for (row, isAllowed) in try Data(contentsOf: URL(fileURLWithPath: path)).enumerated() where isAllowed != 0 {
            if let place = table.row(of: String(row)) { rows.insert(place) }
        }
        return rows
    }

    private func write(_ path: String, _ origin: SnapshotOrigin) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: vectors), options: .alwaysMapped)
        let size = dimension * MemoryLayout<Float>.size
        guard dimension > 0, data.count.isMultiple(of: size) else {
            throw ValidationError("The file does not hold vectors of \(dimension) numbers.")
        }
        let count = data.count / size
        let writer = try VectorSnapshot.Writer(path: path, origin: origin, count: count)
        try data.withUnsafeBytes { bytes in
            for row in 0..<count {
                try writer.append(String(row), UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size]))
            }
        }
        try writer.finish(generation: 1)
    }

    /// Memory of this process that is in use, files that are mapped included.
    private static func residentBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * Int(getpagesize()) }
    }

    private func answer(_ answer: Answer) throws {
        FileHandle.standardOutput.write(try JSONEncoder().encode(answer) + Data("\n".utf8))
    }
}
