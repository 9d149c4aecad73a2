import ImageCodecs
import Testing

@Suite("EXIF orientation")
struct OrientationTests {
    @Test("all eight orientations show the same picture", arguments: ImageOrientation.allCases)
    func all(orientation: ImageOrientation) throws {
        let bytes = try Fixture.bytes("orientation-\(orientation.rawValue).jpg")
        let info = try ImageDecoder.inspect(bytes)
        #expect(info == ImageInfo(format: .jpeg, width: 40, height: 24, orientation: orientation))
        let image = try ImageDecoder.decode(bytes)
        #expect(image.meanDifference(from: try Fixture.reference()) < 2)
        // Scaled while decoding as well.
        let small = try ImageDecoder.decode(bytes, minimumSide: 12)
        #expect(small.width == 20 && small.height == 12)
        #expect(small.meanDifference(from: Resampler.resize(try Fixture.reference(), width: 20, height: 12)) < 3)
    }

    @Test(
        "other places and forms of the tag count too",
        arguments: ["orientation-6-long.jpg", "orientation-6.png", "orientation-8.webp"])
    func elsewhere(name: String) throws {
        let image = try ImageDecoder.decode(Fixture.bytes(name))
        #expect(image.meanDifference(from: try Fixture.reference()) < 2)
    }

    @Test("turning a picture moves each pixel where the standard says", arguments: ImageOrientation.allCases)
    func pixels(orientation: ImageOrientation) {
        // Odd sizes beyond one tile, each pixel unlike any other.
        let image = RGBImage.drawn(width: 131, height: 67) { x, y in (x, y, x / 200 + 2 * (y / 200) + x ^ y) }
        let turned = image.oriented(orientation)
        let (w, h) = (image.width, image.height)
        #expect(turned.width == (orientation.exchangesSides ? h : w))
        var wrong = 0
        for y in 0..<h {
            for x in 0..<w {
                let (tx, ty) =
                    switch orientation {
                    case .upright: (x, y)
                    case .mirrored: (w - 1 - x, y)
                    case .upsideDown: (w - 1 - x, h - 1 - y)
                    case .flipped: (x, h - 1 - y)
                    case .transposed: (y, x)
                    case .turnedLeft: (h - 1 - y, x)
                    case .transversed: (h - 1 - y, w - 1 - x)
                    case .turnedRight: (y, w - 1 - x)
                    }
                let (from, to) = (3 * (y * w + x), 3 * (ty * turned.width + tx))
                if image.pixels[from..<(from + 3)] != turned.pixels[to..<(to + 3)] { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    static func tiff(directory: UInt8 = 8, count: UInt8 = 1, tag: UInt8 = 0x12, value: UInt8 = 6) -> [UInt8] {
        [0x49, 0x49, 0x2A, 0, directory, 0, 0, 0, count, 0, tag, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]
    }

    @Test("broken EXIF never refuses a photo")
    func broken() throws {
        let jpeg = try Fixture.bytes("baseline.jpg")
        let upright = try ImageDecoder.decode(jpeg)
        func decode(_ exif: [UInt8], declared: Int? = nil) throws -> RGBImage {
            let payload = Array("Exif\0\0".utf8) + exif
            let length = declared ?? payload.count + 2
            let segment = [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + payload
            return try ImageDecoder.decode(Array(jpeg[..<2]) + segment + jpeg[2...])
        }
        #expect(try decode(Self.tiff()).height == 40)
        let ignored: [[UInt8]] = [
            [], [0x49], Array("II*\0".utf8), Self.tiff(directory: 200), Self.tiff(directory: 25), Self.tiff(tag: 0x13),
            Self.tiff(value: 0), Self.tiff(value: 9), Self.tiff(count: 0), Array("XX".utf8) + Self.tiff().dropFirst(2),
            Array(Self.tiff().prefix(17)), [0x49, 0x49, 0x2A, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0],
            Self.tiff(count: 255, tag: 0x13),
        ]
        for exif in ignored { #expect(try decode(exif) == upright) }
        // An entry count beyond the end does not matter once the tag was seen.
        #expect(try decode(Self.tiff(count: 255)).height == 40)
    }
}
