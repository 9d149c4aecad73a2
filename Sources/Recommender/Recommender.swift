import CatalogStore
import Embeddings
import ImageCodecs
import VectorSearch

/// Which items may be found: for each named attribute, one of the values; all names must hold.
public struct ItemFilter: Sendable, Equatable {
    /// Attribute (`category`, `colour`, `gender`, or any column of the catalog) to accepted values, compared without
    /// regard to case.
    public var accepted: [String: [String]]

    /// A filter; empty accepts everything.
    public init(_ accepted: [String: [String]] = [:]) {
        self.accepted = accepted
    }
}

/// A shopper's photo, ready to be searched with.
public struct PhotoQuery: Sendable {
    /// The unit vector.
    public let vector: [Float]
    /// The decoded photo, orientation applied, possibly scaled down.
    public let image: RGBImage
    /// Milliseconds that decoding took.
    public let decodeMilliseconds: Double
    /// Milliseconds that the network took.
    public let embedMilliseconds: Double

    /// A query.
    public init(vector: [Float], image: RGBImage, decodeMilliseconds: Double, embedMilliseconds: Double) {
        self.vector = vector
        self.image = image
        self.decodeMilliseconds = decodeMilliseconds
        self.embedMilliseconds = embedMilliseconds
    }
}

/// A stretch of a listing.
public struct ItemPage: Sendable {
    /// The items of this page.
    public let items: [CatalogItem]
    /// How many there are on all pages.
    public let total: Int
}

/// One facade over the embedding, the index and the catalog. Safe to use from many threads.
/// (Signatures; the implementation follows.)
public final class Recommender: Sendable {
    /// Name of the embedding model.
    public let modelName: String = ""
    /// How many items can be found.
    public var itemCount: Int { 0 }

    /// Decodes and embeds a photo.
    ///
    /// - Throws: `ImageError` if the bytes are no acceptable photo.
    public func query(photo bytes: [UInt8]) throws -> PhotoQuery { throw ImageError.empty }

    /// The nearest items to a vector, nearest first. Fewer than `count` only if fewer pass the filter.
    ///
    /// - Throws: `RecommenderError.unknownAttribute` if the filter names an attribute that the catalog lacks.
    public func nearest(
        to vector: [Float], count: Int, metric: Metric = .cosine, filter: ItemFilter = ItemFilter()
    ) throws -> [Match] { [] }

    /// The nearest items to an item, itself left out; `nil` if there is no such item.
    public func nearest(
        toItem id: String, count: Int, metric: Metric = .cosine, filter: ItemFilter = ItemFilter()
    ) throws -> [Match]? { nil }

    /// An item by its identifier.
    public func item(id: String) throws -> CatalogItem? { nil }

    /// A page of the catalog in the order of identifiers.
    public func items(offset: Int, limit: Int, filter: ItemFilter = ItemFilter()) throws -> ItemPage {
        ItemPage(items: [], total: 0)
    }

    /// The values of an attribute with how many items have each, most frequent first.
    public func values(of attribute: String) throws -> [(value: String, count: Int)] { [] }

    /// Path of the item's original image file on disk; `nil` if there is no such item.
    public func imageFile(id: String) throws -> String? { nil }

    /// Path of the item's thumbnail on disk (JPEG, at most 480 px a side), made again if it is missing.
    public func thumbnailFile(id: String) throws -> String? { nil }
}

/// What a search cannot do.
public enum RecommenderError: Error, Equatable, Sendable {
    /// A filter names an attribute that no item has.
    case unknownAttribute(String, known: [String])
}
