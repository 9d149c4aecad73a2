import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import Tensors
import VectorSearch

/// The embedding model, the vector index and the catalog behind one door: which items are nearest to a photo, or to
/// another item.
///
/// Safe to use from many threads. The catalog may change at any time, by whatever process: each call sees all of it as it
/// was at one moment, with every change that was committed before.
public final class Recommender: Sendable {
    let model: EmbeddingModel
    let database: CatalogDatabase
    let catalogPath: String
    let live: LiveIndex
    private let products: LiveProducts
    private let scale: ClosenessScale
    let thumbnails: ThumbnailStore
    let photos: PhotoStore
    let embedder: PhotoEmbedder

    /// Loads the vectors that a model made of a catalog.
    ///
    /// - Parameters:
    ///   - model: what embeds photos; only items embedded by the same model can be found.
    ///   - database: the indexed catalog.
    ///   - catalogPath: the catalog's folder, where its images are.
    ///   - kind: how the index finds what is nearest.
    ///   - report: is told of each file of the index that was damaged, or is of another state of the catalog, and is not used.
    /// - Throws: errors of the database.
    /// - Complexity: O(bytes of the vectors' snapshot), if it is good; else O(items · dimension) to make it anew.
    public init(
        model: EmbeddingModel, database: CatalogDatabase, catalogPath: String, kind: IndexKind = .auto,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        live = try LiveIndex(
            store: VectorStore(database: database, model: model, kind: kind, report: report), modelHash: model.hash)
        products = LiveProducts(live: live, database: database)
        thumbnails = ThumbnailStore(dataDirectory: database.directory)
        photos = PhotoStore(dataDirectory: database.directory)
        scale = ClosenessScale(model)
        embedder = PhotoEmbedder(model: model, thumbnails: thumbnails)
        self.model = model
        self.database = database
        self.catalogPath = catalogPath
    }

    /// Name of the embedding model.
    public var modelName: String { model.name }

    /// How many items can be found.
    public var itemCount: Int { live.count }

    /// Decodes and embeds a photo, or a part of it.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - region: the part that counts, as if the photo had been cut; `nil` takes all.
    ///   - detail: what is needed beside the vector.
    /// - Returns: the vector, and what of the photo (or the part) was asked for.
    /// - Throws: `ImageError` if the bytes are no acceptable photo.
    public func query(
        photo bytes: [UInt8], region: ImageRegion? = nil, detail: PhotoDetail = .picture
    ) throws -> PhotoQuery {
        try embedder.query(photo: bytes, region: region, detail: detail)
    }

    /// The nearest items to a vector, nearest first; equally near ones in the order of their identifiers. Fewer than
    /// `count` only if fewer pass the filter.
    ///
    /// - Parameters:
    ///   - vector: a unit vector of the model.
    ///   - count: how many at the most.
    ///   - metric: how nearness is measured.
    ///   - filter: which items may be found.
    ///   - collapses: whether of each product only the nearest item is found, of those that pass the filter; then fewer
    ///     than `count` come only if there are fewer products.
    /// - Returns: the items found.
    /// - Throws: ``RecommenderError`` if the filter cannot be answered, `VectorSearchError` if the vector is not the
    ///   model's.
    public func nearest(
        to vector: [Float], count: Int, metric: Metric = .cosine, filter: ItemFilter = ItemFilter(),
        collapses: Bool = false
    ) throws -> [Match] {
        try live.view { state in
            let allowed = filter.isEmpty ? nil : try live.facets(of: state).rows(matching: filter)
            let groups = try products.groups(of: state, areNeeded: collapses)
            return try matches(
                state, groups, vector, count: count, metric: metric, among: allowed, collapses: collapses)
        }
    }

    /// The nearest items to an item, itself left out, and with `collapses` all of its product; `nil` if there is no such
    /// item.
    public func nearest(
        toItem id: String, count: Int, metric: Metric = .cosine, filter: ItemFilter = ItemFilter(),
        collapses: Bool = false
    ) throws -> [Match]? {
        try live.view { state in
            guard let vector = state.index.vector(of: id) else { return nil }
            let groups = try products.groups(of: state, areNeeded: collapses)
            var allowed =
                filter.isEmpty ? state.index.liveRows : try live.facets(of: state).rows(matching: filter)
            for other in collapses ? groups.ids(with: id) : [id] {
                state.index.row(of: other).map { allowed.remove($0) }
            }
            return try matches(
                state, groups, vector, count: count, metric: metric, among: allowed, collapses: collapses)
        }
    }

    private func matches(
        _ state: LiveIndex.State, _ groups: ProductGroups, _ vector: [Float], count: Int, metric: Metric,
        among allowed: RowSet?, collapses: Bool
    ) throws -> [Match] {
        var allowed = allowed
        var matches: [Match] = []
        var found: Set<String> = []
        while matches.count < count {
            // Most products have few items, so twice as many are enough at the first time, nearly always.
            let wanted = collapses ? 2 * (count - matches.count) + 2 : count - matches.count
            let neighbors = try state.index.search(vector, count: wanted, metric: metric, among: allowed)
            let items = Dictionary(
                uniqueKeysWithValues: try database.items(ids: neighbors.map(\.id)).map { ($0.id, $0) })
            for neighbor in neighbors where matches.count < count {
                guard let item = items[neighbor.id], !found.contains(neighbor.id) else { continue }
                if collapses { found.formUnion(groups.group(of: neighbor.id)?.ids ?? []) }
                matches.append(match(item, neighbor, metric, ProductVariants(of: item.id, groups, state)))
            }
            guard collapses, neighbors.count == wanted, matches.count < count else { break }
            var rest = allowed ?? state.index.liveRows
            for neighbor in neighbors { rest.remove(neighbor.row) }
            for id in found { state.index.row(of: id).map { rest.remove($0) } }
            allowed = rest
        }
        return matches
    }

