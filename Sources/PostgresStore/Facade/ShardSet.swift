import CatalogStore
import Foundation
import Recommender
import Synchronization

/// The databases that a catalog is spread over; one is the usual case.
///
/// An item is in the shard that the FNV-1a hash (64 bits, Fowler, Noll, Vo) of its identifier's UTF-8 gives, modulo the number
/// of shards: so every process finds it without asking, and another number of shards means another place for most items.
public struct ShardSet: Sendable {
    /// The shards in their order, one at the least.
    public let catalogs: [PostgresCatalog]

    /// The shards at these addresses.
    ///
    /// - Throws: ``PostgresError/unusableAddress(reason:)``.
    public init(_ addresses: [String], limits: PostgresLimits = PostgresLimits()) throws(PostgresError) {
        precondition(!addresses.isEmpty, "a catalog has a database")
        var catalogs: [PostgresCatalog] = []
        for (number, text) in addresses.enumerated() {
            let shard = PostgresCatalog.Shard(number: number, count: addresses.count)
            catalogs.append(PostgresCatalog(try PostgresAddress(text), shard: shard, limits: limits))
        }
        self.catalogs = catalogs
    }

    /// Waits until all databases can be used: see ``PostgresCatalog/waitUntilReady(_:sitsOutMigration:)``.
    ///
    /// - Throws: ``PostgresError`` of the first that cannot.
    public func waitUntilReady(_ time: Duration) throws(PostgresError) {
        for catalog in catalogs {
            do throws(PostgresError) { try catalog.waitUntilReady(time) } catch { throw catalog.named(error) }
        }
    }

    /// Waits until the databases can be used, and goes without those that are away as long as one is there.
    ///
    /// - Returns: those that are away, numbered from 1, and why.
    /// - Throws: ``PostgresError`` if all are away, or one will not be usable without a person's help.
    public func waitUntilSomeAreReady(
        _ time: Duration
    ) throws(PostgresError) -> [(number: Int, problem: PostgresError)] {
        let end = ContinuousClock.now + time
        var away: [(number: Int, problem: PostgresError)] = []
        for (place, catalog) in catalogs.enumerated() {
            do throws(PostgresError) {
                try catalog.waitUntilReady(max(end - .now, .zero))
            } catch {
                guard error.isTemporary else { throw error }
                away.append((place + 1, error))
            }
        }
        if let first = away.first, away.count == catalogs.count { throw first.problem }
        return away
    }

    /// Where an item is, whether it is there or not.
    public static func place(of id: String, count: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(hash % UInt64(count))
    }

    func catalog(of id: String) -> PostgresCatalog { catalogs[Self.place(of: id, count: catalogs.count)] }

    /// Asks the shard of an item.
    ///
    /// - Throws: ``RecommenderError/databaseUnavailable(reason:)`` if it is away.
    func askShard<Value>(
        of id: String, _ body: (PostgresCatalog) throws(PostgresError) -> Value
    ) throws -> Value {
        do throws(PostgresError) {
            return try body(catalog(of: id))
        } catch {
            throw error.seenFromAbove
        }
    }

    /// Asks all shards at once.
    ///
    /// - Returns: the answers in the order of the shards, without those that are away; ``AnswerCoverage`` is told.
    /// - Throws: ``RecommenderError/databaseUnavailable(reason:)`` if all are away.
    func ask<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresCatalog) throws(PostgresError) -> Value
    ) throws -> [Value] {
        let results = catalogs.count == 1 ? [Self.answer(catalogs[0], body)] : concurrently(body)
        var answers: [Value] = []
        var missing: [Int] = []
        var problem: PostgresError?
        for (number, result) in results.enumerated() {
            switch result {
            case .success(let answer): answers.append(answer)
            case .failure(let error):
                // What one refuses, all refuse.
                if case .refused = error { throw error }
                problem = problem ?? error
                missing.append(number + 1)
            }
        }
        if answers.isEmpty, let problem { throw problem.seenFromAbove }
        if !missing.isEmpty { AnswerCoverage.note(.init(missing: missing, shards: catalogs.count)) }
        return answers
    }

    /// Asks all shards at once, and each has to answer.
    func askAll<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresCatalog) throws(PostgresError) -> Value
    ) throws(PostgresError) -> [Value] {
        let results = catalogs.count == 1 ? [Self.answer(catalogs[0], body)] : concurrently(body)
        var answers: [Value] = []
        for result in results { answers.append(try result.get()) }
        return answers
    }

    private static func answer<Value>(
        _ catalog: PostgresCatalog, _ body: (PostgresCatalog) throws(PostgresError) -> Value
    ) -> Result<Value, PostgresError> {
        Result { () throws(PostgresError) in try body(catalog) }
    }

    /// A thread for each shard but the first, which this one asks. They mostly wait, and cost some tens of microseconds.
    private func concurrently<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresCatalog) throws(PostgresError) -> Value
    ) -> [Result<Value, PostgresError>] {
        let results = Answers<Value>(count: catalogs.count)
        let done = DispatchSemaphore(value: 0)
        for (number, catalog) in catalogs.enumerated().dropFirst() {
            Thread {
                results.set(Self.answer(catalog, body), at: number)
                done.signal()
            }.start()
        }
        results.set(Self.answer(catalogs[0], body), at: 0)
        for _ in catalogs.dropFirst() { done.wait() }
        return results.all
    }

    private final class Answers<Value: Sendable>: Sendable {
        private let answers: Mutex<[Result<Value, PostgresError>]>

        init(count: Int) {
            answers = Mutex(Array(repeating: .failure(.unavailable(reason: "it was not asked")), count: count))
        }

        var all: [Result<Value, PostgresError>] { answers.withLock(\.self) }

        func set(_ answer: Result<Value, PostgresError>, at place: Int) { answers.withLock { $0[place] = answer } }
    }
}

extension PostgresError {
    /// The error as those see it who do not know what a database is.
    var seenFromAbove: any Error {
        switch self {
        case .unknownOutcome: RecommenderError.outcomeUnknown(reason: description)
        case .unavailable, .conflict, .unusable, .unusableAddress:
            RecommenderError.databaseUnavailable(reason: description)
        case .refused: self
        }
    }
}
