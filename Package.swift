// swift-tools-version: 6.1
import PackageDescription

/// Optimised in debug builds too: pixel and kernel loops are useless for anything, tests included, at -O0.
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror"])]

let package = Package(
    name: "vitrine",
    platforms: [.macOS(.v14)],
    products: [
        .executable(name: "vitrine", targets: ["vitrine"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // C and system libraries.
        .systemLibrary(
            name: "CMicroHTTPDSystem", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .target(name: "CMicroHTTPD", dependencies: ["CMicroHTTPDSystem"]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "COpenBLAS", cSettings: kernelFlags, linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "CImageCodecs", cSettings: kernelFlags,
            linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp")]),
        .target(name: "CKernels", cSettings: kernelFlags),
        .target(name: "CNeighborGraph", dependencies: ["CKernels"], cSettings: kernelFlags),
        .target(name: "CDeflate", cSettings: kernelFlags, linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CFetch", cSettings: kernelFlags, linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CArchive", cSettings: kernelFlags, linkerSettings: [.linkedLibrary("archive")]),
        .target(name: "CQRCode", cSettings: kernelFlags, linkerSettings: [.linkedLibrary("qrencode")]),

        // Vitrine, from the bottom up. Each names all that it imports: what is not named, a build does not look at when it
        // decides what has to be compiled again, and code would go on with the old layout of a changed type.
        .target(name: "ImageCodecs", dependencies: ["CImageCodecs"]),
        .target(name: "Tensors", dependencies: ["COpenBLAS", "CKernels"]),
        .target(name: "NeuralNet", dependencies: ["CKernels", "Tensors"]),
        .target(
            name: "Embeddings",
            dependencies: ["ImageCodecs", "NeuralNet", "Tensors", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "VectorSearch", dependencies: ["CKernels", "CNeighborGraph", "Tensors"]),
        .target(
            name: "CatalogStore",
            dependencies: [
                "CArchive", "ImageCodecs",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "Recommender", dependencies: ["CatalogStore", "Embeddings", "ImageCodecs", "Tensors", "VectorSearch"]),
        .target(
            name: "PostgresStore",
            dependencies: [
                "CPostgres", "CatalogStore", "Embeddings", "ImageCodecs", "Recommender", "Tensors", "VectorSearch",
            ]),
        .target(
            name: "HTTPCore",
            dependencies: [
                "CMicroHTTPD",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        .target(name: "PhotoFetch", dependencies: ["CFetch"]),
        .target(
            name: "Site",
            dependencies: [
                "CDeflate", "CQRCode", "CatalogStore", "Embeddings", "HTTPCore", "ImageCodecs", "PhotoFetch",
                "PostgresStore", "Recommender", "VectorSearch",
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        .target(name: "Evaluation", dependencies: ["CatalogStore", "ImageCodecs", "Recommender", "VectorSearch"]),
        .executableTarget(
            name: "vitrine",
            dependencies: [
                "CatalogStore", "Embeddings", "Evaluation", "HTTPCore", "ImageCodecs", "NeuralNet", "PhotoFetch",
                "PostgresStore", "Recommender", "Site", "Tensors", "VectorSearch",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]),

        // Programs that tests start.
        .target(name: "CSpawn", path: "Tests/CSpawn", cSettings: kernelFlags),
        .target(name: "ChildProcesses", dependencies: ["CSpawn"], path: "Tests/ChildProcesses"),
        .testTarget(
            name: "ImageCodecsTests", dependencies: ["ImageCodecs"], exclude: ["make_fixtures.py"],
            resources: [.copy("Fixtures")]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
        .testTarget(name: "NeuralNetTests", dependencies: ["NeuralNet", "Tensors"], resources: [.copy("Fixtures")]),
        .testTarget(name: "EmbeddingsTests", dependencies: ["Embeddings", "ImageCodecs", "NeuralNet", "Tensors"]),
        .testTarget(name: "VectorSearchTests", dependencies: ["VectorSearch", "CKernels"]),
        .testTarget(name: "CatalogStoreTests", dependencies: ["CatalogStore", "ChildProcesses", "ImageCodecs"]),
        .testTarget(
            name: "RecommenderTests",
            dependencies: [
                "CatalogStore", "ChildProcesses", "Embeddings", "ImageCodecs", "Recommender", "VectorSearch",
            ]),
        // A server of PostgreSQL for tests.
        .target(
            name: "PostgresTesting", dependencies: ["ChildProcesses"], path: "Tests/PostgresTesting",
            exclude: ["cluster"]),
        .testTarget(
            name: "PostgresStoreTests",
            dependencies: [
                "CatalogStore", "Embeddings", "ImageCodecs", "PostgresStore", "PostgresTesting", "Recommender", "Site",
                "VectorSearch",
            ]),
        .testTarget(name: "EvaluationTests", dependencies: ["CatalogStore", "Evaluation"]),
        .testTarget(
            name: "HTTPCoreTests",
            dependencies: [
                "HTTPCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        .testTarget(name: "PhotoFetchTests", dependencies: ["PhotoFetch"]),
        .testTarget(
            name: "SiteTests",
            dependencies: [
                "CatalogStore", "ChildProcesses", "Embeddings", "HTTPCore", "ImageCodecs", "PhotoFetch", "Recommender",
                "Site",
                "VectorSearch",
            ], exclude: ["Golden"]),
        .testTarget(name: "EndToEndTests", dependencies: ["ChildProcesses", "ImageCodecs", "PostgresTesting"]),
    ],
    swiftLanguageModes: [.v6]
)
