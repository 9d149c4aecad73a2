import Synchronization
import Tensors

internal import CNeighborGraph

/// The links of a hierarchical navigable small world (Malkov and Yashunin, arXiv:1603.09320) over the rows of a table of
/// unit vectors, in memory or in a mapped file. Immutable.
///
/// It is Vitrine's own because what the libraries offer stands in the way of what it is for. Debian's hnswlib (0.6.2)
/// knows no filters, keeps a second copy of all vectors on its heap, reads its file into a million pieces and follows
/// whatever numbers stand in it. Here the links lie in flat arrays that stay in a file; they are checked before they are
/// followed; and the way leads along vectors of a byte a number, a quarter of the memory to wait for.
public final class NeighborGraph: @unchecked Sendable {
    /// How a graph is made.
    public struct Parameters: Sendable {
        /// Links of a node on the upper levels, 2 to 64; twice as many on the lowest. The paper's M.
        public var degree: Int
        /// How many near nodes a new one chooses its links from. The paper's efConstruction.
        public var width: Int

        /// Parameters.
        public init(degree: Int = 16, width: Int = 300) {
            self.degree = degree
            self.width = width
        }
    }

    /// The vectors that it links.
    public let table: VectorTable
    let graph: ng_graph
    let rows: ng_rows
    /// What the graph's pointers point to.
    private let memory: AnyObject
    private let scratches = Mutex<[Scratch]>([])

    init(table: VectorTable, rows: ng_rows, graph: ng_graph, memory: AnyObject) {
        self.table = table
        self.rows = rows
        self.graph = graph
        self.memory = memory
    }

    /// Makes a graph from nothing, on all threads of a pool.
    ///
    /// - Parameters:
    ///   - table: unit vectors.
    ///   - parameters: more of either make searches surer, and larger graphs take longer to make.
    ///   - pool: what computes.
    ///   - shouldStop: asked now and then; `true` gives up.
    /// - Returns: the graph, or `nil` if it was to stop.
    /// - Throws: ``VectorSearchError/notUnitVectors``.
    /// - Complexity: O(n log n · width · degree); about 0.3 ms for each of a million vectors of 256, on one core.
    public static func make(
        of table: VectorTable, parameters: Parameters = Parameters(), pool: ThreadPool = .shared,
        shouldStop: @Sendable () -> Bool = { false }
    ) throws(VectorSearchError) -> NeighborGraph? {
        var rows = try Self.rows(of: table)
        precondition((2...64).contains(parameters.degree) && parameters.width > 0)
        guard let builder = ng_builder_new(&rows, UInt32(parameters.degree), UInt32(parameters.width)) else {
            return nil
        }
        return finish(Builder(builder), table: table, rows: rows, pool: pool, shouldStop: shouldStop)
    }

    /// Makes the graph of another table that has some of the same rows: links are taken over, what led to rows that are
    /// gone is led around them, and rows that are new are inserted.
    ///
    /// - Parameters:
    ///   - table: unit vectors.
    ///   - moved: for each row of this graph the row that it is in the other table; `UInt32.max` if it is gone.
    ///   - width: as in ``Parameters``.
    ///   - pool: what computes.
    ///   - shouldStop: asked now and then; `true` gives up.
    /// - Returns: the graph, or `nil` if it was to stop.
    /// - Throws: ``VectorSearchError/notUnitVectors``.
    /// - Complexity: O(n) for what stays, and as when making it for what is new.
    public func updated(
        for table: VectorTable, moved: [UInt32], width: Int = Parameters().width, pool: ThreadPool = .shared,
        shouldStop: @Sendable () -> Bool = { false }
    ) throws(VectorSearchError) -> NeighborGraph? {
        precondition(moved.count == self.table.count, "every row stays somewhere or is gone")
        precondition(moved.allSatisfy { $0 == .max || Int($0) < table.count }, "rows move to rows")
        var rows = try Self.rows(of: table)
        var old = graph
        guard let builder = ng_builder_from(&rows, &old, moved, UInt32(width)) else { return nil }
        return Self.finish(Builder(builder), table: table, rows: rows, pool: pool, shouldStop: shouldStop)
    }

