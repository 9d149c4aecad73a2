import Foundation

/// Brings photos that are asked for at the same time to the network together.
///
/// A few threads embed, one photo each as long as there are no more. When more wait, a thread takes some of them
/// together: a batch takes less time than its photos one by one, because the weights are read once. Nobody waits for a
/// batch to fill. Safe to use from many threads.
package final class EmbeddingQueue: Sendable {
    package typealias Embed = @Sendable ([[Float]]) throws -> [Result<[Float], EmbeddingError>]

    private let state: State

    /// - Parameters:
    ///   - threads: how many embed at once, one at least.
    ///   - largestBatch: how many photos one of them embeds together, one at least.
    ///   - scope: called on a thread that has photos, and has to call what it is given, once; for one who counts threads
    ///     that compute.
    ///   - embed: gives as many results as it is given photos, in their order.
    package init(
        threads: Int, largestBatch: Int, scope: @escaping @Sendable (() -> Void) -> Void = { $0() },
        embed: @escaping Embed
    ) {
        let state = State(largestBatch: max(largestBatch, 1))
        self.state = state
        for number in 0..<max(threads, 1) {
            let thread = Thread { state.run(scope, embed) }
            thread.name = "embed-\(number)"
            thread.start()
        }
    }

    deinit { state.stop() }

    /// Embeds one photo, and waits for it.
    ///
    /// - Parameter planes: what `EmbeddingModel.planes(of:)` gives.
    /// - Returns: the photo's vector.
    /// - Throws: what embedding throws.
    package func embed(planes: [Float]) throws -> [Float] {
        let photo = Photo(planes)
        state.add(photo)
        photo.done.wait()
        return try photo.outcome.get()
    }
}

/// A photo that somebody waits for. The outcome is written before the semaphore is signalled, and read after.
private final class Photo: @unchecked Sendable {
    let planes: [Float]
    let done = DispatchSemaphore(value: 0)
    var outcome: Result<[Float], any Error> = .success([])

    init(_ planes: [Float]) { self.planes = planes }
}

/// What the threads share. They hold this and not the queue, so that the queue can go while they sleep.
private final class State: @unchecked Sendable {
    private let largestBatch: Int
    private let condition = NSCondition()
    private var waiting: [Photo] = []
    private var isStopped = false

    init(largestBatch: Int) {
        self.largestBatch = largestBatch
    }

    func add(_ photo: Photo) {
        condition.withLock { waiting.append(photo) }
        condition.signal()
    }

    func stop() {
        condition.withLock { isStopped = true }
        condition.broadcast()
    }

    /// The life of a thread.
    func run(_ scope: @escaping (() -> Void) -> Void, _ embed: @escaping EmbeddingQueue.Embed) {
        while waitForPhotos() {
            scope {
                while true {
                    let batch = takeBatch()
                    if batch.isEmpty { return }
                    for (photo, outcome) in zip(batch, Self.outcomes(batch, embed)) {
                        photo.outcome = outcome
                        photo.done.signal()
                    }
                }
            }
        }
    }

    /// False when the queue has gone.
    private func waitForPhotos() -> Bool {
        condition.withLock {
            while waiting.isEmpty, !isStopped { condition.wait() }
            return !isStopped
        }
    }

    private func takeBatch() -> [Photo] {
        condition.withLock {
            let count = min(largestBatch, waiting.count)
            defer { waiting.removeFirst(count) }
            return Array(waiting[..<count])
        }
    }

    private static func outcomes(_ batch: [Photo], _ embed: EmbeddingQueue.Embed) -> [Result<[Float], any Error>] {
        do {
            let results = try embed(batch.map(\.planes))
            precondition(results.count == batch.count, "a result for each photo")
            return results.map { $0.mapError { $0 } }
        } catch {
            return batch.map { _ in .failure(error) }
        }
    }
}
