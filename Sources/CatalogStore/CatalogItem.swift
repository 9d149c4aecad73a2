/// One item of a catalog, as its CSV row describes it.
public struct CatalogItem: Sendable, Equatable, Identifiable {
    /// The catalog's own identifier, unique within it.
    public let id: String
    /// What the shop calls it.
    public let name: String?
    /// Kind of item, such as `Dresses`.
    public let category: String?
    /// Main colour, such as `Navy Blue`.
    public let colour: String?
    /// Whom it is for, such as `Women`.
    public let gender: String?
    /// Price in units of ``currency``.
    public let price: Double?
    /// ISO 4217 code, such as `EUR`.
    public let currency: String?
    /// The item's page in the shop.
    public let url: String?
    /// A sentence or two.
    public let description: String?
    /// Every other column of the CSV, such as `season` or `usage`, in the CSV's order.
    public let attributes: [(name: String, value: String)]
    /// SHA-256 of the image file, in hexadecimal.
    public let contentHash: String
    /// The image's path below the catalog folder.
    public let imagePath: String

    /// An item with all its fields.
    public init(
        id: String, name: String? = nil, category: String? = nil, colour: String? = nil, gender: String? = nil,
        price: Double? = nil, currency: String? = nil, url: String? = nil, description: String? = nil,
        attributes: [(name: String, value: String)] = [], contentHash: String = "", imagePath: String = ""
    ) {
        self.id = id
        self.name = name
        self.category = category
        self.colour = colour
        self.gender = gender
        self.price = price
        self.currency = currency
        self.url = url
        self.description = description
        self.attributes = attributes
        self.contentHash = contentHash
        self.imagePath = imagePath
    }

    /// The same item with another image path or content hash, or other attributes.
    public func with(
        imagePath: String? = nil, contentHash: String? = nil, attributes: [(name: String, value: String)]? = nil
    ) -> CatalogItem {
        CatalogItem(
            id: id, name: name, category: category, colour: colour, gender: gender, price: price, currency: currency,
            url: url, description: description, attributes: attributes ?? self.attributes,
            contentHash: contentHash ?? self.contentHash,
            imagePath: imagePath ?? self.imagePath)
    }

    /// The same item with its identifier in the form in which identifiers are stored and looked for.
    package var withCanonicalID: CatalogItem {
        CatalogItem(
            id: id.canonicalID, name: name, category: category, colour: colour, gender: gender, price: price,
            currency: currency, url: url, description: description, attributes: attributes, contentHash: contentHash,
            imagePath: imagePath)
    }

    public static func == (a: CatalogItem, b: CatalogItem) -> Bool {
        a.id == b.id && a.name == b.name && a.category == b.category && a.colour == b.colour && a.gender == b.gender
            && a.price == b.price && a.currency == b.currency && a.url == b.url && a.description == b.description
            && a.attributes.elementsEqual(b.attributes, by: ==) && a.contentHash == b.contentHash
            && a.imagePath == b.imagePath
    }
}
