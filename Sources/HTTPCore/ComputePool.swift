/// A few threads and a short queue for work that takes milliseconds.
///
/// Bounded: a place is reserved before anything is suspended, so that a full pool is known in time to say so.
package final class ComputePool: Sendable {
    package typealias Job = @Sendable () -> Void

    private struct State {
        var queue: [Job] = []
        /// Reserved, queued and running.
        var taken = 0
        var isStopped = false

        /// The first job that waits, and how many are left.
        mutating func takeJob() -> (job: Job, depth: Int)? {
            guard !isStopped, !queue.isEmpty else { return nil }
            return (queue.removeFirst(), queue.count)
        }
    }

    private let state: Guarded<State>
    private let places: Int
    private let depthChanged: @Sendable (Int) -> Void

    /// A pool of `threads` threads, with room for `capacity` more jobs that wait.
    ///
    /// - Parameters:
    ///   - threads: how many run jobs, at least one.
    ///   - capacity: how many jobs may wait.
    ///   - depthChanged: told how many jobs wait, each time that changes.
    ///   - scope: called on a thread that has something to do; has to call what it is given, once.
    package init(
        threads: Int, capacity: Int, depthChanged: @escaping @Sendable (Int) -> Void = { _ in },
        scope: @escaping @Sendable (() -> Void) -> Void = { $0() }
    ) {
        let threads = max(threads, 1)
        let state = Guarded(State())
        self.state = state
        places = threads + max(capacity, 0)
        self.depthChanged = depthChanged
        for index in 0..<threads {
            WorkerThread(name: "compute-\(index)") { Self.run(state, scope, depthChanged) }?.detach()
        }
    }

    /// Takes a place, or says that none is left.
    package func reserve() -> Bool {
        state.withLock { state in
            guard state.taken < places, !state.isStopped else { return false }
            state.taken += 1
            return true
        }
    }

    /// Queues a job in a place that was reserved.
    package func submit(_ job: @escaping Job) {
        let depth = state.withLock { state -> Int in
            if state.isStopped {
                state.taken -= 1
            } else {
                state.queue.append(job)
            }
            return state.queue.count
        }
        state.signalAll()
        depthChanged(depth)
    }

    /// Drops what waits and lets the threads end with what they run.
    package func stop() {
        let dropped = state.withLock { state -> [Job] in
            state.isStopped = true
            let dropped = state.queue
            state.taken -= dropped.count
            state.queue = []
            return dropped
        }
        state.signalAll()
        if !dropped.isEmpty { depthChanged(0) }
    }

    private static func run(
        _ state: Guarded<State>, _ scope: @escaping @Sendable (() -> Void) -> Void,
        _ depthChanged: @escaping @Sendable (Int) -> Void
    ) {
        // Waits outside of the scope; within it, one job follows another for as long as there are any.
        while state.wait(until: nil, { $0.isStopped || !$0.queue.isEmpty ? $0.isStopped : nil }) == false {
            scope {
                while let next = state.withLock({ $0.takeJob() }) {
                    depthChanged(next.depth)
                    next.job()
                    state.withLock { $0.taken -= 1 }
                }
            }
        }
    }
}
