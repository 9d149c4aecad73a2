import Embeddings
import Foundation
import ImageCodecs
import NeuralNet
import Testing

@Suite("Spatial embeddings")
struct SpatialEmbeddingTests {
    private static let weights = URL(fileURLWithPath: SmallModel.path).deletingLastPathComponent()
    private static let images = weights.deletingLastPathComponent().appendingPathComponent("catalog/images")

    private func cosine(_ a: [Float], _ b: [Float]) -> Double {
        let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        func length(_ v: [Float]) -> Double { v.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
        return dot / (length(a) * length(b))
    }

    /// Photos of the demo catalog, far from each other.
    private func photos(_ count: Int) throws -> [RGBImage] {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.images.path)
            .filter { $0.hasSuffix(".jpg") }.sorted()
        return try stride(from: 0, to: files.count, by: files.count / count).prefix(count).map { index in
            try ImageDecoder.decode([UInt8](Data(contentsOf: Self.images.appendingPathComponent(files[index]))))
        }
    }

    @Test(
        "the mean of the positions is the embedding, in both precisions and with either fit",
        arguments: ["fashion-resnet18", "fashion-resnet34"], [Precision.float32, .int8])
    func mean(name: String, precision: Precision) throws {
        let path = Self.weights.appendingPathComponent("\(name).safetensors").path
        let model = try EmbeddingModel(path: path, precision: precision)
        #expect(model.isSpatial)
        for photo in try photos(6) {
            let spatial = try #require(try model.spatialEmbedding(photo))
            #expect(spatial.values.count == spatial.rows * spatial.columns * model.dimension)
            #expect(spatial.vector(1).count == model.dimension)
            #expect(cosine(spatial.mean, try model.embed(photo)) > 0.999_99)
            // Before it is normalised: the length is the one that photos are recognised by.
            let embedding = try model.embeddings(batch: [model.planes(of: photo)])[0].get()
            let length = spatial.mean.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(abs(length / Double(embedding.length) - 1) < 1e-4)
        }
    }

    @Test("the parts of the photo lie side by side and cover all of it; padding has none")
    func regions() throws {
        let path = Self.weights.appendingPathComponent("fashion-resnet34.safetensors").path
        let model = try EmbeddingModel(path: path)
        for (width, height) in [(150, 200), (60, 200), (400, 100), (3, 900), (900, 2)] {
            let picture = SmallModel.picture(3, width: width, height: height)
            let spatial = try #require(try model.spatialEmbedding(picture))
            #expect((spatial.rows, spatial.columns) == (6, 5))
            let parts = spatial.regions.compactMap { $0 }
            #expect(abs(parts.map(\.area).reduce(0, +) - 1) < 1e-9, "\(width)x\(height)")
            for (index, part) in parts.enumerated() {
                for other in parts[(index + 1)...] {
                    let overlapsAcross = part.x + part.width > other.x + 1e-9 && other.x + other.width > part.x + 1e-9
                    let overlapsDown = part.y + part.height > other.y + 1e-9 && other.y + other.height > part.y + 1e-9
                    #expect(!(overlapsAcross && overlapsDown))
                }
            }
        }
        let narrow = try #require(try model.spatialEmbedding(SmallModel.picture(3, width: 60, height: 200)))
        #expect(narrow.regions[0] == nil && narrow.regions[2] != nil && narrow.regions[4] == nil)
        let wide = try #require(try model.spatialEmbedding(SmallModel.picture(3, width: 400, height: 100)))
        #expect(wide.regions.prefix(5).allSatisfy { $0 == nil })
    }

    @Test("a model that crops has no part for what it does not see")
    func cropped() throws {
        let model = try EmbeddingModel(path: SmallModel.path)
        let spatial = try #require(try model.spatialEmbedding(SmallModel.picture(3, width: 300, height: 200)))
        let parts = spatial.regions.compactMap { $0 }
        #expect(parts.map(\.x).min() == 0.25 && abs((parts.map { $0.x + $0.width }.max() ?? 0) - 0.75) < 1e-9)
        #expect(abs(parts.map(\.area).reduce(0, +) - 0.5) < 1e-9)
    }

