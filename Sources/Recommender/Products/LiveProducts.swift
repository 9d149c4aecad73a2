import CatalogStore
import Synchronization

/// Which items of a changing catalog are one product.
///
/// Recognising them means comparing all items, so it is done once, and again in the background some time after changes.
/// Until then a changed item stays with its product, and a new one is a product of its own.
final class LiveProducts: Sendable {
    private struct Known {
        let groups: ProductGroups
        let generation: Int
        /// When they may be recognised again.
        let next: ContinuousClock.Instant
    }

    private let live: LiveIndex
    private let database: CatalogDatabase
    private let known = Mutex<Known?>(nil)

    /// Up to so many items a search waits until they are recognised, about a second at the most.
    private static let mostAwaited = 100_000
    /// Recognising takes at most one part in so many of the time.
    private static let share = 20

    init(live: LiveIndex, database: CatalogDatabase) {
        self.live = live
        self.database = database
    }

    /// The products as they were last recognised; of a large catalog none at first.
    ///
    /// - Parameters:
    ///   - state: what is searched, within `view` of the index.
    ///   - areNeeded: whether to recognise them now if they never were.
    /// - Returns: the products.
    /// - Throws: errors of the database.
    func groups(of state: LiveIndex.State, areNeeded: Bool) throws -> ProductGroups {
        guard areNeeded, state.index.count <= Self.mostAwaited else {
            return known.withLock { $0?.groups } ?? ProductGroups()
        }
        return try known.withLock { known in
            if let known { return known.groups }
            let now = try recognized(state)
            known = now
            return now.groups
        }
    }

    /// Recognises products again if the catalog has changed, at most one part in ``share`` of the time. Searches go on
    /// with the earlier ones meanwhile.
    func renew() throws {
        let last = known.withLock { $0.map { ($0.generation, $0.next) } }
        if let last, ContinuousClock.now < last.1 { return }
        let renewed: Known? = try live.view { state in
            state.generation == last?.0 ? nil : try recognized(state)
        }
        if let renewed { known.withLock { $0 = renewed } }
    }

    private func recognized(_ state: LiveIndex.State) throws -> Known {
        let start = ContinuousClock.now
        var recognizer = ProductRecognizer()
        try database.forEachItem { item in
            if state.index.row(of: item.id) != nil { recognizer.add(item) }
        }
        let groups = recognizer.groups(dimension: state.index.dimension) { state.index.vector(of: $0) }
        let end = ContinuousClock.now
        return Known(groups: groups, generation: state.generation, next: end + (end - start) * Self.share)
    }
}
