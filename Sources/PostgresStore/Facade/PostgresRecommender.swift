import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import Recommender
import VectorSearch

/// What `Recommender` is over a data directory, over PostgreSQL: which items are nearest to a photo, or to another item.
/// It keeps nothing but copies, so that any number of processes can serve one catalog beside each other.
///
/// Safe to use from many threads. Every answer has all changes that were committed before. Methods throw
/// ``RecommenderError/databaseUnavailable(reason:)`` while no database answers.
public final class PostgresRecommender: Sendable {
    let shards: ShardSet
    let embedder: PhotoEmbedder
    let cache: PhotoCache
    private let scale: ClosenessScale
    private let kind: IndexKind

    /// A recommender over databases.
    ///
    /// - Parameters:
    ///   - model: what embeds photos; the databases hold its vectors.
    ///   - shards: the databases.
    ///   - cacheDirectory: a folder for copies of photos and for thumbnails.
    ///   - kind: whether the index of the databases may be used.
    public init(model: EmbeddingModel, shards: ShardSet, cacheDirectory: String, kind: IndexKind = .auto) {
        self.shards = shards
        self.kind = kind
        cache = PhotoCache(directory: cacheDirectory)
        embedder = PhotoEmbedder(model: model, thumbnails: cache.thumbnails)
        scale = ClosenessScale(model)
    }

    var model: EmbeddingModel { embedder.model }

    /// Name of the embedding model.
    public var modelName: String { model.name }

    /// How many items can be found; while no database answers, as many as last time.
    public var itemCount: Int {
        let counts = (try? shards.ask { catalog throws(PostgresError) in try catalog.summary().matching }) ?? []
        guard counts.count == shards.catalogs.count else {
            return shards.catalogs.reduce(0) { $0 + ($1.summaries.latest?.matching ?? 0) }
        }
        return counts.reduce(0, +)
    }

    /// Why the catalog cannot be searched at the moment; `nil` if it can, at least in part.
    public var problem: String? {
        let problems = shards.catalogs.compactMap(\.problem)
        return problems.count == shards.catalogs.count ? problems.first?.description : nil
    }

    /// The shards that are away, numbered from 1 on.
    public var missingShards: [Int] {
        shards.catalogs.enumerated().filter { $1.problem != nil }.map { $0.offset + 1 }
    }

    /// Decodes and embeds a photo, or a part of it.
    ///
    /// - Throws: `ImageError` if the bytes are no acceptable photo.
    public func query(
        photo bytes: [UInt8], region: ImageRegion? = nil, detail: PhotoDetail = .picture
    ) throws -> PhotoQuery {
        try embedder.query(photo: bytes, region: region, detail: detail)
    }

    /// The nearest items to a vector: see `Recommender.nearest(to:count:metric:filter:collapses:)`.
    public func nearest(
        to vector: [Float], count: Int, metric: Metric = .cosine, filter: ItemFilter = ItemFilter(),
        collapses: Bool = false
    ) throws -> [Match] {
        try check(vector)
        try check(filter)
        return try matches(vector, count: count, filter: filter, excluding: Exclusion(), collapses: collapses)
    }

    /// The nearest items to an item: see `Recommender.nearest(toItem:count:metric:filter:collapses:)`.
    public func nearest(
        toItem id: String, count: Int, metric: Metric = .cosine, filter: ItemFilter = ItemFilter(),
        collapses: Bool = false
    ) throws -> [Match]? {
        let id = id.withoutNUL.canonicalID
        let found = try shards.askShard(of: id) { catalog throws(PostgresError) in try catalog.vectors(ids: [id]) }
        guard let (vector, product) = found[id] else { return nil }
        try check(filter)
        let exclusion = Exclusion(id: id, product: collapses ? product : nil)
        return try matches(vector, count: count, filter: filter, excluding: exclusion, collapses: collapses)
    }

    private func check(_ vector: [Float]) throws {
        guard vector.count == model.dimension else {
            throw VectorSearchError.dimensionMismatch(expected: model.dimension, got: vector.count)
        }
        guard vector.allSatisfy(\.isFinite) else { throw VectorSearchError.notFinite }
    }

    func check(_ filter: ItemFilter) throws {
        if !filter.isEmpty { try summary().check(filter) }
    }

    /// What all shards have that answer.
    func summary() throws -> CatalogCounts {
        try sum(shards.ask { catalog throws(PostgresError) in try catalog.summary() })
    }

    private func sum(_ counts: [CatalogCounts]) -> CatalogCounts {
        counts.dropFirst().reduce(into: counts.first ?? CatalogCounts()) { $0.add($1) }
    }

    private func matches(
        _ vector: [Float], count: Int, filter: ItemFilter, excluding: Exclusion, collapses: Bool
    ) throws -> [Match] {
        guard count > 0 else { return [] }
        // Most products have few items, so twice as many are enough at the first time, nearly always.
        var limit = collapses ? 2 * count + 2 : count
        while true {
            let (kind, wanted) = (kind, limit)
            let answers = try shards.ask { catalog throws(PostgresError) in
                try catalog.nearest(to: vector, limit: wanted, filter: filter, excluding: excluding, kind: kind)
            }
            // As many as were wanted of each are the first so many of all; what comes after them may lack others.
            let isAll = answers.allSatisfy { $0.count < wanted }
            let ordered = answers.joined().sorted { ($1.similarity, $0.item.id) < ($0.similarity, $1.item.id) }
            var products: Set<String> = []
            let found = ordered.prefix(isAll ? .max : wanted).filter { item in
                guard collapses, let product = item.product else { return true }
                return products.insert(product).inserted
            }
            if found.count >= count || isAll { return try matches(Array(found.prefix(count))) }
            limit *= 4
        }
    }

