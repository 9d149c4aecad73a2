/// Bytes of a file, read with a check at every step: outside there is `nil`, never a crash.
struct ByteView {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    func byte(at offset: Int) -> UInt8? {
        offset >= 0 && offset < bytes.count ? bytes[offset] : nil
    }

    func bigEndian16(at offset: Int) -> UInt16? {
        has(2, at: offset) ? UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) : nil
    }

    func littleEndian16(at offset: Int) -> UInt16? {
        bigEndian16(at: offset)?.byteSwapped
    }

    func bigEndian32(at offset: Int) -> UInt32? {
        has(4, at: offset) ? UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) : nil
    }

    func littleEndian32(at offset: Int) -> UInt32? {
        bigEndian32(at: offset)?.byteSwapped
    }

    /// A part, or `nil` where it would not lie wholly inside.
    func slice(at offset: Int, count: Int) -> ByteView? {
        has(count, at: offset) ? ByteView(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])) : nil
    }

    /// Bytes as text, one character a byte.
    func text(at offset: Int, count: Int) -> String? {
        guard has(count, at: offset) else { return nil }
        return String(String.UnicodeScalarView(bytes[offset..<(offset + count)].map { Unicode.Scalar($0) }))
    }

    /// The first bytes, at most `count`.
    func prefixBytes(_ count: Int) -> UnsafeRawBufferPointer.SubSequence { bytes.prefix(count) }

    func starts(with prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }

    func starts(with prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }

    func has(_ text: String, at offset: Int) -> Bool {
        has(text.utf8.count, at: offset) && bytes[offset...].starts(with: text.utf8)
    }

    private func has(_ count: Int, at offset: Int) -> Bool {
        count >= 0 && offset >= 0 && offset <= bytes.count && count <= bytes.count - offset
    }
}
