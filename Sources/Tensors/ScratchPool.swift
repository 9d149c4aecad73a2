import Foundation

/// Working memory that is lent and taken back, so that computing allocates nothing once it is warm.
///
/// It holds as many buffers as were ever lent at the same time. Safe to use from many threads.
public final class ScratchPool: @unchecked Sendable {
    private let lock = NSLock()
    private var free: [FloatBuffer] = []

    /// An empty pool.
    public init() {}

    /// Runs `body` with at least `count` floats, whose content is arbitrary, aligned like a ``FloatBuffer``.
    public func withFloats<Result, Failure: Error>(
        _ count: Int, _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let buffer = take(count)
        defer { giveBack(buffer) }
        return try body(buffer.pointer)
    }

    private func take(_ count: Int) -> FloatBuffer {
        lock.lock()
        // The buffer lent last is the one most likely still in this core's cache.
        let buffer = free.popLast()
        lock.unlock()
        if let buffer, buffer.count >= count { return buffer }
        return FloatBuffer(uninitialized: count)
    }

    private func giveBack(_ buffer: FloatBuffer) {
        lock.lock()
        free.append(buffer)
        lock.unlock()
    }
}
