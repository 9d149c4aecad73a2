import HTTPCore
import Logging
import Metrics
import PostgresStore
import Recommender
import Site
import VectorSearch

/// The catalog that a server shows, wherever it is kept, with what keeps it up to date.
struct ServedCatalog {
    /// What finds and changes items.
    let search: any ItemSearch & ItemEditing
    /// Whether the server may be sent requests.
    let readiness: @Sendable () -> HealthRoutes.Readiness
    /// Whether it is still to be indexed, beside serving it.
    let isToBeIndexed: Bool
    /// Ends what keeps it up to date.
    let finish: () -> Void

    /// A catalog in a data directory.
    init(_ recommender: Recommender, isToBeIndexed: Bool, logger: Logger) {
        let follower = CatalogFollower(recommender) { logger.error("the index cannot be kept up to date: \($0)") }
        search = recommender
        readiness = { .ready("ready") }
        self.isToBeIndexed = isToBeIndexed
        finish = { follower.finish() }
    }

    /// A catalog in PostgreSQL. Databases that are away may come later; when one goes away and when it is back is logged, and
    /// `database_up` counts it.
    ///
    /// - Throws: `PostgresError` if one of them will not be usable without a person's help, or errors of the model.
    init(
        _ shards: ShardSet, model: ModelOptions, data: String, kind: IndexKind, logger: Logger,
        metrics: any MetricsFactory
    ) throws {
        logger.info("reaching the databases", metadata: ["count": "\(shards.catalogs.count)"])
        for catalog in shards.catalogs {
            let isUp = Meter(
                label: "database_up", dimensions: [("shard", "\(catalog.shard.number + 1)")], factory: metrics)
            isUp.set(0)
            catalog.watch { problem in
                isUp.set(problem == nil ? 1 : 0)
                if let problem {
                    logger.error("\(catalog.address) is away, and is tried again and again: \(problem)")
                } else {
                    logger.notice("\(catalog.address) can be used")
                }
            }
            do throws(PostgresError) {
                // A server says that it lives while it brings tables up to date.
                try catalog.waitUntilReady(DatabaseOptions.patience, sitsOutMigration: false)
            } catch {
                guard error.isTemporary else { throw error }
                logger.warning("\(catalog.address) is away, and is tried again and again: \(error)")
            }
        }
        let embedding = try model.load(for: shards)
        logger.info(
            "model loaded",
            metadata: ["model": "\(embedding.name)", "precision": "\(embedding.precision.rawValue)"])
        let recommender = PostgresRecommender(model: embedding, shards: shards, cacheDirectory: data, kind: kind)
        let follower = ProductFollower(recommender) { logger.error("\($0)") }
        search = recommender
        readiness = {
            if let problem = recommender.problem {
                logger.debug("not ready: \(problem)")
                return .notReady("the database is unavailable")
            }
            let missing = recommender.missingShards
            let numbers = missing.map(String.init).joined(separator: ", ")
            return .ready(missing.isEmpty ? "ready" : "ready, without shard \(numbers) of \(shards.catalogs.count)")
        }
        isToBeIndexed = false
        finish = { follower.finish() }
    }
}
