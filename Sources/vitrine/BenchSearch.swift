import ArgumentParser
import Foundation
import VectorSearch

/// This engine's side of `make bench-search`: a process that stays, and searches as it is told to.
///
/// Commands are lines on standard input, each answered by a line of JSON:
/// - `search I`: the rows nearest to vector `I`, and the milliseconds that it took.
struct BenchSearch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the search alone, on commands from standard input.", shouldDisplay: false)

    @Argument(help: "File of float32 vectors, row by row.")
    var vectors: String

    @Option(help: "Numbers of a vector.")
    var dimension: Int

    @Option(name: .customShort("k"), help: "How many neighbours.")
    var count = 5

    private struct Answer: Encodable {
        var rows: [Int]?
        var milliseconds: Double?
        var loaded: Int?
    }

    func run() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: vectors))
        let floats = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        guard dimension > 0, floats.count.isMultiple(of: dimension) else {
            throw ValidationError("The file does not hold vectors of \(dimension) numbers.")
        }
        let index = try ExactIndex(
            dimension: dimension, ids: (0..<floats.count / dimension).map(String.init), vectors: floats)
        try answer(Answer(loaded: index.count))
        while let line = readLine() {
            let words = line.split(separator: " ")
            guard words.first == "search", words.count == 2, let row = Int(words[1]), 0..<index.count ~= row else {
                throw ValidationError("unknown command: \(line)")
            }
            let query = index.vector(row: row)
            var found: [Neighbor] = []
            let duration = try ContinuousClock().measure {
                found = try index.search(query, count: count, metric: .cosine, among: nil)
            }
            try answer(Answer(rows: found.map(\.row), milliseconds: duration / .milliseconds(1)))
        }
    }

    private func answer(_ answer: Answer) throws {
        FileHandle.standardOutput.write(try JSONEncoder().encode(answer) + Data("\n".utf8))
    }
}
