import CatalogStore

/// Items like others.
enum CatalogItemCopy {
    /// An item under another identifier.
    static func of(_ item: CatalogItem, id: String) -> CatalogItem {
        CatalogItem(
            id: id, name: item.name, category: item.category, colour: item.colour, gender: item.gender,
            price: item.price, currency: item.currency)
    }
}
