import Foundation
import ImageCodecs
import Testing

@Suite("Decoding PNG and WebP")
struct PNGAndWebPDecodingTests {
    struct Expected: Decodable {
        let width: Int
        let height: Int
        let rgb: Data
    }

    @Test("every colour type and depth, over white, interlaced or not, is exact to one level")
    func png() throws {
        let all = try Fixture.json("expected.json", as: [String: Expected].self)
        #expect(all.count > 30)
        for (name, expected) in all.sorted(by: { $0.key < $1.key }) {
            let image = try ImageDecoder.decode(Fixture.bytes(name))
            let wanted = RGBImage(width: expected.width, height: expected.height, pixels: [UInt8](expected.rgb))
            #expect(image.difference(from: wanted) <= 1, "\(name)")
        }
    }

    @Test("lossless WebP is exact and lossy WebP is close")
    func webp() throws {
        let reference = try Fixture.reference()
        #expect(try ImageDecoder.decode(Fixture.bytes("lossless.webp")) == reference)
        #expect(try ImageDecoder.decode(Fixture.bytes("lossy.webp")).meanDifference(from: reference) < 4)
    }

    @Test("transparent WebP is laid over white")
    func webpAlpha() throws {
        let reference = try Fixture.reference()
        // Opacity grows from 0 on the left to 255 on the right.
        let expected = RGBImage.drawn(width: 40, height: 24) { x, y in
            let alpha = Int(255.0 * Double(x) / 39)
            func over(_ c: Int) -> Int {
                (Int(reference.pixels[3 * (40 * y + x) + c]) * alpha + 255 * (255 - alpha) + 127) / 255
            }
            return (over(0), over(1), over(2))
        }
        #expect(try ImageDecoder.decode(Fixture.bytes("alpha-lossless.webp")).difference(from: expected) <= 1)
        #expect(try ImageDecoder.decode(Fixture.bytes("alpha-lossy.webp")).meanDifference(from: expected) < 4)
    }

    @Test("a wrong checksum in any chunk is damage")
    func checksums() throws {
        let file = try Fixture.bytes("palette-2-alpha.png")
        for name in ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"] {
            let start = try #require(file.firstRange(of: Array(name.utf8))).lowerBound
            let length = file[(start - 4)..<start].reduce(0) { $0 << 8 | Int($1) }
            var broken = file
            broken[start + 4 + length] ^= 1
            let error = decodingError(broken)
            #expect(error?.code == "damaged_image", "\(name)")
        }
    }
}
