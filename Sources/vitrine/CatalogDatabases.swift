import ArgumentParser
import PostgresStore

extension Catalog.Stats {
    /// Counts what databases hold.
    func run(_ shards: ShardSet, away: String?) throws {
        let present = shards.catalogs.filter { $0.problem == nil }
        let answer = DatabaseStatsJSON(databases: try present.map { try .init($0, $0.statistics()) })
        if json { try printJSON(answer) } else { try printLine(answer.text) }
        if let away { throw Failure(away, status: Failure.unavailable) }
    }
}

extension Catalog.Verify {
    /// Checks what databases hold.
    func run(_ shards: ShardSet, away: String?) throws {
        var problems: [DatabaseVerifyJSON.Problem] = []
        var photos = 0
        let bar = ProgressBar()
        do {
            defer { bar.finish() }
            for (number, catalog) in shards.catalogs.enumerated() where catalog.problem == nil {
                let total = try catalog.statistics().photos
                problems += try catalog.verify { bar.update(done: min($0, total), total: total) }.map {
                    .init(shard: number + 1, subject: $0.subject, detail: $0.detail)
                }
                photos += total
            }
        }
        if json {
            try printJSON(DatabaseVerifyJSON(photos: photos, problems: problems))
        } else {
            for problem in problems { try printLine("\(problem.subject): \(problem.detail)") }
            try printLine(
                counted(photos, "photo") + ": "
                    + (problems.isEmpty ? "all as they should be." : counted(problems.count, "problem") + "."))
        }
        if let away { throw Failure(away, status: Failure.unavailable) }
        if !problems.isEmpty { throw ExitCode(1) }
    }
}

extension Catalog.Export {
    /// Exports what databases hold.
    func run(_ shards: ShardSet, _ target: ExportFolder) throws {
        let model = try model.load(for: shards)
        let written = try target.write(model, photo: shards.photo) { writer in
            try shards.export(dimension: model.dimension, start: writer.start, row: writer.append)
        }
        try report(written, model)
    }
}

extension Catalog.Products {
    /// Lists what was recognised in databases.
    func run(_ shards: ShardSet) throws {
        let known = try shards.recognizedProducts()
        let answer = ProductsJSON(
            items: known.items, seconds: nil, current: known.isCurrent,
            products: known.products.map { product in
                ProductsJSON.Product(
                    colours: product.colours,
                    items: product.items.map { ProductsJSON.Item(id: $0.id, name: $0.name, colour: $0.colour) })
            })
        if json { try printJSON(answer) } else { try printLine(answer.text) }
    }
}

/// What was found by checking databases.
private struct DatabaseVerifyJSON: Encodable {
    struct Problem: Encodable {
        let shard: Int
        let subject: String
        let detail: String
    }

    let photos: Int
    let problems: [Problem]
}

/// What databases hold, as JSON and as text.
private struct DatabaseStatsJSON: Encodable {
    struct Database: Encodable {
        let shard: Int
        let shards: Int
        let address: String
        let model: String?
        let precision: String?
        let items: Int
        let waitingItems: Int
        let photos: Int
        let photoBytes: Int
        let embeddings: Int
        let queued: Int
        let failed: Int
        let editedItems: Int
        let products: Int
        let hasIndex: Bool
        let category: [ValueCount]
        let colour: [ValueCount]
        let gender: [ValueCount]
        let brokenImages: [BrokenImageJSON]
        let duplicates: [DuplicateJSON]

        init(_ catalog: PostgresCatalog, _ statistics: DatabaseStatistics) throws {
            let known = try catalog.model()
            shard = catalog.shard.number + 1
            shards = catalog.shard.count
            address = catalog.address.description
            model = known?.name
            precision = known?.precision
            items = statistics.items
            waitingItems = statistics.waitingItems
            photos = statistics.photos
            photoBytes = statistics.photoBytes
            embeddings = statistics.embeddings
            queued = statistics.queue.waiting
            failed = statistics.queue.failed
            editedItems = statistics.editedItems
            products = statistics.products
            hasIndex = statistics.hasIndex
            category = statistics.categories.map(ValueCount.init)
            colour = statistics.colours.map(ValueCount.init)
            gender = statistics.genders.map(ValueCount.init)
            brokenImages = statistics.brokenImages.map(BrokenImageJSON.init)
            duplicates = statistics.duplicates.map(DuplicateJSON.init)
        }
    }

    let databases: [Database]

    var text: String {
        databases.map { database in
            """
            \(database.address)\(database.shards > 1 ? ", shard \(database.shard) of \(database.shards)" : "")
              \(counted(database.items, "item")); waiting for the vector of a photo: \(database.waitingItems)
              category: \(ValueCount.summary(database.category))
              colour: \(ValueCount.summary(database.colour))
              gender: \(ValueCount.summary(database.gender))
              \(counted(database.photos, "photo")), \(database.photoBytes / 1_000_000) MB; \(database.embeddings) with a vector\
            \(database.model.map { " of \($0) in \(database.precision ?? "")" } ?? "")
              queue: \(counted(database.queued, "photo")) to be embedded, \(database.failed) that cannot be
              \(counted(database.products, "product")) of several items; last changed by the API: \
            \(counted(database.editedItems, "item"))
              \(DuplicateJSON.summary(database.duplicates))
              \(database.hasIndex ? "an index of the vectors" : "no index of the vectors: all are compared")
            """ + BrokenImageJSON.lines(database.brokenImages).map { "\n  " + $0 }.joined()
        }.joined(separator: "\n")
    }
}
