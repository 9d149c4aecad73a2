import CatalogStore
import Foundation
import VectorSearch

/// Checks the files of a data directory that are searched, snapshots and graphs of any model, against their checksums and
/// against the database that they were made of.
public struct IndexVerifier {
    private let database: CatalogDatabase
    private let folder: String

    /// A verifier of a database's files.
    public init(_ database: CatalogDatabase) {
        self.database = database
        folder = database.directory + "/index"
    }

    /// Checks every file. One that is merely of an earlier state is as it should be: what has changed since is read from the
    /// database.
    ///
    /// - Returns: what is wrong, file by file.
    /// - Throws: errors of the database.
    /// - Complexity: O(bytes of the files and of the database's vectors).
    public func run() throws -> [CatalogProblem] {
        try damaged().map(\.problem)
    }

    /// Removes every file that is not as it should be; it is made anew when the index is opened next.
    ///
    /// - Returns: what was wrong, file by file.
    /// - Throws: errors of the database.
    public func removeDamaged() throws -> [CatalogProblem] {
        try damaged().map { name, problem in
            unlink("\(folder)/\(name)")
            return problem
        }
    }

    private func damaged() throws -> [(name: String, problem: CatalogProblem)] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let identity = try database.identity()
        var damaged: [(name: String, problem: CatalogProblem)] = []
        func add(_ name: String, _ detail: String) {
            damaged.append((name, CatalogProblem(kind: .badIndex, subject: "index/\(name)", detail: detail)))
        }
        func check(_ name: String, _ body: () throws -> String?) throws {
            do {
                if let detail = try body() { add(name, detail) }
            } catch VectorSearchError.unusableFile(_, let reason) {
                add(name, reason)
            }
        }
        var snapshots: [String: VectorSnapshot] = [:]
        for name in names where name.hasSuffix(".vectors") {
            try check(name) {
                let snapshot = try VectorSnapshot(path: "\(folder)/\(name)", origin: nil)
                snapshots[String(name.dropLast(".vectors".count))] = snapshot
                return snapshot.origin.catalog == identity ? try difference(snapshot) : nil
            }
        }
        for name in names where name.hasSuffix(".graph") {
            try check(name) {
                let path = "\(folder)/\(name)"
                let identity = try NeighborGraph.check(path: path)
                if let snapshot = snapshots[String(name.dropLast(".graph".count))], snapshot.identity == identity {
                    _ = try NeighborGraph(path: path, snapshot: snapshot)
                }
                return nil
            }
        }
        return damaged
    }

    /// In what a snapshot differs from the database, but for what has changed since; `nil` if in nothing.
    private func difference(_ snapshot: VectorSnapshot) throws -> String? {
        let table = snapshot.table
        return try database.consistently {
            // One of a later state than the database, which was restored from a backup then, is not used.
            guard try database.generation() >= snapshot.generation else { return nil }
            let changed = Set(try database.changedIDs(since: snapshot.generation))
            var (equal, others) = (0, [String]())
            try database.forEachVector(
                modelHash: snapshot.origin.model, dimension: snapshot.origin.dimension, start: { _ in }
            ) { id, vector in
                guard !changed.contains(id) else { return }
                if let row = table.row(of: id), table.isEqual(row: row, to: vector) {
                    equal += 1
                } else {
                    others.append(id)
                }
            }
            let surplus = table.count - changed.count { table.row(of: $0) != nil } - equal
            if let first = others.first {
                return "it differs from the database in the vectors of \(others.count) items, such as \(first)"
            }
            return surplus > 0 ? "it has \(surplus) items that the database has no vector of" : nil
        }
    }
}
