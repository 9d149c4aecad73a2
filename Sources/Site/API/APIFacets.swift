import Recommender

/// What a search or a listing can be narrowed down to, as the API shows it.
package struct APIFacets: Encodable, Sendable {
    /// An attribute with its values.
    struct Attribute: Encodable {
        let name: String
        let values: [Value]
        let further: Int
    }

    /// A value and how many items one would get by choosing it.
    struct Value: Encodable {
        let value: String
        let count: Int
        let selected: Bool
    }

    /// The prices in one currency.
    struct Prices: Encodable {
        let currency: String?
        let count: Int
        let min: Double
        let max: Double
    }

    let matching: Int
    let attributes: [Attribute]
    let prices: [Prices]

    init(_ facets: Facets) {
        matching = facets.matching
        attributes = facets.attributes.map { facet in
            Attribute(
                name: facet.name,
                values: facet.values.map { Value(value: $0.text, count: $0.count, selected: $0.isAccepted) },
                further: facet.further)
        }
        // JSON has no infinity.
        prices = facets.prices.filter { $0.minimum.isFinite && $0.maximum.isFinite }.map {
            Prices(currency: $0.currency, count: $0.count, min: $0.minimum, max: $0.maximum)
        }
    }
}
