extension CatalogItem {
    /// The most bytes of a text in UTF-8, wherever an item comes from.
    public static let longestText = 10_000
    /// The most attributes of an item, and columns of a table that are attributes.
    public static let mostAttributes = 200
    /// The most bytes of an attribute's name.
    public static let longestAttributeName = 200
    /// The highest price in units of its currency.
    public static let highestPrice = 1e12

    /// Whether an attribute could not be filtered on because a parameter of an address has its name, compared without
    /// regard to the case of letters.
    public static func isReserved(attribute name: String) -> Bool {
        let lower = name.lowercased()
        return reserved.contains(lower) || lower.hasPrefix("utm_")
    }

    private static let reserved: Set = [
        "k", "metric", "price_min", "price_max", "facets", "facet_limit", "collapse", "more", "less", "as_colour",
        "photo",
        "crop", "looks_like", "suggest_crop", "page", "offset", "limit",
    ]

    /// Whether a text has characters that steer what shows it (C0 and C1, NUL among them), other than tabs and line ends
    /// where those may stand.
    public static func hasControls(_ text: String, allowsLines: Bool) -> Bool {
        text.unicodeScalars.contains { isControl($0) && !(allowsLines && isLayout($0)) }
    }

    /// C0 and C1 control characters and DEL.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// Tab, line feed and carriage return.
    static func isLayout(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || scalar == "\n" || scalar == "\r"
    }
}
