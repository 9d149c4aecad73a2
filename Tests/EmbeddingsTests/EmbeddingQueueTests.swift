import Embeddings
import Foundation
import Testing

@Suite("Embedding for many at once")
struct EmbeddingQueueTests {
    /// Counts what goes on at once.
    private final class Watch: @unchecked Sendable {
        private let lock = NSLock()
        private var running = 0
        private var most = 0
        private var batches: [Int] = []

        func enter(_ count: Int) {
            lock.withLock {
                running += 1
                most = max(most, running)
                batches.append(count)
            }
        }
        func leave() { lock.withLock { running -= 1 } }
        var mostRunning: Int { lock.withLock { most } }
        var sizes: [Int] { lock.withLock { batches } }
    }

    @Test("each caller gets its own result, no more embed at once than there are threads, and those that wait share")
    func manyCallers() {
        let watch = Watch()
        let queue = EmbeddingQueue(threads: 2, largestBatch: 4) { batch in
            watch.enter(batch.count)
            defer { watch.leave() }
            usleep(2000)
            return batch.map { planes in
                planes[0] < 0 ? .failure(EmbeddingError.noDirection(model: "\(planes[0])")) : .success([planes[0] * 2])
            }
        }
        DispatchQueue.concurrentPerform(iterations: 16) { caller in
            for round in 0..<10 {
                let value = Float(caller * 100 + round + 1)
                let isRight =
                    round % 5 == 4
                    ? (#expect(throws: EmbeddingError.noDirection(model: "\(-value)")) {
                        try queue.embed(planes: [-value])
                    }) != nil : (try? queue.embed(planes: [value])) == [value * 2]
                #expect(isRight)
            }
        }
        #expect(watch.mostRunning <= 2)
        #expect(watch.sizes.reduce(0, +) == 160)
        #expect(watch.sizes.allSatisfy { 1...4 ~= $0 })
    }

    @Test("photos that come while all threads are busy are embedded together, in their order")
    func batches() throws {
        let (watch, begun, go) = (Watch(), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let queue = EmbeddingQueue(threads: 1, largestBatch: 3) { batch in
            watch.enter(batch.count)
            begun.signal()
            go.wait()
            return batch.map { .success($0) }
        }
        let group = DispatchGroup()
        func call(_ value: Float) {
            let thread = Thread {
                #expect((try? queue.embed(planes: [value])) == [value])
                group.leave()
            }
            group.enter()
            thread.start()
        }
        call(0)
        begun.wait()
        for value in 1...5 { call(Float(value)) }
        let end = ContinuousClock.now + .seconds(60)
        while queue.waiting < 5, ContinuousClock.now < end { usleep(1000) }
        #expect(queue.waiting == 5)
        for _ in 0..<3 { go.signal() }
        #expect(group.wait(timeout: .now() + 60) == .success)
        #expect(watch.sizes == [1, 3, 2])
    }

    @Test("an error of the whole batch reaches all of it, and the queue goes on")
    func batchError() {
        struct Broken: Error {}
        let queue = EmbeddingQueue(threads: 1, largestBatch: 8) { batch in
            usleep(1000)
            if batch.contains([13]) { throw Broken() }
            return batch.map { .success($0) }
        }
        DispatchQueue.concurrentPerform(iterations: 8) { caller in
            for round in 0..<10 {
                let planes = [Float(caller + round)]
                if planes == [13] {
                    #expect(throws: Broken.self) { try queue.embed(planes: planes) }
                } else {
                    do { #expect(try queue.embed(planes: planes) == planes) } catch { #expect(error is Broken) }
                }
            }
        }
        #expect((try? queue.embed(planes: [1])) == [1])
    }

    @Test("a model's vectors have the same bits as one by one")
    func sameBits() throws {
        let model = try EmbeddingModel(path: SmallModel.path)
        let planes = (1...9).map { model.planes(of: SmallModel.picture($0)) }
        let expected = try planes.map { try model.embed(planes: $0) }
        let queue = model.makeQueue()
        DispatchQueue.concurrentPerform(iterations: 27) { index in
            #expect((try? queue.embed(planes: planes[index % 9]))?.embedding.vector == expected[index % 9])
        }
    }
}
