import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import Recommender
import Synchronization
import Tensors
import VectorSearch

/// Embeds photos that are queued in databases. Any number of workers on any machines do so beside each other: each photo is
/// taken by one, and what one has not finished when it dies goes back to the others.
public struct QueueWorker: Sendable {
    /// What a worker did.
    public struct Report: Sendable, Equatable {
        /// Photos embedded.
        public internal(set) var embedded = 0
        /// Photos that cannot be.
        public internal(set) var failed = 0
        /// Seconds it took.
        public internal(set) var seconds = 0.0
        /// Whether it was stopped before the queue was empty.
        public internal(set) var stopped = false
        /// Why it ended though photos may wait in a database that stayed away; the others' are embedded.
        public internal(set) var problem: PostgresError?
    }

    /// What was done with some photos of each shard.
    struct Step {
        var embedded = 0
        var failed = 0
        /// Photos that wait, in the databases that are there.
        var waiting = 0
        /// Why a shard was left out.
        var problem: PostgresError?
    }

    private let shards: ShardSet
    private let model: EmbeddingModel
    private let kind: IndexKind
    private let batch: Int

    /// Bytes of photos that are in memory at once.
    private static let mostBytes = 64 << 20

    /// A worker.
    ///
    /// - Parameters:
    ///   - shards: the databases.
    ///   - model: what embeds; a database that holds another model's vectors is refused.
    ///   - kind: which index the databases are to have in the end.
    ///   - batch: how many photos are taken at a time.
    public init(_ shards: ShardSet, model: EmbeddingModel, kind: IndexKind = .auto, batch: Int = 32) {
        self.shards = shards
        self.model = model
        self.kind = kind
        self.batch = batch
    }

    /// Embeds until nothing waits any more, or for ever. A database that is away does not keep photos of the others waiting.
    ///
    /// - Parameters:
    ///   - follows: whether to wait for more when nothing waits, and for databases that are away for however long.
    ///   - shouldStop: asked between batches.
    ///   - progress: called after every batch with how many photos were embedded and how many wait.
    ///   - trouble: told what went wrong and is tried again.
    /// - Returns: what was done.
    /// - Throws: ``PostgresError`` that will not go away by itself.
    public func run(
        follows: Bool = false, shouldStop: () -> Bool = { false },
        progress: (_ embedded: Int, _ waiting: Int) -> Void = { _, _ in }, trouble: (PostgresError) -> Void = { _ in }
    ) throws -> Report {
        let start = ContinuousClock.now
        var report = Report()
        var isNew = false
        var failures = 0
        while true {
            if shouldStop() {
                report.stopped = true
                break
            }
            var step = try step()
            report.embedded += step.embedded
            report.failed += step.failed
            isNew = isNew || step.embedded > 0
            let isEmpty = step.embedded + step.failed == 0 && step.waiting == 0
            if isEmpty, isNew, step.problem == nil {
                do {
                    try finish()
                    isNew = false
                } catch let error as PostgresError where error.isTemporary {
                    step.problem = error
                } catch let error as PostgresError where follows {
                    // Photos that come are embedded all the same, and then it is tried again.
                    trouble(error)
                    isNew = false
                }
            }
            if let problem = step.problem { trouble(problem) }
            if step.embedded + step.failed > 0 {
                progress(report.embedded, step.waiting)
                continue
            }
            if let problem = step.problem {
                // A database that is started anew takes some seconds. What another worker has is worth waiting for.
                failures += step.waiting == 0 ? 1 : 0
                guard follows || failures <= 30 else {
                    report.problem = problem
                    break
                }
                Thread.sleep(forTimeInterval: 1)
                continue
            }
            failures = 0
            if isEmpty, !follows { break }
            // What another worker has may come back if that one dies.
            Thread.sleep(forTimeInterval: follows ? 1 : 0.1)
        }
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return report
    }

    /// Embeds some photos of each shard that is there.
    func step() throws(PostgresError) -> Step {
        var step = Step()
        for catalog in shards.catalogs {
            do throws(PostgresError) {
                try catalog.claim(PostgresCatalog.Model(model))
                let done = try catalog.workOff(batch, bytes: Self.mostBytes) { photos throws(PostgresError) in
                    embed(photos.map(\.bytes))
                }
                step.embedded += done.embedded
                step.failed += done.failed
                step.waiting += try catalog.queueCounts().waiting
            } catch {
                guard error.isTemporary else { throw error }
                step.problem = step.problem ?? catalog.named(error)
            }
        }
        return step
    }

    /// Recognises products, and makes the index of the vectors if it is time.
    func finish() throws {
        try ProductRenewal(shards).renew()
        for catalog in shards.catalogs { _ = try catalog.makeIndex(kind) }
    }

    private func embed(_ photos: [[UInt8]]) -> [QueueOutcome] {
        var outcomes = [QueueOutcome](repeating: .unusable("it was not looked at"), count: photos.count)
        // Some photos at a time on each core.
        let size = min(model.batchSize, max(1, photos.count / ThreadPool.shared.threads))
        outcomes.withUnsafeMutableBufferPointer { outcomes in
            ThreadPool.shared.parallelFor((photos.count + size - 1) / size) { piece in
                let places = piece * size..<min(piece * size + size, photos.count)
                var decoded: [(place: Int, planes: [Float])] = []
                for place in places {
                    do throws(ImageError) {
                        let image = try ImageDecoder.decode(photos[place], minimumSide: model.decodeSide)
                        decoded.append((place, model.planes(of: image)))
                    } catch {
                        outcomes[place] = .unusable(error.message)
                    }
                }
                do {
                    for ((place, _), vector) in zip(decoded, try model.embed(batch: decoded.map(\.planes))) {
                        switch vector {
                        case .success(let vector): outcomes[place] = .embedded(vector)
                        case .failure(let error): outcomes[place] = .unusable("\(error)")
                        }
                    }
                } catch {
                    for (place, _) in decoded { outcomes[place] = .unusable("\(error)") }
                }
            }
        }
        return outcomes
    }
}
