import Embeddings
import Foundation
import ImageCodecs
import NeuralNet
import Tensors
import Testing

@Suite("Embedding models")
struct EmbeddingModelTests {
    @Test("the shipped model says what it is")
    func shipped() throws {
        let model = try EmbeddingModel(path: SmallModel.path)
        #expect(model.name == "fashion-resnet18" && model.architecture == .resnet18 && model.dimension == 256)
        #expect(model.inputWidth == 96 && model.inputHeight == 128 && model.fit == .crop)
        #expect(model.decodeSide == 256)
        #expect(model.hash == "5fc38da24b82a1cfa708fe65bc48d3ef766f205eb8b1d8ff41fd3d8482ec7e00")
    }

    @Test("a photo as large as a phone's, decoded at an eighth, has nearly the embedding of all its pixels")
    func scaledDecoding() throws {
        let model = try EmbeddingModel(path: SmallModel.path)
        let folder = URL(filePath: SmallModel.path).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "catalog/images")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        for index in stride(from: 0, to: names.count, by: names.count / 4) {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: names[index])))
            let picture = try ImageDecoder.decode(bytes)
            // The shorter side is just enough for an eighth.
            let photo = try JPEGEncoder.encode(Resampler.resize(picture, width: 2048, height: 2732), quality: 90)
            let scaled = try ImageDecoder.decode(photo, minimumSide: model.decodeSide)
            #expect(scaled.width == 256)
            let cosine = zip(try model.embed(scaled), try model.embed(ImageDecoder.decode(photo)))
                .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(cosine > 0.999, "\(names[index])")
        }
    }

    @Test("an embedding has length 1 and the same bits every time")
    func unitVector() throws {
        let model = try EmbeddingModel(path: SmallModel.path)
        let vector = try model.embed(SmallModel.picture(3))
        #expect(vector.count == 256)
        #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        #expect(try model.embed(SmallModel.picture(3)) == vector)
        #expect(try model.embed(SmallModel.picture(5)) != vector)
    }

    @Test("the embedding is the network's output for the photo prepared step by step")
    func preprocessing() throws {
        let model = try EmbeddingModel(path: SmallModel.path)
        let picture = SmallModel.picture(7)
        let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        let planes = picture.tensor(width: 96, height: 128, fit: .crop).enumerated().map { index, value in
            Float((Double(value) / 255 - mean[index / (96 * 128)]) / deviation[index / (96 * 128)])
        }
        let network = try Network(
            .resnet18, head: .fc, width: 96, height: 128, weights: SafetensorsFile(path: SmallModel.path))
        let output = try network(planes: planes, width: 96, height: 128)
        let length = output.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let expected = output.map { Float(Double($0) / length) }
        let cosine = zip(try model.embed(picture), expected).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(cosine > 0.999_999)
    }

    @Test("a photo's planes give the photo's embedding, bit by bit; too few are refused")
    func planes() throws {
        let model = try EmbeddingModel(path: SmallModel.path)
        let planes = model.planes(of: SmallModel.picture(7))
        #expect(try model.embed(planes: planes) == model.embed(SmallModel.picture(7)))
        #expect(throws: NeuralNetError.self) { try model.embed(planes: Array(planes.dropLast())) }
    }

    @Test("many photos at once have the same bits as one by one, on any number of threads")
    func batch() throws {
        let pictures = (1...9).map { SmallModel.picture($0, width: 90 + $0, height: 120) }
        let one = try EmbeddingModel(path: SmallModel.path, pool: ThreadPool(threads: 1))
        let expected = try pictures.map { try one.embed($0) }
        #expect(try one.embed(pictures) == expected)
        for threads in [2, 4] {
            let model = try EmbeddingModel(path: SmallModel.path, pool: ThreadPool(threads: threads))
            #expect(try model.embed(pictures) == expected)
            #expect(try pictures.map { try model.embed($0) } == expected)
        }
        #expect(try one.embed([RGBImage]()).isEmpty)
    }

    @Test("callers on many threads each get their own photo's embedding")
    func concurrentCallers() throws {
        let model = try EmbeddingModel(path: SmallModel.path)
        let pictures = (1...4).map { SmallModel.picture($0) }
        let expected = try pictures.map { try model.embed($0) }
        let results = Results()
        DispatchQueue.concurrentPerform(iterations: 16) { index in
            if let vector = try? model.embed(pictures[index % 4]) { results.add(index, vector) }
        }
        #expect(results.all.count == 16)
        #expect(results.all.allSatisfy { $1 == expected[$0 % 4] })
    }

    private final class Results: @unchecked Sendable {
        private let lock = NSLock()
        private var vectors: [Int: [Float]] = [:]

        func add(_ index: Int, _ vector: [Float]) { lock.withLock { vectors[index] = vector } }
        var all: [Int: [Float]] { lock.withLock { vectors } }
    }

    @Test("all keys that metadata lack are named, with what to do")
    func missingMetadata() throws {
        let file = try SmallModel.changed(["mean": nil, "fit": nil])
        let error = #expect(throws: EmbeddingError.self) { try EmbeddingModel(file) }
        #expect(error == .missingMetadata(file: "changed.safetensors", keys: ["fit", "mean"]))
        #expect(error?.description.contains("vitrine weights add") == true)
    }

    @Test(
        "metadata that make no sense are refused by key",
        arguments: [
            ("architecture", "resnet19"), ("input_width", "0"), ("input_width", "x"), ("input_height", "100000"),
            ("input_height", "-5"), ("fit", "squeeze"), ("mean", "0.5"), ("mean", "0.5,0.5,nan"), ("mean", "1,2,3,4"),
            ("std", "0,1,1"), ("std", "-1,1,1"), ("std", "1,,1"), ("embedding", "middle"), ("dimension", "255"),
            ("dimension", "many"), ("closeness_thresholds", "0.5,0.8,0.9"), ("closeness_thresholds", "0.9,0.8"),
            ("closeness_thresholds", "2,1,0"), ("home_closeness_thresholds", "0.1,0.2,0.3"), ("least_length", "0"),
            ("least_length", "short"),
        ])
    func senselessMetadata(key: String, value: String) throws {
        let file = try SmallModel.changed([key: value])
        let error = #expect(throws: EmbeddingError.self) { try EmbeddingModel(file) }
        guard case .senselessMetadata("changed.safetensors", key, value, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("the same network with pooled features, other sizes and thresholds")
    func otherMetadata() throws {
        let file = try SmallModel.changed([
            "embedding": "pool", "dimension": "512", "input_width": "300", "input_height": "260", "fit": "pad",
            "mean": " 0.5, 0.5, 0.5", "closeness_thresholds": "0.9,0.8,0.65",
            "home_closeness_thresholds": "0.8,0.7,0.4", "name": nil,
        ])
        let model = try EmbeddingModel(file)
        #expect(model.dimension == 512 && model.fit == .pad && model.decodeSide == 435)
        #expect(model.name == "changed", "a file without a name in it is called as the file is")
        #expect(try #require(model.closenessThresholds) == (0.9, 0.8, 0.65))
        #expect(try #require(model.homeClosenessThresholds) == (0.8, 0.7, 0.4))
        #expect(try model.embed(SmallModel.picture(2)).count == 512)
        #expect(try EmbeddingModel(path: SmallModel.path).hash != model.hash)
    }

    @Test(
        "photos whose vectors are too short before normalisation are not recognised, if the file says what is too short"
    )
    func leastLength() throws {
        let plain = try EmbeddingModel(path: SmallModel.path)
        let embedding = try plain.embeddings(batch: [plain.planes(of: SmallModel.picture(1))])[0].get()
        #expect(embedding.vector == (try plain.embed(SmallModel.picture(1))) && embedding.length > 0)
        #expect(plain.recognises(embedding))
        for (share, isRecognised) in [(Float(0.9), true), (1.1, false)] {
            let file = try SmallModel.changed(["least_length": "\(embedding.length * share)"])
            #expect(try EmbeddingModel(file).recognises(embedding) == isRecognised)
        }
    }

    @Test("an output of zeros is an error and not a vector of NaN")
    func zeroOutput() throws {
        let file = try SafetensorsFile(path: SmallModel.path)
        var bytes = file.bytes
        let start = bytes.count - (file.tensors.last?.range.upperBound ?? 0)
        for name in ["fc.weight", "fc.bias"] {
            let range = try #require(file[tensor: name]).range
            for index in range { bytes[start + index] = 0 }
        }
        let model = try EmbeddingModel(SafetensorsFile(name: "zero", bytes: bytes))
        #expect(throws: EmbeddingError.noDirection(model: "fashion-resnet18")) {
            try model.embed(SmallModel.picture(1))
        }
        #expect(throws: EmbeddingError.self) { try model.embed([SmallModel.picture(1), SmallModel.picture(2)]) }
    }

    @Test("measuring gives times above zero")
    func measuring() throws {
        let speed = try EmbeddingModel(path: SmallModel.path).measure(seconds: 0.05)
        #expect(speed.latencyMilliseconds > 0 && speed.photosPerSecond > 0)
    }
}