    private static func finish(
        _ builder: Builder, table: VectorTable, rows: ng_rows, pool: ThreadPool, shouldStop: @Sendable () -> Bool
    ) -> NeighborGraph? {
        // The first node is what others find their way from.
        let piece = 256
        let missing = (0..<UInt32(table.count)).filter { !ng_contains(builder.pointer, $0) }
        let failed = Atomic(false)
        func insert(_ nodes: ArraySlice<UInt32>) {
            guard !failed.load(ordering: .relaxed), !shouldStop(), let scratch = Scratch(table.count) else {
                return failed.store(true, ordering: .relaxed)
            }
            for node in nodes where !ng_insert(builder.pointer, node, scratch.pointer) {
                failed.store(true, ordering: .relaxed)
            }
        }
        insert(missing.prefix(1))
        let rest = missing.dropFirst()
        pool.parallelFor((rest.count + piece - 1) / piece) { index in
            let start = rest.startIndex + index * piece
            insert(rest[start..<min(start + piece, rest.endIndex)])
        }
        if failed.load(ordering: .relaxed) { return nil }
        return NeighborGraph(
            table: table, rows: rows, graph: ng_builder_graph(builder.pointer), memory: builder)
    }

    /// The rows of a table as the graph sees them.
    static func rows(of table: VectorTable) throws(VectorSearchError) -> ng_rows {
        guard let quantized = table.quantized, quantized.length <= 1 << 16,
            (0..<table.count).allSatisfy({ abs(quantized.squares[$0] - 1) < 0.01 })
        else { throw .notUnitVectors }
        return ng_rows(
            codes: quantized.codes, scales: quantized.scales, length: quantized.length, count: UInt32(table.count))
    }

    /// The rows that seem nearest to a unit vector, nearest first.
    ///
    /// - Parameters:
    ///   - query: the vector.
    ///   - width: how many; the more, the surer the first of them are the nearest. The paper's ef.
    ///   - allowed: the rows that may be found, or `nil` for all.
    ///   - budget: how many vectors may be compared with.
    /// - Returns: fewer than `width` rows only if no more can be reached; `nil` if that went beyond the budget.
    func search(_ query: [Float], width: Int, among allowed: RowSet?, budget: Int) -> [Int]? {
        let largest = query.reduce(0) { max($0, abs($1)) }
        let scale = largest > 0 ? largest / 127 : 1
        var codes = [Int8](repeating: 0, count: rows.length)
        for (index, value) in query.enumerated() { codes[index] = Int8((value / scale).rounded()) }
        guard let scratch = scratches.withLock({ $0.popLast() }) ?? Scratch(table.count) else { return nil }
        defer { scratches.withLock { $0.append(scratch) } }
        var (graph, rows) = (graph, rows)
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: width) { found in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { similarities in
                let count = codes.withUnsafeBufferPointer { codes in
                    let query = ng_query(codes: codes.baseAddress, scale: scale)
                    guard let allowed else {
                        return ng_search(
                            &graph, &rows, query, nil, UInt32(width), budget, scratch.pointer, found.baseAddress,
                            similarities.baseAddress)
                    }
                    return ng_search(
                        &graph, &rows, query, allowed.words, UInt32(width), budget, scratch.pointer,
                        found.baseAddress, similarities.baseAddress)
                }
                return count < 0 ? nil : found.prefix(count).map(Int.init)
            }
        }
    }
}

/// Working memory of a search.
private final class Scratch: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Working memory for graphs of a size; `nil` if there is none.
    init?(_ count: Int) {
        guard let pointer = ng_scratch_new(UInt32(count)) else { return nil }
        self.pointer = pointer
    }

    deinit { ng_scratch_free(pointer) }
}

/// What makes a graph, and keeps its memory.
private final class Builder: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { ng_builder_free(pointer) }
}
