import Glibc
import ImageCodecs
import Testing

@Suite("Limits before decoding")
struct LimitTests {
    static func error(_ bytes: [UInt8], limits: ImageLimits = ImageLimits()) -> ImageError? {
        imageError { () throws(ImageError) in _ = try ImageDecoder.decode(bytes, limits: limits) }
    }

    /// The processor's time that `body` takes on this thread, whatever else the machine does meanwhile.
    static func processorTime(_ body: () -> Void) -> Duration {
        func now() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let start = now()
        body()
        return now() - start
    }

    @Test("a tiny JPEG that claims 65500 x 65500 pixels is refused at once")
    func hugeClaim() throws {
        let bytes = try Fixture.bytes("huge-claim.jpg")
        #expect(bytes.count < 180)
        let time = Self.processorTime { #expect(Self.error(bytes)?.code == "image_too_large") }
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
        let time = Self.processorTime { #expect(Self.error(file(scans: 1000))?.code == "image_too_complex") }
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
        let time = Self.processorTime { #expect(Self.error(bytes) == nil) }
        #expect(time < .seconds(1))
    }

    @Test("a JPEG of 49 megapixels may have 20 scans, and one of fewer pixels more")
    func scannedPixels() throws {
        let bomb = Bombs.jpeg(side: 875, scans: 99)
        #expect(bomb.count < 120_000)
        #expect(Self.error(bomb)?.code == "image_too_complex")
        #expect(Self.error(Bombs.jpeg(side: 875, scans: 20)) == nil)
        #expect(Self.error(Bombs.jpeg(side: 250, scans: 99)) == nil)
        // The pixels count as stored, however small they are decoded; and one scan is always allowed.
        let photo = try Fixture.bytes("progressive.jpg")
        #expect(Self.error(photo, limits: ImageLimits(scannedPixels: 9_600)) == nil)
        let scaled = imageError { () throws(ImageError) in
            _ = try ImageDecoder.decode(photo, minimumSide: 3, limits: ImageLimits(scannedPixels: 9_599))
        }
        #expect(scaled?.code == "image_too_complex")
        #expect(Self.error(try Fixture.bytes("baseline.jpg"), limits: ImageLimits(scannedPixels: 0)) == nil)
    }

    @Test(
        "a small PNG whose data unpacks to far more than its rows is refused fast",
        arguments: [(10, 10, false), (10, 10, true), (10, 9, true), (1, 1, true), (16_384, 1, false)])
    func pngBomb(width: UInt32, height: UInt32, interlaced: Bool) {
        let bomb = Bombs.png(width: width, height: height, interlaced: interlaced, matches: 4_000_000)
        #expect(bomb.count < 1_001_000)
        var error: ImageError?
        let time = Self.processorTime { error = Self.error(bomb) }
        #expect(error?.code == "image_too_complex")
        #expect(time < .milliseconds(500))
    }

    @Test("a PNG whose data is its rows, or little more, is decoded")
    func pngEnd() throws {
        // 43 rows of 1 + 6 * 3 bytes are 817, and some more interlaced; 4 matches give 1033, 3 give 775.
        for interlaced in [false, true] {
            func png(matches: Int) -> [UInt8] {
                Bombs.png(width: 6, height: 43, interlaced: interlaced, matches: matches)
            }
            #expect(Self.error(png(matches: 4)) == nil)
            #expect(Self.error(png(matches: 3))?.code == "damaged_image")
        }
        // Exactly as many: 7 rows of 1 + 3 * 12 bytes.
        #expect(Self.error(Bombs.png(width: 12, height: 7, matches: 1)) == nil)
        // Large ones, with no data but zeros, in one chunk.
        #expect(Self.error(Bombs.png(width: 3000, height: 3000, matches: 104_664)) == nil)
    }

    @Test("a PNG of noise, in chunks of a few bytes, and with others before and behind them, is decoded")
    func pngNoise() throws {
        var numbers = Numbers(seed: 9)
        let (width, height) = (500, 300)
        var rows: [UInt8] = []
        for _ in 0..<height { rows += [0] + (0..<(6 * width)).map { _ in UInt8.random(in: 0...255, using: &numbers) } }
        // Stored blocks (RFC 1951, section 3.2.4).
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: rows.count, by: 65_535) {
            let block = rows[start..<min(start + 65_535, rows.count)]
            let low = [UInt8(block.count & 255), UInt8(block.count >> 8)]
            stream += [block.endIndex == rows.count ? 1 : 0] + low + low.map { ~$0 } + block
        }
        let sums = rows.reduce((UInt32(1), UInt32(0))) { sums, byte in
            let a = (sums.0 + UInt32(byte)) % 65_521
            return (a, (sums.1 + a) % 65_521)
        }
        stream += PNGBytes.bigEndian(sums.1 << 16 | sums.0)
        let size = PNGBytes.bigEndian(UInt32(width)) + PNGBytes.bigEndian(UInt32(height))
        let other = PNGBytes.chunk("fdAT", [UInt8](repeating: 7, count: 100_000))
        for piece in [23, 5000, stream.count] {
            let data = stride(from: 0, to: stream.count, by: piece).flatMap { start in
                PNGBytes.chunk("IDAT", Array(stream[start..<min(start + piece, stream.count)]))
            }
            let file =
                PNGBytes.signature + PNGBytes.chunk("IHDR", size + [16, 2, 0, 0, 0]) + other + data + other
                + PNGBytes.chunk("IEND")
            let image = try ImageDecoder.decode(file)
            #expect(abs(Int(image.pixels[3]) - Int(rows[7])) <= 1 && image.pixels.count == 450_000, "\(piece)")
        }
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
