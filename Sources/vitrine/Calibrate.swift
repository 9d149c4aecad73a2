import ArgumentParser
import CatalogStore
import Embeddings
import Foundation
import ImageCodecs
import NeuralNet
import Tensors

extension Weights {
    struct Calibrate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prepare a model for int8, with photos like those it will see.",
            discussion: """
                Runs the network on some photos, notes the range of each activation in the model file, and tells how
                near embeddings in int8 are to those in float32 on other photos. It is noted too whether 3x3 layers may
                compute with less than half of the products (Winograd's algorithm), which rounds once more: they may
                where the cosine stays at 0.998 in the mean. The weights in the file stay as they
                are, and so do embeddings in float32 that were made with it. Once a model is calibrated, --precision
                auto uses int8 where the CPU is faster with it.
                """)

        @Argument(help: "A name from `vitrine weights list`, or a file.")
        var model = ModelOptions.shipped

        @Option(help: ArgumentHelp("Folder with photos, at any depth.", valueName: "dir"), completion: .directory)
        var photos: String?

        @Option(help: ArgumentHelp("Catalog whose photos to take; \"catalog\" without --photos.", valueName: "dir"))
        var catalog: String?

        @Option(help: ArgumentHelp("Photos to calibrate with.", valueName: "count"))
        var count = 256

        @Option(help: ArgumentHelp("Other photos to compare int8 with float32 on.", valueName: "count"))
        var check = 256

        @Flag(help: "Leave the calibration as it is, and only compare.")
        var checkOnly = false

        @Flag(help: "Print the result as JSON.")
        var json = false

        func validate() throws {
            guard photos == nil || catalog == nil else {
                throw ValidationError("--photos and --catalog exclude each other.")
            }
            guard 1...1_000_000 ~= count, 1...1_000_000 ~= check else {
                throw ValidationError("--count and --check take numbers from 1 to 1000000.")
            }
        }

        func run() throws {
            let path = try Weights.library().path(of: model)
            let found = try PhotoSample(photos: photos, catalog: catalog)
            let calibration = try ModelCalibration(path: path)
            // Few photos are shared out, most of them for calibrating.
            let used = min(count, max(1, found.paths.count * 3 / 4))
            let rest = Array(found.paths.dropFirst(used).prefix(check))
            let side = calibration.decodeSide
            let photo: @Sendable (Int) -> RGBImage? = { PhotoSample.read(rest[$0], minimumSide: side) }
            let agreement: ModelCalibration.Agreement
            var products = calibration.int8Products
            if checkOnly {
                agreement = try calibration.check(comparing: rest.count, photo: photo)
            } else {
                try Self.observe(Array(found.paths.prefix(used)), calibration)
                let result = try calibration.finish(comparing: rest.count, photo: photo)
                try calibration.write(result.bytes)
                (agreement, products) = (result.agreement, result.products)
            }
            let result = CalibrationJSON(
                path: path, calibrationPhotos: calibration.photos, checkedPhotos: agreement.photos,
                products: products.rawValue, meanCosine: agreement.mean, leastCosine: agreement.least)
            if json { try printJSON(result) } else { try printLine(result.text) }
        }

        /// Decoding is shared out among cores; each photo's network is as well.
        private static func observe(_ paths: [String], _ calibration: ModelCalibration) throws {
            let side = calibration.decodeSide
            for start in stride(from: 0, to: paths.count, by: 32) {
                let batch = Array(paths[start..<min(start + 32, paths.count)])
                var images = [RGBImage?](repeating: nil, count: batch.count)
                images.withUnsafeMutableBufferPointer { images in
                    guard let images = images.baseAddress else { return }
                    ThreadPool.shared.parallelFor(batch.count) {
                        images[$0] = PhotoSample.read(batch[$0], minimumSide: side)
                    }
                }
                for image in images.compactMap({ $0 }) { try calibration.observe(image) }
            }
        }
    }
}

/// Photos in an order that is always the same and has nothing to do with their names.
private struct PhotoSample {
    let paths: [String]

    init(photos: String?, catalog: String?) throws {
        var found: [String]
        if let photos {
            guard let files = FileManager.default.enumerator(atPath: photos) else {
                throw Failure("\(photos) cannot be read.", status: Failure.badInput)
            }
            let kinds: Set<String> = ["jpg", "jpeg", "png", "webp"]
            found = files.compactMap { $0 as? String }
                .filter { kinds.contains(($0 as NSString).pathExtension.lowercased()) }.map { "\(photos)/\($0)" }
        } else {
            let folder = try CatalogFolder(path: catalog ?? "catalog")
            found = Set(try folder.read().rows.map(\.item.imagePath)).map(folder.absolutePath)
        }
        // Sorted by a hash of the name: neighbours in a folder are often alike.
        paths = found.map { (contentHash(Array(($0 as NSString).lastPathComponent.utf8)), $0) }
            .sorted { $0 < $1 }.map(\.1)
    }

    /// A photo; `nil` if it cannot be used.
    static func read(_ path: String, minimumSide: Int) -> RGBImage? {
        try? ImageDecoder.decode(readPhoto(path), minimumSide: minimumSide)
    }
}

/// What a calibration gave.
private struct CalibrationJSON: Encodable {
    let path: String
    let calibrationPhotos: Int
    let checkedPhotos: Int
    let products: String
    let meanCosine: Double
    let leastCosine: Double

    var text: String {
        let check =
            "int8 (products: \(products)) beside float32 on \(checkedPhotos) photos: cosine "
            + String(format: "%.5f in the mean, %.5f at the least", meanCosine, leastCosine)
        return calibrationPhotos > 0 ? "Calibrated \(path) with \(calibrationPhotos) photos.\n\(check)." : "\(check)."
    }
}
