import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import Tensors
import VectorSearch

/// The embedding model, the vector index and the catalog behind one door: which items are nearest to a photo, or to
/// another item.
///
/// Safe to use from many threads; it holds the vectors of the catalog as they were when it was made.
public final class Recommender: Sendable {
    private let model: EmbeddingModel
    private let database: CatalogDatabase
    private let catalogPath: String
    private let index: ExactIndex
    private let rows: [String: Int]
    private let table: FacetTable
    private let scale: ClosenessScale
    private let thumbnails: ThumbnailStore
    private let embeddings: EmbeddingQueue
    /// Decoding may take much memory, so no more photos are decoded at once than there are cores.
    private let decoding = DispatchSemaphore(value: ThreadPool.shared.threads)

    /// Loads the vectors that a model made of a catalog.
    ///
    /// - Parameters:
    ///   - model: what embeds photos; only items embedded by the same model can be found.
    ///   - database: the indexed catalog.
    ///   - catalogPath: the catalog's folder, where its images are.
    /// - Throws: errors of the database.
    /// - Complexity: O(items · (dimension + attributes)) time and memory.
    public init(model: EmbeddingModel, database: CatalogDatabase, catalogPath: String) throws {
        let (ids, vectors) = try database.vectors(modelHash: model.hash, dimension: model.dimension)
        index = try ExactIndex(dimension: model.dimension, ids: ids, vectors: vectors)
        rows = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
        table = try Self.facetTable(database, rows: rows)
        thumbnails = ThumbnailStore(dataDirectory: database.directory)
        scale = ClosenessScale(model)
        embeddings = model.makeQueue()
        self.model = model
        self.database = database
        self.catalogPath = catalogPath
    }

    /// Name of the embedding model.
    public var modelName: String { model.name }

    /// How many items can be found.
    public var itemCount: Int { index.count }

    /// Decodes and embeds a photo.
    ///
    /// - Throws: `ImageError` if the bytes are no acceptable photo.
    public func query(photo bytes: [UInt8]) throws -> PhotoQuery {
        let start = ContinuousClock.now
        let (image, planes) = try decode(bytes)
        let decoded = ContinuousClock.now
        let vector = try embeddings.embed(planes: planes)
        return PhotoQuery(
            vector: vector, image: image, decodeMilliseconds: (decoded - start).milliseconds,
            embedMilliseconds: (ContinuousClock.now - decoded).milliseconds)
    }

    /// The photo for display, no larger than that needs, since it may wait for a while; and for the network.
    private func decode(_ bytes: [UInt8]) throws -> (image: RGBImage, planes: [Float]) {
        decoding.wait()
        defer { decoding.signal() }
        let image = try ImageDecoder.decode(bytes, minimumSide: model.decodeSide)
        return (image.thumbnail(maximumSide: Self.displaySide), model.planes(of: image))
    }

    /// Longer side of the photos that are kept for display.
    private static let displaySide = 960

    /// The nearest items to a vector, nearest first; equally near ones in the order of their identifiers. Fewer than
    /// `count` only if fewer pass the filter.
    ///
    /// - Throws: ``RecommenderError`` if the filter cannot be answered, `VectorSearchError` if the vector is not the
    ///   model's.
    public func nearest(
        to vector: [Float], count: Int, metric: Metric = .cosine, filter: ItemFilter = ItemFilter()
    ) throws -> [Match] {
        try matches(vector, count: count, metric: metric, filter: filter, excluding: nil)
    }

    /// The nearest items to an item, itself left out; `nil` if there is no such item.
    public func nearest(
        toItem id: String, count: Int, metric: Metric = .cosine, filter: ItemFilter = ItemFilter()
    ) throws -> [Match]? {
        guard let row = rows[id] else { return nil }
        return try matches(index.vector(row: row), count: count, metric: metric, filter: filter, excluding: row)
    }

    private func matches(
        _ vector: [Float], count: Int, metric: Metric, filter: ItemFilter, excluding excluded: Int?
    ) throws -> [Match] {
        let allowed = try allowedRows(filter, excluding: excluded)
        // Items that were dropped after the vectors were loaded leave holes: then further ones are asked for.
        var wanted = count
        var neighbors: [Neighbor]
        var items: [CatalogItem]
        repeat {
            neighbors = try index.search(vector, count: wanted, metric: metric, among: allowed)
            items = try database.items(ids: neighbors.map(\.id))
            wanted *= 2
        } while items.count < count && neighbors.count * 2 == wanted
        let scores = Dictionary(uniqueKeysWithValues: neighbors.map { ($0.id, $0.score) })
        return items.prefix(count).compactMap { item in
            scores[item.id].map { score in
                // Between unit vectors |a - b|² = 2 - 2 a·b.
                let similarity = metric == .cosine ? score : 1 - score * score / 2
                return Match(item: item, score: similarity, closeness: scale.closeness(similarity))
            }
        }
    }

    private func allowedRows(_ filter: ItemFilter, excluding excluded: Int?) throws -> RowSet? {
        if filter.isEmpty, excluded == nil { return nil }
        var allowed = try table.rows(matching: filter)
        excluded.map { allowed.remove($0) }
        return allowed
    }

    private static func facetTable(_ database: CatalogDatabase, rows: [String: Int]) throws -> FacetTable {
        var table = FacetTable()
        try database.forEachItem { item in
            if let row = rows[item.id] { table.set(item, row: row) }
        }
        return table
    }

    /// An item by its identifier.
    public func item(id: String) throws -> CatalogItem? {
        try database.item(id: id)
    }

    /// A page of the items that can be found, in the order of identifiers.
    ///
    /// - Throws: ``RecommenderError`` if the filter cannot be answered.
    public func items(offset: Int, limit: Int, filter: ItemFilter = ItemFilter()) throws -> ItemPage {
        let rows = try table.rows(matching: filter)
        let ids = rows.lazy.dropFirst(offset).prefix(limit).map { self.index.ids[$0] }
        return ItemPage(items: try database.items(ids: Array(ids)), total: rows.count)
    }

    /// What a search or a listing can be narrowed down to: see ``FacetTable/facets(_:limit:)``.
    public func facets(_ filter: ItemFilter, limit: Int) throws -> Facets {
        try table.facets(filter, limit: limit)
    }

    /// The values of an attribute and how many items have each, most frequent first.
    public func values(of attribute: String) -> [(value: String, count: Int)] {
        table.values(of: attribute)
    }

    /// The currencies that items have, the most frequent first.
    public var currencies: [String] { table.currencyNames }

    /// Path of an item's original image on disk; `nil` if there is no such item.
    public func imageFile(id: String) throws -> String? {
        try database.item(id: id).map { catalogPath + "/" + $0.imagePath }
    }

    /// Path of an item's thumbnail on disk, made now if it is missing (the photo itself if that is small); `nil` if there
    /// is no such item.
    ///
    /// - Throws: `ImageError` if the photo has become unusable since it was indexed.
    public func thumbnailFile(id: String) throws -> String? {
        try database.item(id: id).map {
            decoding.wait()
            defer { decoding.signal() }
            return try thumbnails.file(contentHash: $0.contentHash, original: catalogPath + "/" + $0.imagePath)
        }
    }
}

extension ClosenessScale {
    /// The thresholds that a model's file states, or the standard ones.
    init(_ model: EmbeddingModel) {
        guard let thresholds = model.closenessThresholds else {
            self = .standard
            return
        }
        self.init(veryClose: thresholds.0, similar: thresholds.1, looselyRelated: thresholds.2)
    }
}

extension Duration {
    /// The duration in milliseconds.
    public var milliseconds: Double { self / .milliseconds(1) }
}
