import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import Tensors

/// Brings a data directory up to date with its catalog.
///
/// Photos are told apart by their content, so a renamed or copied photo is not embedded again. Every batch is one
/// transaction: a run that is killed loses at most one batch, and the next run goes on from there.
public struct CatalogIndexer: Sendable {
    private let folder: CatalogFolder
    private let database: CatalogDatabase
    private let model: EmbeddingModel
    private let thumbnails: ThumbnailStore
    private let photos: PhotoStore

    /// Photos that are read, embedded and stored together.
    private static let batchSize = 64

    /// An indexer of a catalog into a data directory with a model.
    public init(folder: CatalogFolder, database: CatalogDatabase, model: EmbeddingModel) {
        self.folder = folder
        self.database = database
        self.model = model
        thumbnails = ThumbnailStore(dataDirectory: database.directory)
        photos = PhotoStore(dataDirectory: database.directory)
    }

    /// Embeds what is new, changed or damaged, and drops what is gone.
    ///
    /// - Parameters:
    ///   - prune: drop the gone items even if they are most of what is indexed.
    ///   - shouldStop: asked between batches; `true` ends the run early, with all finished batches kept.
    ///   - progress: called after every batch.
    /// - Returns: what was done, and every row that was left out.
    /// - Throws: `CatalogError` if the table or the data directory cannot be used; a bad row or photo is never an error.
    /// - Complexity: one look at each photo's size and time, one at each embedding, and one forward pass for each content that
    ///   is new or whose embedding is damaged.
    public func run(
        prune: Bool = false, shouldStop: @Sendable () -> Bool = { false },
        progress: (IndexProgress) -> Void = { _ in }
    ) throws -> IndexReport {
        let start = ContinuousClock.now
        guard database.access == .writable else { throw CatalogError.readOnly(path: database.directory) }
        let lock = try IndexLock(directory: database.directory)
        defer { withExtendedLifetime(lock) {} }

        var table = try folder.read()
        let stored = try database.storedItems()
        // What the API had the last word on is no matter of the folder's.
        let edits = try database.edits()
        table.leaveOut { edits[$0] != nil }
        let ids = Set(table.rows.map(\.item.id))
        // Of a table that could not be read to its end, nothing is known to be gone.
        let gone = table.isWhole ? stored.keys.filter { !ids.contains($0) && edits[$0] == nil } : []
        var report = IndexReport()
        report.rows = table.rows.count + table.skipped.count
        report.skipped = table.skipped
        report.notes = table.notes
        func checkDropping(_ count: Int) throws {
            guard prune || count * 2 <= stored.count else {
                throw CatalogError.wouldDropMost(dropped: count, indexed: stored.count, skipped: report.firstSkipped)
            }
        }
        try checkDropping(gone.count)

        let known = try database.soundContent(modelHash: model.hash, dimension: model.dimension)
        var embedded = known.hashes
        report.damaged = known.removed
        try embedEdited(edits.compactMap { $0.value ? nil : stored[$0.key] }, embedded: &embedded, into: &report)
        var unusable: [String] = []
        for batchStart in stride(from: 0, to: table.rows.count, by: Self.batchSize) {
            if shouldStop() {
                report.stopped = true
                break
            }
            let batch = Array(table.rows[batchStart..<min(batchStart + Self.batchSize, table.rows.count)])
            let results = process(batch, stored: stored, embedded: embedded)
            try store(results, into: &report, embedded: &embedded)
            for (row, result) in zip(batch, results) {
                guard case .skipped(let fault) = result else { continue }
                report.skipped.append(SkippedRow(line: row.line, id: row.item.id, reason: fault.reason))
                if case .unusable = fault, stored[row.item.id] != nil { unusable.append(row.item.id) }
            }
            progress(
                IndexProgress(done: batchStart + batch.count, total: table.rows.count, embedded: report.embedded))
        }
        if !report.stopped {
            try checkDropping(gone.count + unusable.count)
            try drop(gone + unusable)
            report.dropped = gone.count + unusable.count
            try database.sweepPhotos()
            photos.removeUnfinished()
            report.unknownPhotos = try database.unknownPhotoCount()
        }
        report.skipped.sort { $0.line < $1.line }
        report.items = try database.itemCount()
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return report
    }

