internal import CKernels

/// Floats in memory aligned to a cache line (64 bytes), freed with the object.
///
/// Large ones ask for huge pages, where the system has them for the asking: reading weights that no cache holds is half as
/// fast again with 2 MiB pages as with 4 KiB ones.
///
/// Whoever shares one between threads sees to it that nobody writes to what another reads; the layers here only write
/// to regions of their own.
public final class FloatBuffer: @unchecked Sendable {
    /// Alignment in bytes: a cache line, and the widest vector register.
    public static let alignment = 64
    private static let hugePage = 1 << 21

    /// How many floats there are.
    public let count: Int
    /// The first of them.
    public let pointer: UnsafeMutablePointer<Float>

    /// A buffer whose content is arbitrary until it is written.
    public init(uninitialized count: Int) {
        precondition(count >= 0, "a buffer has no negative length")
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        let isLarge = bytes >= Self.hugePage
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: bytes, alignment: isLarge ? Self.hugePage : Self.alignment)
        if isLarge { vk_advise_huge_pages(memory, bytes) }
        pointer = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    /// A buffer of zeros.
    public convenience init(count: Int) {
        self.init(uninitialized: count)
        pointer.update(repeating: 0, count: count)
    }

    /// A buffer with a copy of `values`.
    public convenience init(_ values: some Collection<Float>) {
        self.init(uninitialized: values.count)
        _ = UnsafeMutableBufferPointer(start: pointer, count: count).update(fromContentsOf: values)
    }

    deinit {
        UnsafeMutableRawPointer(pointer).deallocate()
    }

    /// A copy of the floats.
    public var values: [Float] {
        Array(UnsafeBufferPointer(start: pointer, count: count))
    }
}
