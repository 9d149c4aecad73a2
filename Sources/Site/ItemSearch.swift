import CatalogStore
import ImageCodecs
import Recommender
import VectorSearch

/// What the site needs of the recommender; a protocol so that pages can be tested with a handful of items in memory.
/// The methods are those of `Recommender`, which see.
package protocol ItemSearch: Sendable {
    var modelName: String { get }
    var itemCount: Int { get }
    var comparesParts: Bool { get }
    func query(photo bytes: [UInt8], region: ImageRegion?, detail: PhotoDetail) throws -> PhotoQuery
    func nearest(
        to vector: [Float], count: Int, metric: Metric, filter: ItemFilter, collapses: Bool
    ) throws -> [Match]
    func nearest(
        toItem id: String, count: Int, metric: Metric, filter: ItemFilter, collapses: Bool
    ) throws -> [Match]?
    func variants(ofItem id: String) throws -> ProductVariants?
    func vectors(ofItems ids: [String]) throws -> [String: [Float]]
    func meanVector(_ filter: ItemFilter) throws -> MeanVector?
    func items(ids: [String]) throws -> [CatalogItem]
    func item(id: String) throws -> CatalogItem?
    func items(offset: Int, limit: Int, filter: ItemFilter) throws -> ItemPage
    func facets(_ filter: ItemFilter, limit: Int) throws -> Facets
    func values(of attribute: String) -> [(value: String, count: Int)]
    func imageFile(id: String) throws -> String?
    func thumbnailFile(id: String) throws -> String?
}

extension ItemSearch {
    /// Decodes and embeds a photo, or a part of it, for a page.
    package func query(photo bytes: [UInt8], region: ImageRegion? = nil) throws -> PhotoQuery {
        try query(photo: bytes, region: region, detail: .picture)
    }
}

extension Recommender: ItemSearch {}
