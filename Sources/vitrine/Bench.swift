import ArgumentParser
import Embeddings
import Foundation
import ImageCodecs
import NeuralNet
import Tensors

/// One side of `make bench`: a process that stays, and measures what it is told to.
///
/// Commands are lines on standard input, each answered by a line of JSON:
/// - `load FILE`: decodes a picture, brings it to the network's input and keeps it.
/// - `planes I`: the values of picture `I`, counted from 0, at the network's input, plane after plane.
/// - `embed I`: the embedding of picture `I`.
/// - `latency N`: milliseconds of each of `N` runs of the network on one picture, in turn.
/// - `throughput N`: seconds for `N` pictures at once.
/// - `singles N`: seconds for `N` pictures, one at a time for each thread.
/// - `layers N`: where the time of `N` runs on one picture in turn goes; needs `--profile`, which costs a little.
/// - `read FILE`: keeps the bytes of a picture.
/// - `decode N`: milliseconds of each of `N` times from the bytes of a picture that was read, in turn, to the network's
///   input.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the network alone, on commands from standard input.", shouldDisplay: false)

    @OptionGroup var model: ModelOptions

    @Option(help: "How many threads compute.")
    var threads = 2

    @Flag(help: "Measure each layer.")
    var profile = false

    func validate() throws {
        guard 1...1024 ~= threads else { throw ValidationError("--threads is a number from 1 to 1024.") }
    }

    func run() throws {
        let pool = ThreadPool(threads: threads)
        let profile = profile ? LayerProfile() : nil
        let loaded = try EmbeddingModel(
            SafetensorsFile(path: model.path()), precision: model.precision, pool: pool, profile: profile)
        var session = BenchSession(model: loaded, pool: pool, profile: profile)
        try Self.answer(BenchAnswer(dimension: session.model.dimension))
        while let line = readLine() {
            do {
                try Self.answer(try session.execute(line))
            } catch {
                try Self.answer(BenchAnswer(error: Failure(error).message))
            }
        }
    }

    private static func answer(_ answer: BenchAnswer) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        FileHandle.standardOutput.write(try encoder.encode(answer) + Data("\n".utf8))
    }
}

/// What was loaded, and the commands on it.
private struct BenchSession {
    let model: EmbeddingModel
    let pool: ThreadPool
    let profile: LayerProfile?
    var pictures: [[Float]] = []
    var files: [[UInt8]] = []

    mutating func execute(_ line: String) throws -> BenchAnswer {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { throw Failure("a command and its argument are expected, not: \(line)") }
        if words[0] == "load" {
            pictures.append(try planes(of: try readPhoto(words[1])))
            return BenchAnswer(pictures: pictures.count)
        }
        if words[0] == "read" {
            files.append(try readPhoto(words[1]))
            return BenchAnswer(pictures: files.count)
        }
        if words[0] == "decode", let number = Int(words[1]), 0...1_000_000 ~= number, !files.isEmpty {
            return BenchAnswer(
                milliseconds: try (0..<number).map { turn in
                    try time { _ = try planes(of: files[turn % files.count]) } * 1000
                })
        }
        guard let number = Int(words[1]), 0...1_000_000 ~= number, !pictures.isEmpty else {
            throw Failure("a number and loaded pictures are needed for: \(line)")
        }
        switch words[0] {
        case "planes":
            return BenchAnswer(planes: pictures[number % pictures.count])
        case "embed":
            return BenchAnswer(embedding: try model.embed(planes: pictures[number % pictures.count]))
        case "latency":
            return BenchAnswer(
                milliseconds: try (0..<number).map { turn in
                    try time { _ = try model.embed(planes: pictures[turn % pictures.count]) } * 1000
                })
        case "throughput":
            return BenchAnswer(
                seconds: try time {
                    // As the indexer does it.
                    _ = try model.embed(count: number) { pictures[$0 % pictures.count] }
                })
        case "singles":
            return BenchAnswer(seconds: try time { try embedSingles(number) })
        case "layers":
            guard let profile else { throw Failure("layers needs --profile") }
            _ = profile.take()
            let seconds = try time {
                for turn in 0..<number { _ = try model.embed(planes: pictures[turn % pictures.count]) }
            }
            return BenchAnswer(seconds: seconds, layers: profile.take().map(LayerAnswer.init))
        default:
            throw Failure("unknown command: \(words[0])")
        }
    }

    private func planes(of bytes: [UInt8]) throws -> [Float] {
        model.planes(of: try ImageDecoder.decode(bytes, minimumSide: model.decodeSide))
    }

    /// As a server with many visitors does it.
    private func embedSingles(_ count: Int) throws {
        var outcomes = [Result<Void, any Error>](repeating: .success(()), count: count)
        outcomes.withUnsafeMutableBufferPointer { outcomes in
            guard let outcomes = outcomes.baseAddress else { return }
            pool.parallelFor(count) { index in
                outcomes[index] = Result { _ = try model.embed(planes: pictures[index % pictures.count]) }
            }
        }
        for outcome in outcomes { try outcome.get() }
    }

    private func time(_ work: () throws -> Void) throws -> Double {
        try ContinuousClock().measure(work) / .seconds(1)
    }
}

/// A line of answer: one of its values.
private struct BenchAnswer: Encodable {
    var dimension: Int?
    var pictures: Int?
    var planes: [Float]?
    var embedding: [Float]?
    var milliseconds: [Double]?
    var seconds: Double?
    var layers: [LayerAnswer]?
    var error: String?
}

/// The sums of one kind of layer.
private struct LayerAnswer: Encodable {
    let kind: String
    let runs: Int
    let seconds: Double
    let multiplyAdds: Int

    init(_ entry: LayerProfile.Entry) {
        kind = entry.kind
        runs = entry.runs
        seconds = entry.duration / .seconds(1)
        multiplyAdds = entry.multiplyAdds
    }
}
