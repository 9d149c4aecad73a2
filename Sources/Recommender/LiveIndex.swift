import CatalogStore
import Foundation
import Synchronization
import Tensors
import VectorSearch

/// The index and the facets of a catalog that changes while it is searched.
///
/// What is searched is an immutable ``State``. Every search reads the database as of one moment and brings the state up to
/// that moment first, which means reading the few items that have changed since: so a search sees all of the catalog as
/// it was at one moment, at once after a change was committed, and never waits for who writes.
final class LiveIndex: Sendable {
    /// What is searched, as of a generation of the catalog.
    struct State: Sendable {
        let generation: Int
        let index: SegmentedIndex
        /// Grows whenever the large index is another one.
        let epoch: Int
        /// Grows whenever rows get other numbers.
        let numbering: Int
    }

    /// Facets of a generation, and how many of the rows that are gone by then were taken out.
    private struct KnownFacets {
        var table = FacetTable()
        var generation = 0
        var gone = 0
    }

    /// A request came so late that what it would need has been replaced: it begins again.
    private struct Outdated: Error {}

    private let store: VectorStore
    private let database: CatalogDatabase
    private let modelHash: String
    private let current: Mutex<State>
    private let base: Mutex<VectorStore.Base>
    private let facets = Mutex<(numbering: Int, known: KnownFacets?)>((0, nil))
    private let isMaintained = Atomic(false)

    init(store: VectorStore, modelHash: String) throws {
        let base = try store.open()
        self.store = store
        database = store.database
        self.modelHash = modelHash
        self.base = Mutex(base)
        current = Mutex(State(generation: base.generation, index: base.index, epoch: 0, numbering: 0))
    }

    /// How many items can be found, as of the last look.
    var count: Int { current.withLock(\.index).count }

    /// How many changes lie beside the large index.
    var changes: Int { current.withLock(\.index).changes }

    /// Runs `body` with the state of this moment; all that it reads from the database is of the same moment.
    func view<Value>(_ body: (State) throws -> Value) throws -> Value {
        while true {
            // Taken before the moment is: so the moment is never an earlier one.
            let state = current.withLock(\.self)
            do {
                return try database.consistently {
                    let now = try advanced(state)
                    publish(now)
                    return try body(now)
                }
            } catch is Outdated {}
        }
    }

    private func publish(_ next: State) {
        current.withLock { if next.epoch == $0.epoch, next.generation > $0.generation { $0 = next } }
    }

    /// The state of the moment that is being read. O(changes · (dimension + log n)).
    private func advanced(_ state: State) throws -> State {
        let generation = try database.generation()
        guard generation != state.generation else { return state }
        let changed = try database.changedIDs(since: state.generation)
        let dimension = state.index.dimension
        var (ids, vectors) = try database.vectors(of: changed, modelHash: modelHash, dimension: dimension)
        if !vectors.allSatisfy(\.isFinite) {
            // `catalog verify` names such an item; the others can be found all the same.
            let good = ids.indices.filter { vectors[$0 * dimension..<($0 + 1) * dimension].allSatisfy(\.isFinite) }
            vectors = good.flatMap { vectors[$0 * dimension..<($0 + 1) * dimension] }
            ids = good.map { ids[$0] }
        }
        let index = try state.index.changed(removing: changed, adding: ids, vectors: vectors)
        return State(generation: generation, index: index, epoch: state.epoch, numbering: state.numbering)
    }

    /// The facets of a state, within ``view(_:)``. Of the first one all items are read, of later ones those that have
    /// changed.
    func facets(of state: State) throws -> FacetTable {
        try facets.withLock { facets in
            guard state.numbering >= facets.numbering else { throw Outdated() }
            if state.numbering > facets.numbering { facets = (state.numbering, nil) }
            guard var known = facets.known else {
                let known = try allFacets(of: state)
                facets.known = known
                return known.table
            }
            guard known.generation != state.generation else { return known.table }
            guard known.generation < state.generation else { throw Outdated() }
            // The table is changed in its place, unless a request still has it.
            facets.known = nil
            for row in state.index.goneRows.dropFirst(known.gone) { known.table.set(nil, row: Int(row)) }
            for item in try database.items(ids: try database.changedIDs(since: known.generation)) {
                if let row = state.index.row(of: item.id) { known.table.set(item, row: row) }
            }
            known.generation = state.generation
            known.gone = state.index.goneRows.count
            facets.known = known
            return known.table
        }
    }

    private func allFacets(of state: State) throws -> KnownFacets {
        var table = FacetTable()
        try database.forEachItem { item in
            if let row = state.index.row(of: item.id) { table.set(item, row: row) }
        }
        return KnownFacets(table: table, generation: state.generation, gone: state.index.goneRows.count)
    }

    /// The facets as they were last known, or are now if that can be told.
    var latestFacets: FacetTable {
        (try? view { try facets(of: $0) }) ?? facets.withLock(\.known)?.table ?? FacetTable()
    }

    /// Does what the large index has need of: makes its graph, or makes it anew with the changes. Searches go on
    /// meanwhile, and so do changes. One call at a time; another one returns at once.
    ///
    /// - Parameter shouldStop: asked now and then; `true` ends it with nothing changed.
    /// - Throws: `VectorSearchError` if files cannot be written, or GRDB's `DatabaseError`; then all is as it was.
    func maintain(shouldStop: @escaping @Sendable () -> Bool = { false }) throws {
        guard !isMaintained.exchange(true, ordering: .acquiring) else { return }
        defer { isMaintained.store(false, ordering: .releasing) }
        let state = current.withLock(\.self)
        let base = base.withLock(\.self)
        let threads = max(1, ThreadPool.shared.threads / 2)
        if state.index.changes > VectorStore.mostChanges(count: state.index.base.count), store.isWritable {
            let merged = try store.merge(
                state.index, generation: state.generation, pool: ThreadPool(threads: threads), shouldStop: shouldStop)
            if let merged { try replace(state, by: merged) }
        } else if base.snapshot != nil,
            let index = try store.addGraph(to: base, pool: ThreadPool(threads: threads), shouldStop: shouldStop)
        {
            current.withLock { state in
                state = State(
                    generation: state.generation, index: state.index.replacingBase(with: index),
                    epoch: state.epoch + 1, numbering: state.numbering)
            }
            let withGraph = VectorStore.Base(
                index: SegmentedIndex(index), generation: base.generation, snapshot: base.snapshot)
            self.base.withLock { $0 = withGraph }
        }
    }

    /// Puts a new large index, with what has changed since, in the place of the old one.
    private func replace(_ old: State, by new: VectorStore.Base) throws {
        var next = State(
            generation: new.generation, index: new.index, epoch: old.epoch + 1, numbering: old.numbering + 1)
        let hasFacets = facets.withLock { $0.known != nil }
        var known: KnownFacets?
        var isPublished = false
        while !isPublished {
            next = try database.consistently {
                let now = try advanced(next)
                // Reading all items takes a while in which requests can have the old ones.
                if hasFacets, known == nil { known = try allFacets(of: now) }
                return now
            }
            isPublished = current.withLock {
                guard next.generation >= $0.generation else { return false }
                $0 = next
                return true
            }
        }
        facets.withLock { if $0.numbering < next.numbering { $0 = (next.numbering, known) } }
        base.withLock { $0 = new }
    }
}
