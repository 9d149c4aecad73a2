import CatalogStore
import Foundation

/// How an item lies in a row.
enum ItemRow {
    /// The columns that ``item(_:_:from:)`` reads, of `item` as `i` and its photo as `f`.
    static let columns = """
        i.id, i.name, i.category, i.colour, i.gender, i.price, i.currency, i.url, i.description, i.attributes,
        f.content_hash, i.image_path
        """
    /// How many they are.
    static let width = 12

    /// The columns that ``parameters(_:facets:stamp:)`` gives values for, but for the photo.
    static let written = """
        id, name, category, colour, gender, price, currency, url, description, attributes, facets, image_path,
        file_size, file_modified
        """
    static let writtenValues = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10::json, $11::integer[], $12, $13, $14"
    /// What an item that is there gets from the one that takes its place.
    static let updates = """
        name = excluded.name, category = excluded.category, colour = excluded.colour, gender = excluded.gender,
        price = excluded.price, currency = excluded.currency, url = excluded.url, description = excluded.description,
        attributes = excluded.attributes, facets = excluded.facets, photo = excluded.photo,
        image_path = excluded.image_path, file_size = excluded.file_size, file_modified = excluded.file_modified
        """

    /// The item of a row, whose columns begin at `start`.
    static func item(_ rows: PostgresRows, _ row: Int, from start: Int = 0) -> CatalogItem {
        CatalogItem(
            id: rows.text(row, start), name: rows.optionalText(row, start + 1),
            category: rows.optionalText(row, start + 2), colour: rows.optionalText(row, start + 3),
            gender: rows.optionalText(row, start + 4), price: rows.optionalDouble(row, start + 5),
            currency: rows.optionalText(row, start + 6), url: rows.optionalText(row, start + 7),
            description: rows.optionalText(row, start + 8), attributes: attributes(rows.text(row, start + 9)),
            contentHash: rows.text(row, start + 10), imagePath: rows.text(row, start + 11))
    }

    /// The values of ``written``.
    static func parameters(_ item: CatalogItem, facets: [Int], stamp: FileStamp?) -> [PostgresParameter] {
        [
            .text(item.id), .init(item.name), .init(item.category), .init(item.colour), .init(item.gender),
            .init(item.price), .init(item.currency), .init(item.url), .init(item.description),
            .text(json(item.attributes)), .integers(facets), .text(item.imagePath), .integer(stamp?.size ?? 0),
            .integer(stamp?.modified ?? 0),
        ]
    }

    private static func json(_ attributes: [(name: String, value: String)]) -> String {
        let pairs = attributes.map { [$0.name.withoutNUL, $0.value.withoutNUL] }
        guard let data = try? JSONEncoder().encode(pairs) else { preconditionFailure("texts can be encoded") }
        return String(decoding: data, as: UTF8.self)
    }

    private static func attributes(_ json: String) -> [(name: String, value: String)] {
        if json == "[]" { return [] }
        let pairs = (try? JSONDecoder().decode([[String]].self, from: Data(json.utf8))) ?? []
        return pairs.filter { $0.count == 2 }.map { (name: $0[0], value: $0[1]) }
    }
}
