import CatalogStore
import Foundation
import ImageCodecs
import Recommender
import Tensors

/// Brings databases up to date with a catalog's folder: stores items and photos, queues the photos without a vector or with
/// one that no model makes, and drops what is gone. What is stored of an item changes in one step, when its photo has its vector.
public struct PostgresIndexer: Sendable {
    private let folder: CatalogFolder
    private let shards: ShardSet
    /// What embeds what is queued; without one that is left to others.
    private let worker: QueueWorker?

    /// Photos that are read and stored together.
    private static let batchSize = 64

    /// An indexer of a catalog into databases.
    public init(folder: CatalogFolder, shards: ShardSet, worker: QueueWorker?) {
        self.folder = folder
        self.shards = shards
        self.worker = worker
    }

    /// Stores what is new or changed and drops what is gone.
    ///
    /// - Parameters:
    ///   - prune: drop the gone items even if they are most of what is stored.
    ///   - shouldStop: asked between batches; `true` ends the run early, with all finished batches kept.
    ///   - progress: called after every batch.
    /// - Returns: what was done, and every row that was left out; `nil` if another process is at it.
    /// - Throws: `CatalogError` if the table cannot be used, ``PostgresError``.
    public func run(
        prune: Bool = false, shouldStop: () -> Bool = { false }, progress: (IndexProgress) -> Void = { _ in }
    ) throws -> IndexReport? {
        // All name their databases in the same order, so the first one's lock is that of all.
        try shards.catalogs[0].alone {
            try runAlone(prune: prune, shouldStop: shouldStop, progress: progress)
        }
    }

    private func runAlone(
        prune: Bool, shouldStop: () -> Bool, progress: (IndexProgress) -> Void
    ) throws -> IndexReport {
        let start = ContinuousClock.now
        var table = try folder.read()
        for catalog in shards.catalogs { _ = try catalog.queueDamaged() }
        var stored: [String: IndexedItem] = [:]
        var edited: Set<String> = []
        for catalog in shards.catalogs {
            stored.merge(try catalog.indexedItems()) { first, _ in first }
            edited.formUnion(try catalog.removedIDs())
        }
        edited.formUnion(stored.values.filter(\.isEdited).map(\.item.id))
        table.leaveOut(edited.contains)
        let ids = Set(table.rows.map(\.item.id))
        // Of a table that could not be read to its end, nothing is known to be gone.
        let gone = table.isWhole ? stored.keys.filter { !ids.contains($0) && !edited.contains($0) } : []
        var report = IndexReport()
        report.rows = table.rows.count + table.skipped.count
        report.skipped = table.skipped
        report.notes = table.notes
        func checkDropping(_ count: Int) throws {
            guard prune || count * 2 <= stored.count else {
                throw CatalogError.wouldDropMost(
                    dropped: count, indexed: stored.count, isDatabase: true, skipped: report.firstSkipped)
            }
        }
        try checkDropping(gone.count)

        let hashes = Set(stored.values.map(\.item.contentHash))
        var unusable: Set<String> = []
        for batchStart in stride(from: 0, to: table.rows.count, by: Self.batchSize) {
            if shouldStop() {
                report.stopped = true
                break
            }
            let batch = Array(table.rows[batchStart..<min(batchStart + Self.batchSize, table.rows.count)])
            var new: [NewItem] = []
            for (row, outcome) in zip(batch, outcomes(batch, stored: stored, hashes: hashes)) {
                switch outcome {
                case .unchanged: break
                case .new(let item): new.append(item)
                case .skipped(let fault):
                    report.skipped.append(SkippedRow(line: row.line, id: row.item.id, reason: fault.reason))
                    if case .unusable = fault, stored[row.item.id] != nil { unusable.insert(row.item.id) }
                }
            }
            try store(new)
            report.stored += new.count
            if let worker, !new.isEmpty {
                let step = try worker.step()
                if let problem = step.problem { throw problem }
                report.embedded += step.embedded
            }
            progress(
                IndexProgress(done: batchStart + batch.count, total: table.rows.count, embedded: report.embedded))
        }
        if let worker, !report.stopped {
            let done = try worker.run(shouldStop: shouldStop)
            if let problem = done.problem { throw problem }
            report.embedded += done.embedded
            report.stopped = done.stopped
            let lines = Dictionary(table.rows.map { ($0.item.id, $0.line) }, uniquingKeysWith: { first, _ in first })
            for failure in try shards.catalogs.flatMap({ try $0.failures() }) {
                guard let line = lines[failure.id] else { continue }
                let reason = SkippedRow.Reason.badImage(path: failure.imagePath, reason: failure.reason)
                report.skipped.append(SkippedRow(line: line, id: failure.id, reason: reason))
                unusable.insert(failure.id)
            }
        }
        if !report.stopped {
            try checkDropping(gone.count + unusable.count)
            try drop(gone + unusable)
            report.dropped = gone.count + unusable.count
            if let worker { try worker.finish() }
        }
        report.skipped.sort { $0.line < $1.line }
        report.items = try shards.catalogs.reduce(0) { $0 + (try $1.summary().matching) }
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return report
    }

    private enum Outcome {
        case unchanged
        case new(NewItem)
        case skipped(PhotoFault)
    }

    private func outcomes(
        _ rows: [CatalogTable.Row], stored: [String: IndexedItem], hashes: Set<String>
    ) -> [Outcome] {
        var outcomes = [Outcome](repeating: .unchanged, count: rows.count)
        outcomes.withUnsafeMutableBufferPointer { outcomes in
            ThreadPool.shared.parallelFor(rows.count) { index in
                let item = rows[index].item
                outcomes[index] = outcome(item, stored: stored[item.id], hashes: hashes)
            }
        }
        return outcomes
    }

    private func outcome(_ item: CatalogItem, stored: IndexedItem?, hashes: Set<String>) -> Outcome {
        do {
            let photo = try folder.photo(item.imagePath)
            let stamp = photo.stamp
            if let stored, stored.stamp == stamp, stored.item.imagePath == item.imagePath {
                let current = item.with(contentHash: stored.item.contentHash)
                return current == stored.item ? .unchanged : .new(NewItem(item: current, stamp: stamp, photo: nil))
            }
            let bytes = try photo.bytes()
            // What looks like a photo and is none, who embeds it finds out.
            _ = try ImageDecoder.inspect(bytes)
            let hash = contentHash(bytes)
            let isKnown = stored?.item.contentHash == hash && hashes.contains(hash)
            return .new(NewItem(item: item.with(contentHash: hash), stamp: stamp, photo: isKnown ? nil : bytes))
        } catch {
            return .skipped(
                PhotoFault(error, of: item.imagePath)
                    ?? .unreadable(.unreadableImage(path: item.imagePath, reason: "\(error)")))
        }
    }

    private func store(_ items: [NewItem]) throws {
        let count = shards.catalogs.count
        let parts = Dictionary(grouping: items) { ShardSet.place(of: $0.item.id, count: count) }
        for (place, items) in parts.sorted(by: { $0.key < $1.key }) { try shards.catalogs[place].store(items) }
    }

    private func drop(_ ids: [String]) throws {
        let count = shards.catalogs.count
        let parts = Dictionary(grouping: ids) { ShardSet.place(of: $0, count: count) }
        for (place, catalog) in shards.catalogs.enumerated() { try catalog.remove(ids: parts[place] ?? []) }
    }
}
