import Foundation

internal import CKernels

/// Rows of vectors and their identifiers, in memory or in a mapped file; what indexes search in. Immutable.
public final class VectorTable: @unchecked Sendable {
    /// The length of a vector.
    public let dimension: Int
    /// How many rows there are.
    public let count: Int
    /// The vectors one after another.
    let vectors: UnsafePointer<Float>
    /// Rounded copies; `nil` where they are not worth their memory or cannot be.
    let quantized: QuantizedRows?
    let identifiers: Identifiers
    /// What the pointers point to.
    private let memory: [Memory]

    /// From how many rows on rounded copies are worth their memory.
    package static let quantizedFrom = 4096

    init(
        dimension: Int, count: Int, vectors: UnsafePointer<Float>, quantized: QuantizedRows?, identifiers: Identifiers,
        memory: [Memory]
    ) {
        self.dimension = dimension
        self.count = count
        self.vectors = vectors
        self.quantized = quantized
        self.identifiers = identifiers
        self.memory = memory
    }

    /// A table in memory.
    ///
    /// - Parameters:
    ///   - dimension: length of a vector.
    ///   - ids: one identifier a row, each different.
    ///   - vectors: `ids.count * dimension` finite floats, row by row.
    /// - Throws: ``VectorSearchError``.
    /// - Complexity: O(n · (dimension + log n)); the vectors are copied, and from some thousands on rounded to a quarter
    ///   more.
    public convenience init(dimension: Int, ids: [String], vectors: [Float]) throws(VectorSearchError) {
        try self.init(dimension: dimension, ids: ids, vectors: vectors, quantized: ids.count >= Self.quantizedFrom)
    }

    /// The same, with or without rounded copies.
    package convenience init(
        dimension: Int, ids: [String], vectors: [Float], quantized: Bool
    ) throws(VectorSearchError) {
        guard vectors.count == ids.count * dimension else {
            throw .dimensionMismatch(
                expected: dimension, got: ids.isEmpty ? vectors.count : vectors.count / ids.count)
        }
        guard vectors.allSatisfy(\.isFinite) else { throw .notFinite }
        let count = ids.count
        let floats = OwnMemory(count: vectors.count * MemoryLayout<Float>.size)
        vectors.withUnsafeBytes { floats.bytes.copyMemory(from: $0.baseAddress ?? floats.pointer, byteCount: $0.count) }
        let pointer = floats.pointer.assumingMemoryBound(to: Float.self)
        let names = IdentifierBuffer(ids)
        let order = try names.order()
        let (identifiers, nameMemory) = names.table(order: order)
        var memory = [floats] + nameMemory
        var rounded: QuantizedRows?
        if quantized {
            let block = OwnMemory(count: QuantizedRows.bytes(count: count, dimension: dimension))
            rounded = QuantizedRows(rounding: pointer, count: count, dimension: dimension, into: block)
            memory.append(block)
        }
        self.init(
            dimension: dimension, count: count, vectors: pointer, quantized: rounded, identifiers: identifiers,
            memory: memory)
    }

    /// The identifier of a row. O(1).
    public func id(row: Int) -> String { identifiers[row] }

    /// The row with an identifier; `nil` if there is none. O(log n).
    public func row(of id: String) -> Int? { identifiers.row(of: id) }

    /// Whether a row's vector is just these bytes. O(dimension).
    package func isEqual(row: Int, to bytes: UnsafeRawBufferPointer) -> Bool {
        precondition(row >= 0 && row < count, "a row of the table")
        guard bytes.count == dimension * MemoryLayout<Float>.size, let start = bytes.baseAddress else { return false }
        return memcmp(vectors + row * dimension, start, bytes.count) == 0
    }

    /// The vector of a row. O(dimension).
    public func vector(row: Int) -> [Float] {
        Array(UnsafeBufferPointer(start: vectors + row * dimension, count: dimension))
    }
}

/// Identifiers that are being gathered.
struct IdentifierBuffer {
    private(set) var bytes: [UInt8] = []
    private(set) var offsets: [UInt64] = [0]

    init(_ ids: [String] = []) {
        for id in ids { append(id.utf8) }
    }

    var count: Int { offsets.count - 1 }

    mutating func append(_ id: some Sequence<UInt8>) {
        bytes.append(contentsOf: id)
        offsets.append(UInt64(bytes.count))
    }

    /// The rows in the order of their identifiers. O(n log n), O(n) if they are in order as they are.
    ///
    /// - Parameter hint: the rows in an order that is nearly right.
    /// - Returns: a number for each row.
    /// - Throws: ``VectorSearchError/duplicateIdentifier(_:)``.
    func order(hint: [UInt32]? = nil) throws(VectorSearchError) -> [UInt32] {
        var order = hint ?? (0..<count).map(UInt32.init)
        let twice: Int? = bytes.withUnsafeBufferPointer { bytes in
            offsets.withUnsafeBufferPointer { offsets in
                func utf8(_ row: UInt32) -> UnsafeBufferPointer<UInt8> {
                    UnsafeBufferPointer(rebasing: bytes[Int(offsets[Int(row)])..<Int(offsets[Int(row) + 1])])
                }
                let isSorted = !zip(order, order.dropFirst()).contains {
                    Identifiers.compare(utf8($0), utf8($1)) > 0
                }
                if !isSorted { order.sort { Identifiers.compare(utf8($0), utf8($1)) < 0 } }
                return zip(order, order.dropFirst()).first { Identifiers.compare(utf8($0), utf8($1)) == 0 }
                    .map { Int($0.0) }
            }
        }
        if let twice {
            let name = bytes[Int(offsets[twice])..<Int(offsets[twice + 1])]
            throw .duplicateIdentifier(String(decoding: name, as: UTF8.self))
        }
        return order
    }

    /// The identifiers where they stay.
    func table(order: [UInt32]) -> (Identifiers, [OwnMemory]) {
        func copy<Element>(_ array: [Element]) -> OwnMemory {
            array.withUnsafeBytes { source in
                let memory = OwnMemory(count: source.count)
                if let start = source.baseAddress { memory.bytes.copyMemory(from: start, byteCount: source.count) }
                return memory
            }
        }
        let memory = [copy(offsets), copy(bytes), copy(order)]
        let identifiers = Identifiers(
            count: count, offsets: memory[0].pointer.assumingMemoryBound(to: UInt64.self),
            bytes: memory[1].pointer.assumingMemoryBound(to: UInt8.self),
            order: memory[2].pointer.assumingMemoryBound(to: UInt32.self))
        return (identifiers, memory)
    }
}
