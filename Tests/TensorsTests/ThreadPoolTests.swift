import Foundation
import Tensors
import Testing

@Suite("Thread pool")
struct ThreadPoolTests {
    /// Counts, from any thread.
    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var counts: [Int]
        private var names: Set<ObjectIdentifier> = []
        private(set) var running = 0
        private(set) var mostRunning = 0
        private let end = ContinuousClock.now + .seconds(60)

        init(_ size: Int) { counts = [Int](repeating: 0, count: size) }

        func add(_ index: Int) { lock.withLock { counts[index] += 1 } }
        func enter() {
            lock.withLock {
                running += 1
                mostRunning = max(mostRunning, running)
                names.insert(ObjectIdentifier(Thread.current))
            }
        }
        func leave() { lock.withLock { running -= 1 } }
        /// Enters and stays until so many have been here at the same time, for a minute at the most.
        func meet(_ count: Int) {
            enter()
            while lock.withLock({ mostRunning < count }), ContinuousClock.now < end { usleep(200) }
            leave()
        }
        var now: Int { lock.withLock { running } }
        var all: [Int] { lock.withLock { counts } }
        var threads: Int { lock.withLock { names.count } }
    }

    /// Runs `body` on so many threads at the same time, and waits for all.
    private func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        let group = DispatchGroup()
        for _ in 0..<count {
            group.enter()
            Thread {
                body()
                group.leave()
            }.start()
        }
        group.wait()
    }

    @Test("every index runs once", arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
    func everyIndexOnce(threads: Int, count: Int) {
        let pool = ThreadPool(threads: threads)
        let counter = Counter(count)
        pool.parallelFor(count) { counter.add($0) }
        #expect(counter.all == [Int](repeating: 1, count: count))
    }

    @Test("a negative count runs nothing")
    func negativeCount() {
        let counter = Counter(1)
        ThreadPool(threads: 2).parallelFor(-3) { _ in counter.add(0) }
        #expect(counter.all == [0])
    }

    @Test("idle threads help a caller that is alone")
    func idleThreadsHelp() {
        let pool = ThreadPool(threads: 3)
        let counter = Counter(1)
        pool.parallelFor(30) { _ in counter.meet(3) }
        #expect(counter.threads == 3)
        #expect(counter.mostRunning == 3)
    }

    @Test("one thread is the caller's own")
    func oneThread() {
        let counter = Counter(1)
        ThreadPool(threads: 1).parallelFor(10) { _ in
            counter.enter()
            counter.leave()
        }
        #expect(counter.threads == 1 && counter.mostRunning == 1)
    }

    @Test("loops within loops finish, with each index once", arguments: [1, 2, 5])
    func nestedLoops(threads: Int) {
        let pool = ThreadPool(threads: threads)
        let counter = Counter(6 * 5 * 4)
        pool.parallelFor(6) { i in
            pool.parallelFor(5) { j in
                pool.parallelFor(4) { k in counter.add((i * 5 + j) * 4 + k) }
            }
        }
        #expect(counter.all == [Int](repeating: 1, count: 120))
    }

    @Test("nested loops keep to the number of threads")
    func nestedLoopsKeepTheLimit() {
        let pool = ThreadPool(threads: 2)
        let counter = Counter(1)
        pool.parallelFor(4) { _ in
            pool.parallelFor(6) { _ in
                counter.enter()
                usleep(500)
                counter.leave()
            }
        }
        #expect(counter.mostRunning <= 2)
    }

    @Test("between the loops of work that computes, no thread helps others beyond the number of threads")
    func computingKeepsItsCore() {
        let pool = ThreadPool(threads: 2)
        let (arrived, counter) = (Counter(1), Counter(1))
        // They wait for each other, and a queue may run one after the other.
        onThreads(2) {
            pool.computing {
                arrived.enter()
                while arrived.now < 2 { usleep(100) }
                for _ in 0..<20 {
                    // Computing outside of a loop counts too.
                    counter.enter()
                    usleep(500)
                    counter.leave()
                    pool.parallelFor(2) { _ in
                        counter.enter()
                        usleep(200)
                        counter.leave()
                    }
                }
            }
        }
        #expect(counter.mostRunning <= 2)
    }

    @Test("idle threads help the loops of work that computes, and of what comes after it, also when it throws")
    func computingIsHelped() {
        struct Stop: Error {}
        let pool = ThreadPool(threads: 3)
        for _ in 0..<3 {
            let counter = Counter(1)
            #expect(throws: Stop.self) {
                try pool.computing {
                    pool.computing {
                        pool.parallelFor(30) { _ in counter.meet(3) }
                    }
                    throw Stop()
                }
            }
            #expect(counter.threads == 3 && counter.mostRunning == 3)
        }
    }

    @Test("a pool can be used within another's loop")
    func poolWithinPool() {
        let (outer, inner) = (ThreadPool(threads: 2), ThreadPool(threads: 2))
        let counter = Counter(40)
        outer.parallelFor(4) { i in inner.parallelFor(10) { counter.add(i * 10 + $0) } }
        outer.parallelFor(1) { _ in }
        #expect(counter.all == [Int](repeating: 1, count: 40))
    }

    @Test("many callers at once get their own loops done, over and over")
    func manyCallers() {
        let pool = ThreadPool(threads: 2)
        let callers = 8
        let rounds = 200
        let counter = Counter(callers * 5)
        DispatchQueue.concurrentPerform(iterations: callers) { caller in
            for _ in 0..<rounds { pool.parallelFor(5) { counter.add(caller * 5 + $0) } }
        }
        #expect(counter.all == [Int](repeating: rounds, count: callers * 5))
    }

    @Test("when a loop returns, all its writes can be read")
    func writesAreSeen() {
        let pool = ThreadPool(threads: 4)
        var values = [Int](repeating: 0, count: 64)
        for round in 1...300 {
            values.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                pool.parallelFor(64) { start[$0] = round }
            }
            guard values.allSatisfy({ $0 == round }) else {
                Issue.record("round \(round) is not complete")
                return
            }
        }
    }
}
