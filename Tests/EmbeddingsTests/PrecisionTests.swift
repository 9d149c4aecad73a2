import Embeddings
import Foundation
import ImageCodecs
import NeuralNet
import Testing

@Suite("Precision")
struct PrecisionTests {
    private func cosine(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }

    /// The shipped model as it was before it was calibrated, or with other values of the calibration's keys.
    private func shipped(_ changes: [String: String?] = [:]) throws -> SafetensorsFile {
        try SmallModel.changed(
            ["int8_ranges": nil, "int8_products": nil, "int8_calibration": nil, "int8_origin": nil].merging(changes) {
                $1
            })
    }

    @Test("the shipped model is calibrated, and gives nearly the same embeddings in int8")
    func shippedModel() throws {
        let float32 = try EmbeddingModel(path: SmallModel.path)
        let int8 = try EmbeddingModel(path: SmallModel.path, precision: .int8)
        #expect(float32.precision == .float32 && int8.precision == .int8)
        #expect(int8.calibrationNote?.contains("photos") == true)
        for seed in 1...8 {
            let picture = SmallModel.picture(seed)
            #expect(cosine(try float32.embed(picture), try int8.embed(picture)) > 0.99)
        }
    }

    @Test("photos of the demo catalog have nearly the same embeddings in int8")
    func demoCatalog() throws {
        let images = URL(fileURLWithPath: SmallModel.path).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("catalog/images")
        let float32 = try EmbeddingModel(path: SmallModel.path)
        let int8 = try EmbeddingModel(path: SmallModel.path, precision: .int8)
        let files = try FileManager.default.contentsOfDirectory(atPath: images.path).filter { $0.hasSuffix(".jpg") }
            .sorted()
        #expect(files.count > 100)
        for (index, file) in files.enumerated() where index.isMultiple(of: 29) {
            let bytes = [UInt8](try Data(contentsOf: images.appendingPathComponent(file)))
            let photo = try ImageDecoder.decode(bytes, minimumSide: float32.decodeSide)
            #expect(cosine(try float32.embed(photo), try int8.embed(photo)) > 0.995, "\(file)")
        }
    }

    @Test("embeddings in int8 have a key of their own; calibrating leaves that of float32 as it was")
    func keys() throws {
        let shippedFile = try SafetensorsFile(path: SmallModel.path)
        let float32 = try EmbeddingModel(shippedFile)
        let int8 = try EmbeddingModel(shippedFile, precision: .int8)
        #expect(float32.hash == "5fc38da24b82a1cfa708fe65bc48d3ef766f205eb8b1d8ff41fd3d8482ec7e00")
        #expect(int8.hash != float32.hash && int8.hash.count == 64)

        // Another calibration: other vectors in int8, the same in float32.
        let ranges = try #require(shippedFile.metadata["int8_ranges"])
        let other = try SmallModel.changed(["int8_ranges": ranges.replacing("input=", with: "input=-3.0,3.0;was=")])
        #expect(try EmbeddingModel(other).hash == float32.hash)
        #expect(try EmbeddingModel(other, precision: .int8).hash != int8.hash)

        // Products computed in another way, too.
        let ways = try Int8Products.allCases.map { try SmallModel.changed(["int8_products": $0.rawValue]) }
        #expect(try ways.allSatisfy { try EmbeddingModel($0).hash == float32.hash })
        let hashes = try ways.map { try EmbeddingModel($0, precision: .int8).hash }
        #expect(Set(hashes).count == 2 && hashes.contains(int8.hash))
        #expect(throws: EmbeddingError.self) { try EmbeddingModel(SmallModel.changed(["int8_products": "some"])) }

        // Other weights, or another preparation: whatever the file says of its origin.
        var bytes = shippedFile.bytes
        bytes[bytes.count - 1] ^= 1
        #expect(try EmbeddingModel(SafetensorsFile(name: "x", bytes: bytes)).hash != float32.hash)
        #expect(try EmbeddingModel(SmallModel.changed(["fit": "pad"])).hash != float32.hash)
    }

    @Test("auto is int8 where the model is calibrated and the CPU is fast at it, else float32")
    func automatic() throws {
        let calibrated = try EmbeddingModel(path: SmallModel.path, precision: .auto)
        #expect(calibrated.precision == (NetworkPrecision.isInt8Fast ? .int8 : .float32))
        #expect(try EmbeddingModel(shipped(), precision: .auto).precision == .float32)
    }

    @Test("int8 without a calibration is refused, and says how to make one")
    func notCalibrated() throws {
        let file = try shipped()
        let error = #expect(throws: EmbeddingError.notCalibrated(file: "changed.safetensors")) {
            try EmbeddingModel(file, precision: .int8)
        }
        #expect(error?.description.contains("vitrine weights calibrate") == true)
    }

    @Test("a calibration that is none is refused", arguments: ["", "conv1", "conv1=5,1"])
    func senselessCalibration(text: String) throws {
        let file = try shipped(["int8_ranges": text])
        #expect(throws: EmbeddingError.self) { try EmbeddingModel(file) }
    }

    @Test("a calibration of another network is refused for int8 only")
    func otherCalibration() throws {
        let file = try shipped(["int8_ranges": "input=-1,1;conv1=0,1"])
        #expect(throws: NeuralNetError.self) { try EmbeddingModel(file, precision: .int8) }
        #expect(try EmbeddingModel(file).precision == .float32)
    }

    @Test("calibrating writes a file with the same tensors that can be used in int8, again and again")
    func calibrating() throws {
        try SmallModel.withDirectory { directory in
            let path = "\(directory)/model.safetensors"
            try Data(shipped().bytes).write(to: URL(fileURLWithPath: path))
            let before = try EmbeddingModel(path: path)
            var ranges: [String] = []
            for _ in 1...2 {
                let calibration = try ModelCalibration(path: path)
                for seed in 1...6 { try calibration.observe(SmallModel.picture(seed)) }
                #expect(calibration.photos == 6)
                let (agreement, products, bytes) = try calibration.finish(comparing: 5) { index in
                    index == 2 ? nil : SmallModel.picture(index + 20)
                }
                #expect(agreement.photos == 4, "one could not be used")
                #expect(agreement.least > 0.98 && agreement.mean >= agreement.least && agreement.mean <= 1.000_001)
                try calibration.write(bytes)
                let file = try SafetensorsFile(path: path)
                #expect(file.tensors == (try SafetensorsFile(path: SmallModel.path)).tensors)
                #expect(file.metadata["int8_calibration"]?.hasPrefix("6 photos; cosine to float32 on 4 others") == true)
                #expect(file.metadata["int8_products"] == products.rawValue)
                ranges.append(try #require(file.metadata["int8_ranges"]))
                #expect(try EmbeddingModel(file).hash == before.hash)
                #expect(try EmbeddingModel(file, precision: .int8).hash != before.hash)
                #expect(try ModelCalibration(path: path).check(comparing: 3) { SmallModel.picture($0) }.photos == 3)
            }
            #expect(ranges[0] == ranges[1])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["model.safetensors"])
        }
    }

    @Test("calibrating without photos is refused and leaves the file alone")
    func noPhotos() throws {
        let calibration = try ModelCalibration(path: SmallModel.path)
        #expect(throws: EmbeddingError.nothingToCalibrateWith) {
            try calibration.finish(comparing: 1) { _ in SmallModel.picture(1) }
        }
        try calibration.observe(SmallModel.picture(1))
        #expect(throws: EmbeddingError.nothingToCalibrateWith) { try calibration.finish(comparing: 1) { _ in nil } }
    }
}
