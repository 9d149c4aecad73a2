/// A few threads and a short queue for work that takes milliseconds.
///
/// Bounded: a place is reserved before anything is suspended, so that a full pool is known in time to say so.
package final class ComputePool: Sendable {
    package typealias Job = @Sendable () -> Void

    private struct State {
        var queue: [Job] = []
        /// Reserved, queued and running.
        var taken = 0
        var running = 0
        var isStopped = false
    }

    private let state: Guarded<State>
    private let places: Int
    private let depthChanged: @Sendable (Int) -> Void

    /// A pool of `threads` threads, with room for `capacity` more jobs that wait.
    ///
    /// - Parameters:
    ///   - name: what the threads are called.
    ///   - threads: how many run jobs, at least one.
    ///   - capacity: how many jobs may wait.
    ///   - depthChanged: told how many jobs wait, each time that changes; under the pool's lock, so that the last
    ///     call is right, and must be quick.
    package init(
        name: String = "compute", threads: Int, capacity: Int,
        depthChanged: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        let threads = max(threads, 1)
        let state = Guarded(State())
        self.state = state
        places = threads + max(capacity, 0)
        self.depthChanged = depthChanged
        for index in 0..<threads {
            WorkerThread(name: "\(name)-\(index)") { Self.run(state, depthChanged) }?.detach()
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
        state.withLock { state in
            if state.isStopped {
                state.taken -= 1
            } else {
                state.queue.append(job)
                depthChanged(state.queue.count)
            }
        }
        state.signalOne()
    }

    /// Drops what waits and lets the threads end with what they run.
    package func stop() {
        // Freed outside the lock: a job may hold the last reference to anything.
        let dropped = state.withLock { state -> [Job] in
            state.isStopped = true
            let dropped = state.queue
            state.taken -= dropped.count
            state.queue = []
            if !dropped.isEmpty { depthChanged(0) }
            return dropped
        }
        state.signalAll()
        withExtendedLifetime(dropped) {}
    }

    private static func run(_ state: Guarded<State>, _ depthChanged: @Sendable (Int) -> Void) {
        while true {
            let next = state.wait(until: nil) { state -> Job?? in
                if state.isStopped { return .some(nil) }
                guard !state.queue.isEmpty else { return nil }
                let job = state.queue.removeFirst()
                state.running += 1
                depthChanged(state.queue.count)
                return job
            }
            guard let job = next ?? nil else { return }
            job()
            state.withLock { state in
                state.running -= 1
                state.taken -= 1
            }
        }
    }
}