    /// Gives the items that came by the API the vectors of this model; who added them may have had another.
    private func embedEdited(
        _ items: [StoredItem], embedded: inout Set<String>, into report: inout IndexReport
    ) throws {
        for item in items.map(\.item) where !embedded.contains(item.contentHash) {
            let path = photos.path(of: item.imagePath, catalogPath: folder.path)
            // One that is gone or spoilt is told of by `catalog verify`; the item stays, and is not found.
            guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)),
                let image = try? ImageDecoder.decode([UInt8](bytes), minimumSide: model.decodeSide),
                case .success(let vector)? = try model.embed(batch: [model.planes(of: image)]).first
            else { continue }
            try database.addEmbeddings([(contentHash: item.contentHash, vector: vector)], modelHash: model.hash)
            embedded.insert(item.contentHash)
            report.embedded += 1
        }
    }

    /// What became of one row.
    private enum Outcome {
        case unchanged
        case changed(StoredItem, vector: [Float]?)
        /// The photo is to be embedded.
        case decoded(StoredItem, planes: [Float])
        case skipped(PhotoFault)
        /// The data directory cannot be written, which no photo is to blame for.
        case failed(any Error)
    }

    private func process(
        _ rows: [CatalogTable.Row], stored: [String: StoredItem], embedded: Set<String>
    ) -> [Outcome] {
        var outcomes = [Outcome](repeating: .unchanged, count: rows.count)
        // Some rows at a time on each core: their photos are embedded together.
        let size = min(model.batchSize, max(1, rows.count / ThreadPool.shared.threads))
        outcomes.withUnsafeMutableBufferPointer { outcomes in
            ThreadPool.shared.parallelFor((rows.count + size - 1) / size) { piece in
                let indices = piece * size..<min(piece * size + size, rows.count)
                for index in indices {
                    let item = rows[index].item
                    outcomes[index] = outcome(item, stored: stored[item.id], embedded: embedded)
                }
                embed(UnsafeMutableBufferPointer(rebasing: outcomes[indices]), rows[indices].map(\.item))
            }
        }
        return outcomes
    }

    /// Puts vectors in the place of decoded photos.
    private func embed(_ outcomes: UnsafeMutableBufferPointer<Outcome>, _ items: [CatalogItem]) {
        let decoded = outcomes.indices.compactMap { index in
            if case .decoded(let item, let planes) = outcomes[index] { (index, item, planes) } else { nil }
        }
        do {
            for ((index, item, _), vector) in zip(decoded, try model.embed(batch: decoded.map(\.2))) {
                switch vector {
                case .success(let vector): outcomes[index] = .changed(item, vector: vector)
                case .failure(let error):
                    outcomes[index] = .skipped(
                        .unusable(.badImage(path: items[index].imagePath, reason: "\(error)")))
                }
            }
        } catch {
            for (index, _, _) in decoded { outcomes[index] = .failed(error) }
        }
    }

    private func outcome(_ item: CatalogItem, stored: StoredItem?, embedded: Set<String>) -> Outcome {
        do {
            let photo = try folder.photo(item.imagePath)
            let stamp = photo.stamp
            if let stored, stored.stamp == stamp, stored.item.imagePath == item.imagePath,
                embedded.contains(stored.item.contentHash)
            {
                let current = item.with(contentHash: stored.item.contentHash)
                return current == stored.item
                    ? .unchanged : .changed(StoredItem(item: current, stamp: stamp), vector: nil)
            }
            let bytes = try photo.bytes()
            let hash = contentHash(bytes)
            let current = StoredItem(item: item.with(contentHash: hash), stamp: stamp)
            if embedded.contains(hash) { return .changed(current, vector: nil) }
            let image = try ImageDecoder.decode(bytes, minimumSide: model.decodeSide)
            if ThumbnailStore.isNeeded(width: image.width, height: image.height) {
                try thumbnails.make(image, contentHash: hash)
            }
            return .decoded(current, planes: model.planes(of: image))
        } catch {
            return PhotoFault(error, of: item.imagePath).map { .skipped($0) } ?? .failed(error)
        }
    }

    private func store(_ outcomes: [Outcome], into report: inout IndexReport, embedded: inout Set<String>) throws {
        var items: [StoredItem] = []
        var embeddings: [(contentHash: String, vector: [Float])] = []
        for outcome in outcomes {
            if case .failed(let error) = outcome { throw error }
            guard case .changed(let item, let vector) = outcome else { continue }
            items.append(item)
            guard let vector, embedded.insert(item.item.contentHash).inserted else { continue }
            embeddings.append((contentHash: item.item.contentHash, vector: vector))
        }
        guard !items.isEmpty else { return }
        try database.store(items: items, embeddings: embeddings, modelHash: model.hash)
        report.stored += items.count
        report.embedded += embeddings.count
    }

    private func drop(_ ids: [String]) throws {
        try database.remove(ids: ids)
        if !ids.isEmpty {
            thumbnails.removeAll(except: Set(try database.storedItems().values.map(\.item.contentHash)))
        }
    }
}
