import ArgumentParser
import CatalogStore
import Embeddings
import Recommender
import Tensors
import VectorSearch

/// Which catalog, and where its index is kept.
struct CatalogOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder with items.csv or styles.csv and its images.", valueName: "dir"))
    var catalog = "catalog"

    @Option(help: ArgumentHelp("Data directory: embeddings, thumbnails. One for each catalog.", valueName: "dir"))
    var data = ".vitrine"

    @Option(help: "What the catalog's CSV is written in: utf-8, windows-1252 or utf-16. Found out if not given.")
    var encoding: TableEncoding?

    func folder() throws -> CatalogFolder { try CatalogFolder(path: catalog, encoding: encoding) }

    func database(mayCreate: Bool = true) throws -> CatalogDatabase {
        try CatalogDatabase(directory: data, mayCreate: mayCreate)
    }
}

/// Which model.
struct ModelOptions: ParsableArguments {
    static let shipped = "fashion-resnet34"

    @Option(help: ArgumentHelp("Model: a name from `vitrine weights list`, or a file.", valueName: "name|file"))
    var model = ModelOptions.shipped

    @Option(help: "auto, float32 or int8; auto is int8 for a calibrated model on a CPU that is faster with it.")
    var precision = Precision.auto

    func load(pool: ThreadPool = .shared) throws -> EmbeddingModel {
        try EmbeddingModel(path: path(), precision: precision, pool: pool)
    }

    func path() throws -> String {
        try ModelLibrary(directories: [try Installation.find().weights]).path(of: model)
    }
}

/// How the nearest are found.
struct IndexOptions: ParsableArguments {
    @Option(
        name: .customLong("index"),
        help: "exact, hnsw (approximate, for large catalogs) or auto, which is hnsw from 100,000 items on.")
    var kind = IndexKind.auto
}

extension TableEncoding: ExpressibleByArgument {}

extension IndexKind: ExpressibleByArgument {}

extension Precision: ExpressibleByArgument {}