    private func match(
        _ item: CatalogItem, _ neighbor: Neighbor, _ metric: Metric, _ variants: ProductVariants?
    ) -> Match {
        // Between unit vectors |a - b|² = 2 - 2 a·b.
        let similarity = metric == .cosine ? neighbor.score : 1 - neighbor.score * neighbor.score / 2
        return Match(item: item, score: similarity, closeness: scale.closeness(similarity), variants: variants)
    }

    /// The other items of an item's product; `nil` if it is the only one.
    public func variants(ofItem id: String) throws -> ProductVariants? {
        try live.view { ProductVariants(of: id, try products.groups(of: $0, areNeeded: true), $0) }
    }

    /// An item by its identifier.
    public func item(id: String) throws -> CatalogItem? {
        try database.item(id: id)
    }

    /// A page of the items that can be found, in the order of identifiers.
    ///
    /// - Throws: ``RecommenderError`` if the filter cannot be answered.
    public func items(offset: Int, limit: Int, filter: ItemFilter = ItemFilter()) throws -> ItemPage {
        try live.view { state in
            let rows = filter.isEmpty ? state.index.liveRows : try live.facets(of: state).rows(matching: filter)
            let ids = state.index.ids(of: rows, offset: offset, limit: limit)
            return ItemPage(items: try database.items(ids: ids), total: rows.count)
        }
    }

    /// What a search or a listing can be narrowed down to: see ``FacetTable/facets(_:limit:)``.
    public func facets(_ filter: ItemFilter, limit: Int) throws -> Facets {
        try live.view { try live.facets(of: $0).facets(filter, limit: limit) }
    }

    /// The values of an attribute and how many items have each, most frequent first.
    public func values(of attribute: String) -> [(value: String, count: Int)] {
        live.latestFacets.values(of: attribute)
    }

    /// The currencies that items have, the most frequent first.
    public var currencies: [String] { live.latestFacets.currencyNames }

    /// Has a look at the database, does what the index has need of, and removes photos that were of items: see
    /// ``CatalogFollower``.
    ///
    /// - Parameter shouldStop: asked now and then while much is done; `true` ends it.
    /// - Throws: `VectorSearchError` if files cannot be written, or errors of the database; searches go on all the same.
    public func maintain(shouldStop: @escaping @Sendable () -> Bool = { false }) throws {
        try refresh()
        if database.access == .writable { try database.sweepPhotos() }
        try products.renew()
        try live.maintain(shouldStop: shouldStop)
    }

    /// Has a look at the database, so that the next search has less to read. O(changes).
    ///
    /// - Throws: errors of the database, among them that it has changed where changes are not followed.
    public func refresh() throws {
        try database.checkUnchanged()
        try live.view { _ in }
    }

    /// Reads all attributes, so that the first filter finds them read. O(items).
    public func readFacets() { _ = live.latestFacets }

    /// Recognises which items are one product, so that the first search finds it done, however many items there are.
    ///
    /// - Throws: errors of the database.
    public func recognizeProducts() throws { try products.renew() }

    /// Path of an item's original image on disk; `nil` if there is no such item, or its image has become a link that leads
    /// out of the catalog's folder.
    public func imageFile(id: String) throws -> String? {
        try database.item(id: id).flatMap(photoPath)
    }

    private func photoPath(of item: CatalogItem) -> String? {
        // What came by the API lies in the data directory.
        if !item.imagePath.hasPrefix("/") {
            do throws(OpenPhoto.Problem) {
                _ = try OpenPhoto(item.imagePath, below: catalogPath, onlyLooks: true)
            } catch {
                if error == .outside { return nil }
            }
        }
        return photos.path(of: item.imagePath, catalogPath: catalogPath)
    }

    /// Path of an item's thumbnail on disk, made now if it is missing (the photo itself if that is small); `nil` if there
    /// is no such item.
    ///
    /// - Throws: `ImageError` if the photo has become unusable since it was indexed.
    public func thumbnailFile(id: String) throws -> String? {
        try database.item(id: id).flatMap { item in
            guard let original = photoPath(of: item) else { return nil }
            return try embedder.decoding {
                try thumbnails.file(contentHash: item.contentHash, original: original)
            }
        }
    }
}

extension ClosenessScale {
    /// The thresholds that a model's file states, or the standard ones.
    package init(_ model: EmbeddingModel) {
        guard let thresholds = model.closenessThresholds else {
            self = .standard
            return
        }
        self.init(thresholds)
    }

    /// For photos that are not on white; `nil` if the model's file states no thresholds of their own for these.
    static func home(_ model: EmbeddingModel) -> ClosenessScale? {
        model.homeClosenessThresholds.map { ClosenessScale($0) }
    }

    private init(_ thresholds: (Float, Float, Float)) {
        self.init(veryClose: thresholds.0, similar: thresholds.1, looselyRelated: thresholds.2)
    }
}

extension Duration {
    /// The duration in milliseconds.
    public var milliseconds: Double { self / .milliseconds(1) }
}