    private func matches(_ found: [FoundItem]) throws -> [Match] {
        let products = try products(Set(found.compactMap(\.product)))
        return found.map { found in
            Match(
                item: found.item, score: found.similarity, closeness: scale.closeness(found.similarity),
                variants: found.product.flatMap { products[$0] }.flatMap { variants(of: found.item.id, in: $0) })
        }
    }

    /// Products by name: the identifiers of the items, and how many colours they have.
    private func products(_ names: Set<String>) throws -> [String: (ids: [String], colours: Int)] {
        guard !names.isEmpty else { return [:] }
        let answers = try shards.ask { catalog throws(PostgresError) in try catalog.products(names.sorted()) }
        var products: [String: [(place: Int, id: String, colours: Int)]] = [:]
        for answer in answers { products.merge(answer) { $0 + $1 } }
        return products.mapValues { items in
            (items.sorted { $0.place < $1.place }.map(\.id), items.first?.colours ?? 0)
        }
    }

    private func variants(of id: String, in product: (ids: [String], colours: Int)) -> ProductVariants? {
        let others = product.ids.filter { $0 != id }
        return others.isEmpty ? nil : ProductVariants(others: others, colours: product.colours)
    }

    /// The other items of an item's product; `nil` if it is the only one.
    public func variants(ofItem id: String) throws -> ProductVariants? {
        let id = id.withoutNUL.canonicalID
        let found = try shards.askShard(of: id) { catalog throws(PostgresError) in try catalog.vectors(ids: [id]) }
        guard let name = found[id]?.product, let product = try products([name])[name] else { return nil }
        return variants(of: id, in: product)
    }

    /// An item by its identifier.
    public func item(id: String) throws -> CatalogItem? {
        let id = id.withoutNUL.canonicalID
        return try shards.askShard(of: id) { catalog throws(PostgresError) in try catalog.items(ids: [id]) }.first
    }

    /// A page of the items, in the order of identifiers: see `Recommender.items(offset:limit:filter:)`.
    public func items(offset: Int, limit: Int, filter: ItemFilter = ItemFilter()) throws -> ItemPage {
        try check(filter)
        if shards.catalogs.count == 1 {
            let pages = try shards.ask { catalog throws(PostgresError) in
                try catalog.items(offset: offset, limit: limit, filter: filter)
            }
            return pages[0]
        }
        // The page's identifiers are among the first ones of each shard.
        let answers = try shards.ask { catalog throws(PostgresError) in
            try catalog.ids(limit: offset + limit, filter: filter)
        }
        let ids = Array(answers.flatMap(\.ids).sorted().dropFirst(offset).prefix(limit))
        let found = try shards.ask { catalog throws(PostgresError) in try catalog.items(ids: ids) }
        let items = Dictionary(found.joined().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ItemPage(items: ids.compactMap { items[$0] }, total: answers.reduce(0) { $0 + $1.total })
    }

    /// What a search or a listing can be narrowed down to: see `FacetTable.facets(_:limit:)`.
    public func facets(_ filter: ItemFilter, limit: Int) throws -> Facets {
        let all = try summary()
        guard !filter.isEmpty else { return all.facets(all, filter, limit: limit) }
        try all.check(filter)
        let counts = try sum(shards.ask { catalog throws(PostgresError) in try catalog.counts(filter) })
        return all.facets(counts, filter, limit: limit)
    }

    /// The values of an attribute and how many items have each, most frequent first.
    public func values(of attribute: String) -> [(value: String, count: Int)] {
        (try? summary())?.values(of: attribute)
            ?? sum(shards.catalogs.compactMap(\.summaries.latest)).values(of: attribute)
    }

    /// Path of a copy of an item's photo; `nil` if there is no such item.
    public func imageFile(id: String) throws -> String? {
        let id = id.withoutNUL.canonicalID
        guard let hash = try contentHash(ofItem: id) else { return nil }
        return try cache.photo(hash) { try photo(hash, ofItem: id) }
    }

    /// Path of an item's thumbnail (the photo itself if that is small); `nil` if there is no such item.
    ///
    /// - Throws: `ImageError` if the photo cannot be decoded.
    public func thumbnailFile(id: String) throws -> String? {
        let id = id.withoutNUL.canonicalID
        guard let hash = try contentHash(ofItem: id) else { return nil }
        if let file = cache.thumbnail(hash) { return file }
        guard let original = try cache.photo(hash, fetch: { try photo(hash, ofItem: id) }) else { return nil }
        return try embedder.decoding { try cache.thumbnails.file(contentHash: hash, original: original) }
    }

    private func contentHash(ofItem id: String) throws -> String? {
        try shards.askShard(of: id) { catalog throws(PostgresError) in try catalog.contentHash(ofItem: id) }
    }

    private func photo(_ contentHash: String, ofItem id: String) throws -> [UInt8]? {
        try shards.askShard(of: id) { catalog throws(PostgresError) in try catalog.photo(contentHash: contentHash) }
    }
}
