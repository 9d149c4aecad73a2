import CatalogStore
import Recommender

/// An item as the API shows it. Fields that the catalog does not have are left out.
package struct APIItem: Encodable, Sendable {
    let id: String
    var score: Double?
    var closeness: String?
    let name: String?
    let category: String?
    let colour: String?
    let gender: String?
    let price: Double?
    let currency: String?
    let url: String?
    let description: String?
    let attributes: [String: String]
    let imageURL: String
    let thumbnailURL: String
    let itemURL: String
    var variants: APIVariants?

    enum CodingKeys: String, CodingKey {
        case id, score, closeness, name, category, colour, gender, price, currency, url, description, attributes,
            variants
        case imageURL = "image_url"
        case thumbnailURL = "thumbnail_url"
        case itemURL = "item_url"
    }

    init(_ item: CatalogItem) {
        let links = ItemLinks(id: item.id)
        id = item.id
        name = item.name
        category = item.category
        colour = item.colour
        gender = item.gender
        price = item.price.flatMap { $0.isFinite ? $0 : nil }
        currency = item.currency
        url = item.url
        description = item.description
        // A CSV may name a column twice; the first one counts.
        attributes = Dictionary(item.attributes.map { ($0.name, $0.value) }) { first, _ in first }
        imageURL = links.image
        thumbnailURL = links.thumbnail
        itemURL = links.page
    }

    init(_ match: Match) {
        self.init(match.item)
        score = APIResponse.rounded(Double(match.score), places: 4)
        closeness = match.closeness.rawValue
        variants = match.variants.map { APIVariants($0) }
    }
}

/// What else there is of an item's product.
package struct APIVariants: Encodable, Sendable {
    /// How many items the product has, this one among them.
    let count: Int
    /// How many colours they have.
    let colours: Int
    /// The identifiers of the others.
    let others: [String]

    init(_ variants: ProductVariants) {
        count = variants.others.count + 1
        colours = variants.colours
        others = variants.others
    }
}

/// What is nearest to one of several photos.
package struct APIPhotoAnswer: Encodable {
    let results: [APIItem]
    let sameCut: APISameCut?

    enum CodingKeys: String, CodingKey {
        case results
        case sameCut = "same_cut"
    }

    init(_ found: RefinedMatches) {
        results = found.matches.map { APIItem($0) }
        sameCut = found.sameCut.map { APISameCut($0) }
    }
}

/// The answer to a search, over HTTP and on the command line.
package struct APISearchAnswer: Encodable {
    /// Milliseconds of each step.
    package struct Timings: Encodable {
        var fetch: Double?
        var decode: Double?
        var embed: Double?
        let search: Double
        var facets: Double?
    }

    let model: String
    let timings: Timings
    let results: [APIItem]
    let sameCut: APISameCut?
    let photos: [APIPhotoAnswer]?
    let suggestedCrop: String?
    let facets: APIFacets?
    let looks: APILooksLike?
    let gap: APIGap

    enum CodingKeys: String, CodingKey {
        case model, results, photos, facets
        case sameCut = "same_cut"
        case timings = "timings_ms"
        case looks = "looks_like"
        case suggestedCrop = "suggested_crop"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(timings, forKey: .timings)
        try container.encode(results, forKey: .results)
        try container.encodeIfPresent(sameCut, forKey: .sameCut)
        try container.encodeIfPresent(photos, forKey: .photos)
        try container.encodeIfPresent(suggestedCrop, forKey: .suggestedCrop)
        try container.encodeIfPresent(facets, forKey: .facets)
        try container.encodeIfPresent(looks, forKey: .looks)
        try gap.encode(to: encoder)
    }

    /// The answer that holds these matches.
    package init(
        model: String, timings: Timings, matches: [Match], sameCut: RefinedMatches.SameCut? = nil,
        photos: [APIPhotoAnswer]? = nil, suggestedCrop: String? = nil, facets: APIFacets? = nil,
        looks: APILooksLike? = nil
    ) {
        self.model = model
        self.timings = timings
        self.photos = photos
        self.suggestedCrop = suggestedCrop
        self.facets = facets
        self.looks = looks
        gap = APIGap()
        results = matches.map { APIItem($0) }
        self.sameCut = sameCut.map { APISameCut($0) }
    }
}

/// A stretch of the catalog.
struct APIListing: Encodable {
    let total: Int
    let offset: Int
    let limit: Int
    let items: [APIItem]
    let facets: APIFacets?
    var gap = APIGap()

    enum CodingKeys: String, CodingKey {
        case total, offset, limit, items, facets
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(total, forKey: .total)
        try container.encode(offset, forKey: .offset)
        try container.encode(limit, forKey: .limit)
        try container.encode(items, forKey: .items)
        try container.encodeIfPresent(facets, forKey: .facets)
        try gap.encode(to: encoder)
    }
}

/// What an answer lacks because shards of the catalog are away; nothing in JSON if it is whole.
struct APIGap: Encodable {
    private let gap = AnswerCoverage.gap

    private enum CodingKeys: String, CodingKey {
        case partial
        case missingShards = "missing_shards"
        case shards
    }

    func encode(to encoder: any Encoder) throws {
        guard let gap else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(true, forKey: .partial)
        try container.encode(gap.missing, forKey: .missingShards)
        try container.encode(gap.shards, forKey: .shards)
    }
}

/// A refusal.
struct APIErrorAnswer: Encodable {
    struct Detail: Encodable {
        let code: String
        let message: String
        /// Which of several photos it is about, from 1; of others not there.
        let photo: Int?
    }

    let error: Detail
}
