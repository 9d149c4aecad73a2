import ArgumentParser
import CatalogStore
import Foundation
import Recommender

extension Catalog {
    struct Products: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List which items are taken for one product, and so found once.",
            discussion: """
                The rule is in the README; `--no-collapse` of `serve` and `search` switches it off. With --database, the list
                is what was recognised when the databases were last indexed or changed, for all servers.
                """)

        @OptionGroup var catalog: CatalogOptions
        @OptionGroup var databases: DatabaseOptions
        @OptionGroup var model: ModelOptions

        @Flag(help: "Print everything as JSON.")
        var json = false

        func run() throws {
            if let shards = try databases.indexedShards() { return try run(shards) }
            let database = try catalog.database(mayCreate: false)
            let model = try model.load()
            let (ids, vectors) = try database.vectors(modelHash: model.hash, dimension: model.dimension)
            let rows = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
            var items: [CatalogItem] = []
            try database.forEachItem { item in if rows[item.id] != nil { items.append(item) } }

            let start = ContinuousClock.now
            var recognizer = ProductRecognizer()
            for item in items { recognizer.add(item) }
            let products = recognizer.groups(dimension: model.dimension) { id in
                rows[id].map { Array(vectors[$0 * model.dimension..<($0 + 1) * model.dimension]) }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let byID = Dictionary(uniqueKeysWithValues: items.map { ($0.id, $0) })
            let answer = ProductsJSON(
                items: items.count, seconds: (seconds * 1000).rounded() / 1000, current: nil,
                products: products.groups.map { group in
                    ProductsJSON.Product(
                        colours: group.colours,
                        items: group.ids.compactMap { byID[$0] }.map {
                            ProductsJSON.Item(id: $0.id, name: $0.name, colour: $0.colour)
                        })
                })
            if json { try printJSON(answer) } else { try printLine(answer.text) }
        }
    }
}

/// The products with several items.
struct ProductsJSON: Encodable {
    struct Product: Encodable {
        let colours: Int
        let items: [Item]
    }

    struct Item: Encodable {
        let id: String
        let name: String?
        let colour: String?
    }

    let items: Int
    /// What recognising them took, where it was done now.
    let seconds: Double?
    /// Whether no item has changed since they were recognised, where it was done before.
    let current: Bool?
    let products: [Product]

    var text: String {
        let together = products.reduce(0) { $0 + $1.items.count }
        let lines = products.map { product in
            product.items.map { item in
                "\(item.id) \(oneLine(item.name ?? ""))" + (item.colour.map { " (\($0))" } ?? "")
            }.joined(separator: "; ")
        }
        var summary =
            "\(together) of \(counted(items, "item")) are \(counted(products.count, "product"))"
            + (seconds.map { ", recognised in \($0) s" } ?? "")
            + "; \(products.filter { $0.colours > 1 }.count) of them in several colours."
        if current == false {
            summary += " Items have changed since they were recognised; `vitrine index` and servers do it anew."
        }
        return (lines + [summary]).joined(separator: "\n")
    }
}
