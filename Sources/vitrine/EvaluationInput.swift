import CatalogStore
import Embeddings
import Evaluation
import Foundation
import Recommender
import Tensors

/// The items of a data directory that have an embedding of a model.
struct IndexedCatalog {
    let items: [CatalogItem]
    let vectors: [[Float]]

    init(database: CatalogDatabase, model: EmbeddingModel) throws {
        let (ids, values) = try database.vectors(modelHash: model.hash, dimension: model.dimension)
        guard !ids.isEmpty else { throw EvaluationError.nothingIndexed(model: model.name) }
        let stored = try database.storedItems()
        // An item may have been dropped between the two reads.
        let rows = ids.indices.filter { stored[ids[$0]] != nil }
        items = rows.compactMap { stored[ids[$0]]?.item }
        vectors = rows.map { Array(values[$0 * model.dimension..<($0 + 1) * model.dimension]) }
    }

    func gallery(without heldOut: Set<String>, dimension: Int) throws -> Gallery {
        let rows = items.indices.filter { !heldOut.contains(items[$0].id) }
        return try Gallery(
            items: rows.map { items[$0] }, vectors: rows.flatMap { vectors[$0] }, dimension: dimension)
    }
}

/// Queries with their vectors.
struct AskedQueries {
    let source: String
    private(set) var queries: [EvaluationQuery] = []
    private(set) var skipped: [SkippedQuery] = []
    private(set) var heldOut: Set<String> = []
    private var photos: [(vector: [Float], contentHash: String)] = []
    /// Where the photos of an archive lie, as long as they are needed.
    private var unpacked: UnpackedArchive?

    /// How many photos are read and embedded together.
    private static let batchSize = 64

    /// Items of the catalog itself; their vectors are known.
    init(_ catalog: IndexedCatalog, folder: CatalogFolder, holdout: Holdout, source: String) throws {
        self.source = source
        for (item, vector) in zip(catalog.items, catalog.vectors) where holdout.contains(item) {
            heldOut.insert(item.id)
            guard let category = item.category else {
                skipped.append(SkippedQuery(id: item.id, reason: "has no category"))
                continue
            }
            queries.append(
                EvaluationQuery(
                    id: item.id, photo: folder.absolutePath(item.imagePath), label: category, colour: item.colour,
                    gender: item.gender))
            photos.append((vector: vector, contentHash: item.contentHash))
        }
        guard !queries.isEmpty else {
            throw EvaluationError.noQueries(reason: "no item with a category is held out; hold out more")
        }
    }

    /// Photos of a folder or archive, changed and embedded now.
    init(path: String, map: LabelMap?, model: EmbeddingModel, change: PhotoChange) throws {
        let name = URL(fileURLWithPath: path).lastPathComponent
        source = change.isNone ? name : "\(name) (\(change.description))"
        unpacked = try Self.isArchive(path) ? UnpackedArchive(path) : nil
        var set = try QuerySet(path: unpacked?.path ?? path)
        if let map { set.keep(fitting: map) }
        skipped = set.skipped
        let bar = ProgressBar()
        defer { bar.finish() }
        for start in stride(from: 0, to: set.queries.count, by: Self.batchSize) {
            let batch = Array(set.queries[start..<min(start + Self.batchSize, set.queries.count)])
            for (query, photo) in zip(batch, Self.embed(batch, model, change)) {
                switch photo {
                case .success(let photo):
                    queries.append(query)
                    photos.append(photo)
                case .failure(let failure):
                    skipped.append(SkippedQuery(id: query.id, reason: failure.message))
                }
            }
            bar.update(IndexProgress(done: start + batch.count, total: set.queries.count, embedded: queries.count))
        }
        guard !queries.isEmpty else {
            let first = skipped.first.map { ": \($0.id) \($0.reason)" } ?? ""
            throw EvaluationError.noQueries(reason: "\(path) has no usable row\(first)")
        }
    }

    /// Ranks the gallery for every query, on all cores.
    func evaluate(_ evaluator: Evaluator) throws -> [QueryResult] {
        var results = [Result<QueryResult, any Error>?](repeating: nil, count: queries.count)
        results.withUnsafeMutableBufferPointer { results in
            ThreadPool.shared.parallelFor(queries.count) { index in
                results[index] = Result {
                    try evaluator.evaluate(
                        queries[index], vector: photos[index].vector, contentHash: photos[index].contentHash)
                }
            }
        }
        return try results.compactMap { try $0?.get() }
    }

    /// Whether a path is a file that is no table.
    private static func isArchive(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && !path.lowercased().hasSuffix(".csv")
    }

    private static func embed(
        _ batch: [EvaluationQuery], _ model: EmbeddingModel, _ change: PhotoChange
    ) -> [Result<(vector: [Float], contentHash: String), Failure>] {
        var photos = [Result<(vector: [Float], contentHash: String), Failure>](
            repeating: .failure(Failure("was not read")), count: batch.count)
        photos.withUnsafeMutableBufferPointer { photos in
            ThreadPool.shared.parallelFor(batch.count) { index in
                do {
                    let bytes = try readPhoto(batch[index].photo)
                    photos[index] = .success(
                        (vector: try change.embed(bytes, model), contentHash: contentHash(bytes)))
                } catch let failure as Failure {
                    photos[index] = .failure(failure)
                } catch {
                    photos[index] = .failure(Failure(error))
                }
            }
        }
        return photos
    }
}
