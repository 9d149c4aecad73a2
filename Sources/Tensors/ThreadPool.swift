import Foundation
import Synchronization

internal import CKernels

/// Threads that share out the pieces of a loop.
///
/// The thread that asks takes part: it works through the pieces of its own loop, and threads of the pool that have
/// nothing to do help it. So one photo alone is computed by all cores; with as many callers as cores, each computes its
/// own. No more than ``threads`` threads compute at a time, unless there are more callers than that. Threads without
/// work watch for more for some tens of microseconds, the time between two layers of a network, and then sleep: to wake
/// one takes as long as a small layer.
///
/// Loops may be started from any number of threads at once, and from within the pieces of another loop. Which thread
/// runs which piece is open; results are the same for any number of threads as long as each piece writes to a region
/// of its own.
public final class ThreadPool: Sendable {
    /// The pool for the whole process: a thread for each core that is available to it.
    public static let shared = ThreadPool(threads: ProcessInfo.processInfo.activeProcessorCount)

    /// How many threads compute at a time, the calling one included.
    public let threads: Int

    private let state: State

    /// A pool of `threads` threads, the calling one counted: with `1`, everything runs on the caller.
    public init(threads: Int) {
        self.threads = max(threads, 1)
        let state = State(threads: self.threads)
        self.state = state
        for number in 1..<max(self.threads, 1) {
            let thread = Thread { state.help() }
            thread.name = "compute-\(number)"
            thread.start()
        }
    }

    deinit {
        state.stop()
    }

    /// Calls `body` once for each of `0..<count`, on this thread and on idle ones of the pool; returns when all are done.
    ///
    /// `body` runs on several threads at once: what it writes must belong to its index alone. Make pieces of 20
    /// microseconds or more, or handing them out costs more than it gains.
    public func parallelFor(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, threads > 1 else {
            for index in 0..<max(count, 0) { body(index) }
            return
        }
        withoutActuallyEscaping(body) { state.run(count, $0) }
    }

    /// Calls `body` with this thread counted as one that computes, between the loops of `body` too.
    ///
    /// Without it, a thread of the pool takes each gap between two loops for a core that is free, goes to help another
    /// caller, and is in the way a moment later. For work of many loops, or of loops and other computing.
    public func computing<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard threads > 1 else { return try body() }
        return try state.computing(body)
    }
}

/// One `parallelFor` under way. Guarded by the pool's monitor, and used again for another when it is over.
private final class Loop {
    var count = 0
    var body: (Int) -> Void = { _ in }
    let finished: Monitor.Condition
    var next = 0
    /// Changed with the monitor locked, watched without.
    let helpers = Atomic(0)

    init(monitor: Monitor) {
        finished = Monitor.Condition(monitor)
    }

    var hasPieces: Bool { next < count }
}

/// What the threads of a pool share. They hold this and not the pool, so that the pool can go while they sleep.
private final class State: @unchecked Sendable {
    let monitor = Monitor()
    private let threads: Int
    private let work: Monitor.Condition
    private var loops: [Loop] = []
    private var spare: [Loop] = []
    private var sleeping = 0
    /// Threads that compute now: callers from outside, and the pool's own that help.
    private var active = 0
    private var stopped = false
    /// How many loops there have been: changed with the monitor locked, watched without.
    private let posted = Atomic(0)

    init(threads: Int) {
        self.threads = threads
        work = Monitor.Condition(monitor)
    }

    private var identity: UnsafeRawPointer { UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// The caller's part.
    func run(_ count: Int, _ body: @escaping (Int) -> Void) {
        let outer = vk_current_pool()
        let isNested = outer == identity
        vk_set_current_pool(identity)
        defer { vk_set_current_pool(outer) }

        monitor.lock()
        if !isNested { active += 1 }
        let loop = spare.popLast() ?? Loop(monitor: monitor)
        (loop.count, loop.body, loop.next) = (count, body, 0)
        loops.append(loop)
        posted.add(1, ordering: .releasing)
        wake(loop.count - 1)
        runPieces(of: loop) { true }
        loops.removeAll { $0 === loop }
        let mustWait = loop.helpers.load(ordering: .relaxed) > 0
        // A thread that waits leaves its core to another; one that goes on computing does not.
        if mustWait || !isNested {
            active -= 1
            if loops.contains(where: \.hasPieces) { wake(1) }
        }
        if mustWait {
            monitor.unlock()
            watch { loop.helpers.load(ordering: .acquiring) == 0 }
            monitor.lock()
            while loop.helpers.load(ordering: .relaxed) > 0 { loop.finished.wait() }
            if isNested { active += 1 }
        }
        loop.body = { _ in }
        spare.append(loop)
        monitor.unlock()
    }

    /// Counts the thread as active for as long as `body` takes; loops within it are nested.
    func computing<Result>(_ body: () throws -> Result) rethrows -> Result {
        let outer = vk_current_pool()
        guard outer != identity else { return try body() }
        vk_set_current_pool(identity)
        monitor.lock()
        active += 1
        monitor.unlock()
        defer {
            monitor.lock()
            active -= 1
            if loops.contains(where: \.hasPieces) { wake(1) }
            monitor.unlock()
            vk_set_current_pool(outer)
        }
        return try body()
    }

    /// The life of one of the pool's threads.
    func help() {
        vk_set_current_pool(identity)
        monitor.lock()
        var mayWatch = true
        while !stopped {
            guard active < threads, let loop = loops.first(where: \.hasPieces) else {
                if mayWatch {
                    let seen = posted.load(ordering: .relaxed)
                    monitor.unlock()
                    mayWatch = watch { posted.load(ordering: .acquiring) != seen }
                    monitor.lock()
                } else {
                    sleeping += 1
                    work.wait()
                    sleeping -= 1
                }
                continue
            }
            mayWatch = true
            active += 1
            loop.helpers.add(1, ordering: .relaxed)
            // A new caller has the first right to a core.
            runPieces(of: loop) { active <= threads }
            active -= 1
            if loop.helpers.subtract(1, ordering: .releasing).newValue == 0 { loop.finished.signal() }
        }
        monitor.unlock()
    }

    func stop() {
        monitor.lock()
        stopped = true
        work.broadcast()
        monitor.unlock()
    }

    /// With the monitor locked before and after, and between the pieces.
    private func runPieces(of loop: Loop, while mayGoOn: () -> Bool) {
        while loop.hasPieces && mayGoOn() {
            let index = loop.next
            loop.next += 1
            monitor.unlock()
            loop.body(index)
            monitor.lock()
        }
    }

    /// Waits for something without sleeping, but not for long.
    ///
    /// - Returns: whether it came.
    @discardableResult
    private func watch(_ hasCome: () -> Bool) -> Bool {
        let start = ContinuousClock.now
        repeat {
            for _ in 0..<16 {
                if hasCome() { return true }
                vk_pause()
            }
        } while ContinuousClock.now - start < .microseconds(80)
        return false
    }

    private func wake(_ wanted: Int) {
        for _ in 0..<max(0, min(wanted, sleeping, threads - active)) { work.signal() }
    }
}
