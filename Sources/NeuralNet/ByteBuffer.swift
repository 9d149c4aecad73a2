import Tensors

/// Bytes in memory aligned to a cache line, never written after they were made.
struct ByteBuffer: Sendable {
    /// Has the alignment, and huge pages where they help.
    private let memory: FloatBuffer

    init(count: Int, filledWith value: UInt8) {
        memory = FloatBuffer(uninitialized: (count + 3) / 4)
        pointer.update(repeating: value, count: count)
    }

    var pointer: UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: UInt8.self)
    }

    var integers: UnsafeMutablePointer<Int32> {
        UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Int32.self)
    }

    var signed: UnsafeMutablePointer<Int8> {
        UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Int8.self)
    }
}
