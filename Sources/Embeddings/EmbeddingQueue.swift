import Foundation

/// Brings photos that are asked for at the same time to the network together.
///
/// A few threads embed, one photo each as long as there are no more. When more wait, a thread takes some of them
/// together: a batch takes less time than its photos one by one, because the weights are read once. Nobody waits for a
/// batch to fill. Safe to use from many threads.
package final class EmbeddingQueue<Output: Sendable>: Sendable {
    package typealias Embed = @Sendable ([[Float]]) throws -> [Result<Output, EmbeddingError>]

    private let state: State<Output>

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
        let state = State<Output>(largestBatch: max(largestBatch, 1))
        self.state = state
        for number in 0..<max(threads, 1) {
            let thread = Thread { state.run(scope, embed) }
            thread.name = "embed-\(number)"
            thread.start()
        }
    }

    deinit { state.stop() }

    /// How many photos wait for a thread at the moment.
    package var waiting: Int { state.count }

    /// Embeds one photo, and waits for it.
    ///
    /// - Parameter planes: what `EmbeddingModel.planes(of:)` gives.
    /// - Returns: what embedding makes of the photo.
    /// - Throws: what embedding throws.
    package func embed(planes: [Float]) throws -> Output {
        let photo = Photo<Output>(planes)
        state.add(photo)
        photo.done.wait()
        guard let outcome = photo.outcome else { preconditionFailure("a photo that is done has an outcome") }
        return try outcome.get()
    }
}

/// A photo that somebody waits for. The outcome is written before the semaphore is signalled, and read after.
private final class Photo<Output: Sendable>: @unchecked Sendable {
    let planes: [Float]
    let done = DispatchSemaphore(value: 0)
    var outcome: Result<Output, any Error>?

    init(_ planes: [Float]) { self.planes = planes }
}

/// What the threads share. They hold this and not the queue, so that the queue can go while they sleep.
private final class State<Output: Sendable>: @unchecked Sendable {
    private let largestBatch: Int
    private let condition = NSCondition()
    private var waiting: [Photo<Output>] = []
    private var isStopped = false

    init(largestBatch: Int) {
        self.largestBatch = largestBatch
    }

    var count: Int { condition.withLock { waiting.count } }

    func add(_ photo: Photo<Output>) {
        condition.withLock { waiting.append(photo) }
        condition.signal()
    }

    func stop() {
        condition.withLock { isStopped = true }
        condition.broadcast()
    }

    /// The life of a thread.
    func run(_ scope: @escaping (() -> Void) -> Void, _ embed: @escaping EmbeddingQueue<Output>.Embed) {
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

    private func takeBatch() -> [Photo<Output>] {
        condition.withLock {
            let count = min(largestBatch, waiting.count)
            defer { waiting.removeFirst(count) }
            return Array(waiting[..<count])
        }
    }

    private static func outcomes(_ batch: [Photo<Output>], _ embed: EmbeddingQueue<Output>.Embed) -> [Result<
        Output, any Error
    >] {
        do {
            let results = try embed(batch.map(\.planes))
            precondition(results.count == batch.count, "a result for each photo")
            return results.map { $0.mapError { $0 } }
        } catch {
            return batch.map { _ in .failure(error) }
        }
    }
}
