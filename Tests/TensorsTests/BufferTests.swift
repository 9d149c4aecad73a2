import Tensors
import Testing

@Suite("Float buffers")
struct BufferTests {
    @Test("a buffer is aligned to 64 bytes, whatever its length", arguments: [0, 1, 3, 1000])
    func alignment(count: Int) {
        let buffer = FloatBuffer(count: count)
        #expect(UInt(bitPattern: buffer.pointer).isMultiple(of: 64))
        #expect(buffer.values == [Float](repeating: 0, count: count))
    }

    @Test("a buffer copies what it is made of")
    func copies() {
        #expect(FloatBuffer([1, 2.5, -3]).values == [1, 2.5, -3])
    }

    @Test("scratch is lent again once it is given back, and never twice at a time")
    func scratch() {
        let pool = ScratchPool()
        let first = pool.withFloats(100) { $0 }
        pool.withFloats(50) { outer in
            #expect(outer == first)
            pool.withFloats(50) { inner in
                #expect(inner != outer)
                #expect(UInt(bitPattern: inner).isMultiple(of: 64))
            }
        }
    }

    @Test("scratch grows when more is asked for")
    func growth() {
        let pool = ScratchPool()
        pool.withFloats(1) { $0[0] = 1 }
        pool.withFloats(10_000) { floats in
            for index in 0..<10_000 { floats[index] = Float(index) }
            #expect(floats[9999] == 9999)
        }
    }
}
