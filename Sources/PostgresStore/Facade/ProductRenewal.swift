import CatalogStore
import Embeddings
import Foundation
import Recommender
import Synchronization

extension PostgresCatalog.Model {
    /// The model as a database names it.
    public init(_ model: EmbeddingModel) {
        self.init(
            hash: model.hash, name: model.name, precision: model.precision.rawValue, dimension: model.dimension)
    }
}

/// Recognises which items of a catalog are one product, and stores it for all processes.
public struct ProductRenewal: Sendable {
    private let shards: ShardSet

    /// Over these databases.
    public init(_ shards: ShardSet) { self.shards = shards }

    /// Recognises products anew if items have changed since it was last done, unless another process is at it.
    ///
    /// - Parameter isForced: do it even if nothing has changed.
    /// - Returns: the products, or `nil` if there was nothing to do.
    /// - Throws: ``PostgresError`` if a shard is away: products are recognised of the whole catalog.
    /// - Complexity: reads all items and vectors: O(items · dimension) time and memory.
    @discardableResult
    public func renew(isForced: Bool = false) throws -> ProductGroups? {
        let states = try shards.askAll { catalog throws(PostgresError) in
            (known: try catalog.recognizedGeneration(), now: try catalog.generation())
        }
        guard isForced || states.contains(where: { $0.known != $0.now }) else { return nil }
        // The lock goes with its connection, however the process ends.
        let connection = try PostgresConnection(shards.catalogs[0].address, limits: PostgresLimits())
        let lock = [PostgresParameter.integer(PostgresSchema.productLock)]
        guard try connection.query("SELECT pg_try_advisory_lock($1)", lock).boolean(0, 0) else { return nil }
        let groups = try recognize()
        // Stored under the same lock, which this connection lets go of for it.
        try connection.query("SELECT pg_advisory_unlock($1)", lock)
        for (catalog, state) in zip(shards.catalogs, states) { try catalog.store(groups, generation: state.now) }
        return groups
    }

    private func recognize() throws -> ProductGroups {
        let parts = try shards.askAll { catalog throws(PostgresError) in
            try catalog.reduceItems(into: [(item: CatalogItem, vector: [Float])]()) { $0.append(($1, $2)) }
        }
        let items = parts.count == 1 ? parts[0] : parts.joined().sorted { $0.item.id < $1.item.id }
        var recognizer = ProductRecognizer()
        var places: [String: Int] = [:]
        for (place, pair) in items.enumerated() {
            recognizer.add(pair.item)
            places[pair.item.id] = place
        }
        let dimension = items.first?.vector.count ?? 0
        return recognizer.groups(dimension: dimension) { id in
            places[id].map { items[$0].vector }.flatMap { $0.count == dimension ? $0 : nil }
        }
    }
}

extension PostgresRecommender {
    /// Recognises which items are one product, as `Recommender.recognizeProducts()` does, for all processes.
    public func recognizeProducts() throws { try ProductRenewal(shards).renew() }
}

/// A thread that recognises products anew some seconds after changes while a server runs.
public final class ProductFollower: Sendable {
    private let isStopped = Mutex(false)

    /// How often it is looked whether something has changed.
    private static let interval = 2.0
    /// Recognising takes at most one part in so many of the time.
    private static let share = 20.0
    /// Of more items than this it is a matter of indexing, not of servers.
    private static let most = 100_000

    /// Starts following; `report` is told what went wrong other than that a database is away.
    public init(_ recommender: PostgresRecommender, report: @escaping @Sendable (String) -> Void) {
        let renewal = ProductRenewal(recommender.shards)
        let thread = Thread { [weak self, weak recommender] in
            while let self, !self.isStopped.withLock(\.self) {
                var pause = Self.interval
                if let recommender, recommender.missingShards.isEmpty, recommender.itemCount <= Self.most {
                    let start = ContinuousClock.now
                    do {
                        try renewal.renew()
                    } catch let error as PostgresError where error.isTemporary {
                    } catch {
                        report("products cannot be recognised: \(error)")
                        pause = 60
                    }
                    pause = max(pause, Self.share * ((ContinuousClock.now - start) / .seconds(1)))
                }
                // Servers that started together do not all do it together.
                Thread.sleep(forTimeInterval: pause * Double.random(in: 1...1.5))
            }
        }
        thread.name = "products"
        thread.start()
    }

    /// Ends the thread soon.
    public func finish() { isStopped.withLock { $0 = true } }
}
