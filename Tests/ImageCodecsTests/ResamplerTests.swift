import Foundation
import ImageCodecs
import Testing

@Suite("Resizing")
struct ResamplerTests {
    struct Reference: Decodable {
        let width: Int
        let height: Int
        let rgb: Data
        let cases: [Case]
        let fits: [Fit]
        let placements: [Place]

        var image: RGBImage { RGBImage(width: width, height: height, pixels: [UInt8](rgb)) }
    }

    struct Case: Decodable {
        let box: [Double]?
        let width: Int
        let height: Int
        let values: Data
    }

    struct Fit: Decodable {
        let mode: String
        let width: Int
        let height: Int
        let values: Data
    }

    struct Place: Decodable {
        let source: [Int]
        let size: [Int]
        let mode: String
        let taken: [Double]
        let put: [Int]
    }

    let reference: Reference

    init() throws {
        reference = try Fixture.json("resample.json", as: Reference.self)
    }

    /// The largest difference between planes and interleaved little-endian floats.
    static func difference(planes: [Float], interleaved data: Data) -> Float {
        let plane = planes.count / 3
        guard data.count == 4 * planes.count else { return .infinity }
        return data.withUnsafeBytes { bytes in
            var largest: Float = 0
            for i in 0..<plane {
                for c in 0..<3 {
                    let bits = UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * (3 * i + c), as: UInt32.self))
                    largest = max(largest, abs(Float(bitPattern: bits) - planes[c * plane + i]))
                }
            }
            return largest
        }
    }

    @Test("any rectangle to any size matches the training side to a thousandth of a level")
    func rectangles() {
        for (index, one) in reference.cases.enumerated() {
            let box = one.box ?? [0, 0, Double(reference.width), Double(reference.height)]
            let rectangle = ImageRectangle(x: box[0], y: box[1], width: box[2], height: box[3])
            let placement = ImageFit.Placement(source: rectangle, x: 0, y: 0, width: one.width, height: one.height)
            var planes = [Float](repeating: -1, count: 3 * one.width * one.height)
            Resampler.resize(
                reference.image, placement: placement, into: &planes, planeWidth: one.width, planeHeight: one.height)
            #expect(Self.difference(planes: planes, interleaved: one.values) < 1e-3, "case \(index)")

            let bytes = Resampler.resize(reference.image, from: rectangle, width: one.width, height: one.height)
            let rounded = (0..<(one.width * one.height)).flatMap { i in
                (0..<3).map { planes[$0 * one.width * one.height + i] }
            }
            let off = zip(bytes.pixels, rounded).map { abs(Float($0) - $1) }.max() ?? .infinity
            #expect(off <= 0.5001, "case \(index)")
        }
    }

    @Test("every fit matches the training side")
    func fits() throws {
        #expect(reference.fits.count >= 15)
        for one in reference.fits {
            let fit = try #require(ImageFit(rawValue: one.mode))
            let planes = reference.image.tensor(width: one.width, height: one.height, fit: fit)
            #expect(
                Self.difference(planes: planes, interleaved: one.values) < 1e-3,
                "\(one.mode) \(one.width)x\(one.height)")
        }
    }

    @Test("rectangles of every fit match the training side")
    func placements() throws {
        for place in reference.placements {
            let fit = try #require(ImageFit(rawValue: place.mode))
            let placement = fit.placement(
                sourceWidth: place.source[0], sourceHeight: place.source[1], width: place.size[0], height: place.size[1]
            )
            let source = placement.source
            #expect([source.x, source.y, source.width, source.height] == place.taken)
            #expect([placement.x, placement.y, placement.width, placement.height] == place.put)
        }
    }

    @Test("a plain colour stays exactly that colour at any size", arguments: [0, 1, 127, 254, 255])
    func plain(level: Int) {
        let image = RGBImage.drawn(width: 37, height: 53) { _, _ in (level, 255 - level, level) }
        for (width, height) in [(1, 1), (5, 7), (36, 52), (100, 20), (111, 160)] {
            let pixels = Resampler.resize(image, width: width, height: height).pixels
            #expect(pixels.indices.allSatisfy { pixels[$0] == UInt8($0 % 3 == 1 ? 255 - level : level) })
        }
    }

    @Test("the same size gives the same picture")
    func identity() {
        #expect(Resampler.resize(reference.image, width: 23, height: 17) == reference.image)
    }

    @Test("cutting out first and resizing then is the same as resizing from a rectangle")
    func crop() {
        let cut = RGBImage.drawn(width: 9, height: 8) { x, y in
            let i = 3 * (reference.width * (y + 4) + x + 6)
            return (
                Int(reference.image.pixels[i]), Int(reference.image.pixels[i + 1]), Int(reference.image.pixels[i + 2])
            )
        }
        let part = Resampler.resize(
            reference.image, from: ImageRectangle(x: 6, y: 4, width: 9, height: 8), width: 4, height: 5)
        #expect(part == Resampler.resize(cut, width: 4, height: 5))
    }

    @Test("letterboxing leaves white above and below")
    func pad() {
        let image = RGBImage.drawn(width: 20, height: 10) { _, _ in (10, 20, 30) }
        let planes = image.tensor(width: 8, height: 8, fit: .pad)
        for y in 0..<8 {
            let expected: [Float] = (2..<6).contains(y) ? [10, 20, 30] : [255, 255, 255]
            for c in 0..<3 {
                #expect(planes[(64 * c + 8 * y)..<(64 * c + 8 * y + 8)].allSatisfy { abs($0 - expected[c]) < 1e-4 })
            }
        }
    }

    @Test("a thumbnail keeps the shape and never enlarges")
    func thumbnail() {
        let image = RGBImage.gradient(width: 300, height: 200)
        let small = image.thumbnail(maximumSide: 120)
        #expect(small.width == 120 && small.height == 80)
        #expect(image.thumbnail(maximumSide: 300) == image)
        #expect(image.thumbnail(maximumSide: 5000) == image)
        let thin = RGBImage.gradient(width: 4, height: 900).thumbnail(maximumSide: 90)
        #expect(thin.width == 1 && thin.height == 90)
    }
}
