import ArgumentParser
import Embeddings
import Foundation
import PostgresStore

/// Which PostgreSQL databases hold the catalog, in the place of a data directory.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "PostgreSQL database with pgvector that holds the catalog, in the place of --data; several are its shards, always "
                + "in the same order. Default: VITRINE_DATABASE.",
            valueName: "postgresql://..."))
    var database: [String] = []

    @Option(help: ArgumentHelp("The most connections to each database.", valueName: "count"))
    var connections = 16

    func validate() throws {
        guard (1...1000).contains(connections) else {
            throw ValidationError("--connections takes a number from 1 to 1000.")
        }
    }

    /// The databases that are named, in the arguments or else in the environment; `nil` if none is.
    func shards() throws -> ShardSet? {
        // With a password in it, an address is better not an argument, which everybody on the machine can see.
        let environment = ProcessInfo.processInfo.environment["VITRINE_DATABASE"] ?? ""
        let addresses =
            database.isEmpty ? environment.split(whereSeparator: \.isWhitespace).map(String.init) : database
        guard !addresses.isEmpty else { return nil }
        var limits = PostgresLimits()
        limits.connections = connections
        return try ShardSet(addresses, limits: limits)
    }

    /// How long a command waits for databases before it says that they are away.
    static let patience = Duration.seconds(10)

    /// The databases, reached and up to date; `nil` if none is named.
    func readyShards() throws -> ShardSet? {
        guard let shards = try shards() else { return nil }
        try shards.waitUntilReady(Self.patience)
        return shards
    }

    /// The databases, of which some may be away, as long as one is there; `nil` if none is named.
    ///
    /// - Returns: the databases, and a sentence about those that are away; `nil` if none is.
    /// - Throws: `PostgresError` if all are away, or one will not be usable without a person's help.
    func reachedShards() throws -> (shards: ShardSet, away: String?)? {
        guard let shards = try shards() else { return nil }
        let away = try shards.waitUntilSomeAreReady(Self.patience)
        guard let first = away.first else { return (shards, nil) }
        let numbers = away.map { String($0.number) }.joined(separator: ", ")
        let text = "Shard \(numbers) of \(shards.catalogs.count) is away, so the answer lacks its items."
        return (shards, "\(text) \(first.problem)")
    }

    /// The databases, reached and up to date, with at least one vector ever stored in them; `nil` if none is named.
    func indexedShards() throws -> ShardSet? {
        guard let shards = try readyShards() else { return nil }
        if try shards.catalogs.contains(where: { try $0.model() != nil }) { return shards }
        let addresses = shards.catalogs.map(\.address.description).joined(separator: ", ")
        let waiting = try shards.catalogs.reduce(0) { $0 + (try $1.queueCounts().waiting) }
        throw Failure(
            waiting > 0
                ? "No photo in \(addresses) has an embedding yet; \(waiting) wait for one. Run: vitrine embed --queue"
                : "Nothing is indexed in \(addresses). Run: vitrine index --database ...", status: Failure.badInput)
    }
}

extension ModelOptions {
    /// The model; with `--precision auto` in the precision in which the databases were indexed, whatever this machine's
    /// processor would choose for itself.
    func load(for shards: ShardSet) throws -> EmbeddingModel {
        var precision = precision
        if precision == .auto {
            for catalog in shards.catalogs {
                guard let known = try? catalog.model(), let kept = Precision(rawValue: known.precision) else {
                    continue
                }
                precision = kept
                break
            }
        }
        let model = try EmbeddingModel(path: path(), precision: precision)
        for catalog in shards.catalogs { try catalog.expect(PostgresCatalog.Model(model)) }
        return model
    }
}
