import Foundation
import Site
import Synchronization
import Testing

@Suite("Result store")
struct ResultStoreTests {
    private static func entry(bytes: Int = 100, mark: Float = 0) -> ResultStore.Entry {
        ResultStore.Entry(
            photos: [
                ResultStore.Photo(
                    query: PhotoVector(vector: [mark], isRecognised: true),
                    jpeg: [UInt8](repeating: 1, count: bytes - 4), width: 3, height: 4)
            ], milliseconds: 1)
    }

    /// A clock that tests move.
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    @Test("gives back what was kept under its token, and nothing under another")
    func keeps() {
        let store = ResultStore()
        let first = store.insert(Self.entry(mark: 1))
        let second = store.insert(Self.entry(mark: 2))
        #expect(store.entry(first)?.together.vector == [1])
        #expect(store.entry(second)?.together.vector == [2])
        #expect(store.entry("AAAAAAAAAAAAAAAAAAAAAA") == nil)
        #expect(store.entry("") == nil)
    }

    @Test("tokens are 128 bits in base64url, all different")
    func tokens() {
        let store = ResultStore(limits: .init(count: 10))
        let tokens = (0..<2000).map { _ in store.insert(Self.entry()) }
        #expect(Set(tokens).count == 2000)
        for token in tokens {
            #expect(token.count == 22)
            #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
            // 22 characters carry 132 bits; the four that are too many are zero.
            #expect("AQgw".contains(token.last ?? " "))
        }
        #expect(Set(tokens.compactMap(\.first)).count == 64)
    }

    @Test("forgets what was looked at longest ago when the count is reached")
    func boundsCount() {
        let store = ResultStore(limits: .init(count: 3))
        let tokens = (0..<3).map { store.insert(Self.entry(mark: Float($0))) }
        #expect(store.entry(tokens[0]) != nil)
        let fourth = store.insert(Self.entry())
        #expect(store.entry(tokens[1]) == nil)
        #expect(store.entry(tokens[0]) != nil)
        #expect(store.entry(tokens[2]) != nil)
        #expect(store.entry(fourth) != nil)
        #expect(store.usage.count == 3)
    }

    @Test("never holds more bytes than it may")
    func boundsBytes() {
        let store = ResultStore(limits: .init(bytes: 1000))
        for size in [300, 400, 250, 900, 100, 100, 500] {
            let token = store.insert(Self.entry(bytes: size))
            #expect(store.usage.bytes <= 1000)
            #expect(store.entry(token) != nil)
        }
    }

    @Test("forgets a photo when its time since the last look is over, and its bytes with it")
    func expires() {
        let clock = Clock()
        let store = ResultStore(limits: .init(lifetime: .seconds(60)), now: { clock.now })
        let looked = store.insert(Self.entry())
        let ignored = store.insert(Self.entry())
        clock.advance(.seconds(40))
        #expect(store.entry(looked) != nil)
        clock.advance(.seconds(40))
        #expect(store.entry(ignored) == nil)
        #expect(store.entry(looked) != nil)
        clock.advance(.seconds(61))
        store.discardExpired()
        #expect(store.usage.count == 0)
        #expect(store.usage.bytes == 0)
    }

    @Test("a fixed time is over when it is over, however often the result is looked at")
    func expiresFixed() {
        let clock = Clock()
        let store = ResultStore(limits: .init(lifetime: .seconds(60)), now: { clock.now })
        let fixed = store.insert(Self.entry(), lifetime: .fixed(.seconds(100)))
        let renewed = store.insert(Self.entry(), lifetime: .sinceLastUse(.seconds(30)))
        for _ in 0..<3 {
            clock.advance(.seconds(25))
            #expect(store.entry(fixed) != nil && store.entry(renewed) != nil)
        }
        clock.advance(.seconds(25))
        #expect(store.entry(fixed) == nil && store.entry(renewed) != nil)
        clock.advance(.seconds(31))
        store.discardExpired()
        #expect(store.usage.count == 0 && store.usage.bytes == 0)
    }

    @Test("discards at once when asked")
    func discards() {
        let store = ResultStore()
        let token = store.insert(Self.entry())
        store.discard(token)
        store.discard(token)
        #expect(store.entry(token) == nil)
        #expect(store.usage.bytes == 0)
    }

    @Test("stays consistent under many threads")
    func concurrency() {
        let store = ResultStore(limits: .init(count: 50, bytes: 4000))
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<400 {
                let mark = Float(thread * 1000 + round)
                let token = store.insert(Self.entry(mark: mark))
                if let entry = store.entry(token) { #expect(entry.together.vector == [mark]) }
                if round.isMultiple(of: 3) { store.discard(token) }
            }
        }
        #expect(store.usage.count <= 40)
        #expect(store.usage.bytes == store.usage.count * 100)
    }
}
