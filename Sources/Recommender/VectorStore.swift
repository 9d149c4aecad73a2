import CatalogStore
import Embeddings
import Foundation
import Tensors
import VectorSearch

/// Where the vectors of a catalog are kept to be searched: a snapshot in the data directory and, for large catalogs, a
/// graph beside it. Both are derived from the database, and made anew whenever they are not what they should be.
struct VectorStore: Sendable {
    /// A large index, and the generation of the catalog that it is of.
    struct Base: Sendable {
        let index: SegmentedIndex
        let generation: Int
        /// The file it is in; `nil` where none could be written, and the vectors are in memory.
        let snapshot: VectorSnapshot?
    }

    let database: CatalogDatabase
    let kind: IndexKind
    private let origin: SnapshotOrigin
    private let folder: String
    /// Is told of each file that is there and not used, in words.
    private let report: @Sendable (String) -> Void

    init(
        database: CatalogDatabase, model: EmbeddingModel, kind: IndexKind, report: @escaping @Sendable (String) -> Void
    ) throws {
        self.database = database
        self.kind = kind
        origin = SnapshotOrigin(catalog: try database.identity(), model: model.hash, dimension: model.dimension)
        folder = database.directory + "/index"
        self.report = report
    }

    /// Whether files can be written at all.
    var isWritable: Bool { database.access == .writable }

    private var snapshotPath: String { "\(folder)/\(origin.model.prefix(16)).vectors" }
    private var graphPath: String { "\(folder)/\(origin.model.prefix(16)).graph" }

    /// From how many changes on a large index of so many rows is made anew: looking at them all takes no more than a
    /// millisecond.
    static func mostChanges(count: Int) -> Int { max(4096, count / 16) }

    /// The large index as it was kept, or made now.
    ///
    /// - Throws: GRDB's `DatabaseError`; trouble with files never is an error.
    /// - Complexity: O(bytes of the files) if they are good, which are read but not kept; else as ``make()``.
    func open() throws -> Base {
        guard let snapshot = load(snapshotPath, { try VectorSnapshot(path: snapshotPath, origin: origin) }),
            try database.generation() >= snapshot.generation,
            // Reading some changes beside it, to be joined with it and its graph later, beats reading everything.
            try database.changeCount(since: snapshot.generation) <= max(4096, snapshot.table.count / 4)
        else { return try make() }
        return base(of: snapshot)
    }

    /// What a file holds; `nil` if it is not there or cannot be used.
    private func load<Value>(_ path: String, _ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            if FileManager.default.fileExists(atPath: path) { report("\(error) It is made anew.") }
            return nil
        }
    }

    private func base(of snapshot: VectorSnapshot) -> Base {
        var index = SegmentedIndex(ExactIndex(snapshot.table))
        if kind.usesGraph(count: snapshot.table.count),
            let graph = load(graphPath, { try NeighborGraph(path: graphPath, snapshot: snapshot) })
        {
            index = SegmentedIndex(HNSWIndex(graph))
        }
        return Base(index: index, generation: snapshot.generation, snapshot: snapshot)
    }

    /// Writes a snapshot of what the database has now. O(items · dimension).
    private func make() throws -> Base {
        try database.consistently {
            let generation = try database.generation()
            do {
                try makeFolder()
                var pending: VectorSnapshot.Writer?
                try database.forEachVector(modelHash: origin.model, dimension: origin.dimension) {
                    pending = try VectorSnapshot.Writer(path: snapshotPath, origin: origin, count: $0)
                } body: { id, vector in
                    try pending?.append(id, vector)
                }
                try pending?.finish(generation: generation)
                return base(of: try VectorSnapshot(path: snapshotPath, origin: origin))
            } catch VectorSearchError.unusableFile {
                // A data directory that cannot be written to, or in which another process is at it.
                let (ids, vectors) = try database.vectors(modelHash: origin.model, dimension: origin.dimension)
                let index = try ExactIndex(dimension: origin.dimension, ids: ids, vectors: vectors)
                return Base(index: SegmentedIndex(index), generation: generation, snapshot: nil)
            }
        }
    }

    private func makeFolder() throws(VectorSearchError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unusableFile(path: folder, reason: error.localizedDescription)
        }
    }

    /// Makes the graph that a large index should have and has not; `nil` if it needs none, or was to stop.
    ///
    /// - Complexity: minutes for a million rows.
    func addGraph(
        to base: Base, pool: ThreadPool, shouldStop: @escaping @Sendable () -> Bool
    ) throws(VectorSearchError) -> HNSWIndex? {
        guard let snapshot = base.snapshot, kind.usesGraph(count: snapshot.table.count),
            !(base.index.base is HNSWIndex)
        else { return nil }
        let graph: NeighborGraph?
        do {
            graph = try .make(of: snapshot.table, pool: pool, shouldStop: shouldStop)
        } catch .notUnitVectors {
            return nil
        }
        guard let graph else { return nil }
        // If it cannot be written it is made again another time.
        try? graph.write(path: graphPath, snapshot: snapshot)
        return HNSWIndex(graph)
    }

    /// Writes an index with its changes as a new large one.
    ///
    /// - Returns: `nil` if it was to stop.
    /// - Throws: `VectorSearchError` if it cannot be written.
    /// - Complexity: O(n · dimension), and with a graph some tenths of a millisecond for each new row.
    func merge(
        _ index: SegmentedIndex, generation: Int, pool: ThreadPool, shouldStop: @escaping @Sendable () -> Bool
    ) throws(VectorSearchError) -> Base? {
        try makeFolder()
        let moved = try VectorSnapshot.write(
            path: snapshotPath, origin: origin, generation: generation, index: index)
        let snapshot = try VectorSnapshot(path: snapshotPath, origin: origin)
        var base = SegmentedIndex(ExactIndex(snapshot.table))
        if kind.usesGraph(count: snapshot.table.count), let old = index.base as? HNSWIndex {
            let graph = try old.graph.updated(
                for: snapshot.table, moved: moved, pool: pool, shouldStop: shouldStop)
            guard let graph else { return nil }
            try? graph.write(path: graphPath, snapshot: snapshot)
            base = SegmentedIndex(HNSWIndex(graph))
        }
        return Base(index: base, generation: generation, snapshot: snapshot)
    }
}