    @Test("positions are where the picture is: something at one edge changes the positions on that side most")
    func places() throws {
        let path = Self.weights.appendingPathComponent("fashion-resnet34.safetensors").path
        let model = try EmbeddingModel(path: path)
        let photo = try photos(1)[0]
        let spatial = try #require(try model.spatialEmbedding(photo))
        for (x, y) in [(0.15, 0.15), (0.85, 0.15), (0.15, 0.85), (0.85, 0.85)] {
            var pixels = photo.pixels
            for row in 0..<photo.height {
                for column in 0..<photo.width {
                    let inside =
                        abs(Double(column) / Double(photo.width) - x) < 0.12
                        && abs(Double(row) / Double(photo.height) - y) < 0.12
                    if inside { pixels[3 * (row * photo.width + column) + (row / 4 + column / 4) % 3] = 0 }
                }
            }
            let changed = RGBImage(width: photo.width, height: photo.height, pixels: pixels)
            let other = try #require(try model.spatialEmbedding(changed))
            func change(_ position: Int) -> Float {
                zip(spatial.vector(position), other.vector(position)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            // A position sees more than its own part, so that the one that changes most may be next to it.
            var (total, across, down) = (0.0, 0.0, 0.0)
            for (position, part) in spatial.regions.enumerated() {
                guard let part else { continue }
                let weight = Double(change(position))
                total += weight
                across += weight * (part.x + part.width / 2)
                down += weight * (part.y + part.height / 2)
            }
            let (dx, dy) = (across / total - 0.5, down / total - 0.5)
            #expect(dx * (x - 0.5) > 0 && dy * (y - 0.5) > 0, "\(x), \(y): \(dx), \(dy) from the middle")
        }
    }

    @Test("the suggested box is around a small item, wherever it lies; one that fills the photo has none")
    func box() throws {
        let path = Self.weights.appendingPathComponent("fashion-resnet34.safetensors").path
        let model = try EmbeddingModel(path: path)
        var found: [ImageRegion] = []
        var around = 0
        for photo in try photos(4) {
            let small = photo.thumbnail(maximumSide: 120)
            for (x, y) in [(20, 20), (170, 30), (40, 220), (150, 200)] {
                var pixels = [UInt8](repeating: 235, count: 3 * 300 * 400)
                for row in 0..<small.height {
                    for index in 0..<3 * small.width {
                        pixels[3 * ((y + row) * 300 + x) + index] = small.pixels[3 * row * small.width + index]
                    }
                }
                let scene = RGBImage(width: 300, height: 400, pixels: pixels)
                guard let box = try model.spatialEmbedding(scene)?.suggestedBox else { continue }
                found.append(box)
                let (middleX, middleY) = (Double(x + small.width / 2) / 300, Double(y + small.height / 2) / 400)
                let isAround =
                    box.x < middleX && box.x + box.width > middleX && box.y < middleY && box.y + box.height > middleY
                if isAround { around += 1 }
            }
        }
        // A few of the drawn items are nothing to the model; their boxes say little.
        #expect(found.count >= 12 && around >= 12, "\(found.count) boxes, \(around) of them around the item")
        #expect(found.map(\.area).reduce(0, +) / Double(max(1, found.count)) < 0.75)
        let even = [Float](repeating: 1, count: 12)
        let regions = (0..<6).map {
            ImageRegion(x: Double($0 % 2) / 2, y: Double($0 / 2) / 3, width: 0.5, height: 1 / 3)
        }
        #expect(SpatialEmbedding(rows: 3, columns: 2, dimension: 2, values: even, regions: regions).suggestedBox == nil)
        let none = [Float](repeating: 0, count: 12)
        #expect(SpatialEmbedding(rows: 3, columns: 2, dimension: 2, values: none, regions: regions).suggestedBox == nil)
    }
}
