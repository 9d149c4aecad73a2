/// Where an item's page and pictures are.
package struct ItemLinks: Sendable {
    package let page: String
    package let image: String
    package let thumbnail: String
    /// The picture as the first page has it.
    package let small: String

    package init(id: String) {
        let segment = TextFormat.encoded(id)
        page = "/items/" + segment
        image = "/images/" + segment + ".jpg"
        thumbnail = "/thumbnails/" + segment + ".jpg"
        small = "/examples/" + segment + ".jpg"
    }
}
