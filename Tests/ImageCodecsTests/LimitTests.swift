import ImageCodecs
import Testing

@Suite("Limits before decoding")
struct LimitTests {
    static func error(_ bytes: [UInt8], limits: ImageLimits = ImageLimits()) -> ImageError? {
        imageError { () throws(ImageError) in _ = try ImageDecoder.decode(bytes, limits: limits) }
    }

    @Test("a tiny JPEG that claims 65500 x 65500 pixels is refused at once")
    func hugeClaim() throws {
        let bytes = try Fixture.bytes("huge-claim.jpg")
        #expect(bytes.count < 180)
        let time = ContinuousClock().measure { #expect(Self.error(bytes)?.code == "image_too_large") }
        #expect(time < .seconds(1))
        // And where the limits would let it pass, its missing data ends it.
        let generous = ImageLimits(pixels: 1 << 40, side: 1 << 20)
        let scaled = imageError { () throws(ImageError) in
            _ = try ImageDecoder.decode(bytes, minimumSide: 100, limits: generous)
        }
        #expect(scaled?.code == "damaged_image")
    }

    @Test("a progressive JPEG with a thousand scans is refused fast, one with a hundred is not")
    func scans() throws {
        let bytes = try Fixture.bytes("grey-progressive.jpg")
        // The first scan sets the same values however often it comes.
        let start = try #require(bytes.firstRange(of: [0xFF, 0xDA])).lowerBound
        let length = try #require(bytes[(start + 10)...].firstRange(of: [0xFF, 0xC4])).lowerBound - start
        let scan = Array(bytes[start..<(start + length)])
        let count = bytes.indices.dropLast().count { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
        func file(scans: Int) -> [UInt8] {
            Array(bytes[..<start]) + Array(repeating: scan, count: scans - count).joined() + bytes[start...]
        }
        let time = ContinuousClock().measure { #expect(Self.error(file(scans: 1000))?.code == "image_too_complex") }
        #expect(time < .seconds(1))
        #expect(Self.error(file(scans: 101))?.code == "image_too_complex")
        #expect(Self.error(file(scans: 100)) == nil)
        #expect(Self.error(bytes, limits: ImageLimits(scans: 3))?.code == "image_too_complex")
    }

    @Test("a few bytes that claim megapixels are damaged before memory is spent on them")
    func tooLittleData() throws {
        #expect(
            Self.error(PNGBytes.header(width: 7000, height: 7000) + PNGBytes.chunk("IDAT"))
                == .damaged(reason: "there is too little data for so many pixels"))
        for name in ["progressive.jpg", "baseline.jpg", "arithmetic.jpg"] {
            var jpeg = try Fixture.bytes(name)
            let frame = try #require([0xC0, 0xC2, 0xC9].compactMap { jpeg.firstRange(of: [0xFF, $0, 0, 17]) }.first)
            jpeg.replaceSubrange((frame.upperBound + 1)..<(frame.upperBound + 5), with: [0x1B, 0x58, 0x1B, 0x58])
            #expect(Self.error(jpeg) == .damaged(reason: "there is too little data for so many pixels"), "\(name)")
        }
    }

    @Test("packed texts and profiles of a PNG are never unpacked")
    func packedText() throws {
        let bytes = try Fixture.bytes("text-bomb.png")
        let time = ContinuousClock().measure { #expect(Self.error(bytes) == nil) }
        #expect(time < .seconds(1))
    }

    @Test("a PNG or WebP of very many chunks is refused fast")
    func chunks() throws {
        let png = try Fixture.bytes("reference.png")
        let many = Array(repeating: PNGBytes.chunk("tEXt", [0x41, 0]), count: 200_000).joined()
        #expect(Self.error(Array(png[..<33]) + many + png[33...])?.code == "image_too_complex")
        let few = Array(repeating: PNGBytes.chunk("tEXt", [0x41, 0]), count: 1000).joined()
        #expect(Self.error(Array(png[..<33]) + few + png[33...]) == nil)
        // Within the container, before the EXIF chunk that is looked for; behind the container nothing counts.
        let webp = try Fixture.bytes("orientation-8.webp")
        let junk = Array(repeating: Array("junk".utf8) + [0, 0, 0, 0], count: 200_000).joined()
        let exif = try #require(webp.lastRange(of: Array("EXIF".utf8))).lowerBound
        var stuffed = Array(webp[..<exif]) + junk + webp[exif...]
        let size = PNGBytes.bigEndian(UInt32(stuffed.count - 8)).reversed()
        stuffed.replaceSubrange(4..<8, with: size)
        #expect(Self.error(stuffed)?.code == "image_too_complex")
        #expect(Self.error(webp + junk) == nil)
    }

    @Test(
        "sizes beyond the limits are refused from the header", arguments: [(16_385, 10), (10, 16_385), (10_000, 5_001)])
    func pngSize(width: UInt32, height: UInt32) {
        #expect(
            Self.error(PNGBytes.header(width: width, height: height) + PNGBytes.chunk("IDAT"))?.code
                == "image_too_large")
    }

    @Test("a WebP header with too many pixels is refused")
    func webpSize() {
        let sides: [UInt8] = [0x2F, 0xFE, 0xBF, 0xFF, 0x0F]  // 16383 x 16383
        let chunk = Array("VP8L".utf8) + [64, 0, 0, 0] + sides + [UInt8](repeating: 0, count: 59)
        #expect(Self.error(Array("RIFF".utf8) + [76, 0, 0, 0] + Array("WEBP".utf8) + chunk)?.code == "image_too_large")
    }

    @Test("a file of too many bytes is refused, and named for what it is first")
    func bytes() throws {
        var photo = try Fixture.bytes("baseline.jpg")
        photo += [UInt8](repeating: 0, count: 20_000_001 - photo.count)
        #expect(Self.error(photo)?.code == "image_too_large")
        #expect(Self.error(Array(photo.dropLast())) == nil)
        photo.replaceSubrange(0..<6, with: "GIF89a".utf8)
        #expect(Self.error(photo) == .unsupported(kind: "GIF"))
    }

    @Test("each limit counts exactly")
    func exact() throws {
        let bytes = try Fixture.bytes("reference.png")
        #expect(Self.error(bytes, limits: ImageLimits(bytes: bytes.count, pixels: 960, side: 40)) == nil)
        #expect(Self.error(bytes, limits: ImageLimits(bytes: bytes.count - 1))?.code == "image_too_large")
        #expect(Self.error(bytes, limits: ImageLimits(pixels: 959))?.code == "image_too_large")
        #expect(Self.error(bytes, limits: ImageLimits(side: 39))?.code == "image_too_large")
    }
}
