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

    @Test("of an animated WebP the first frame is the picture, lossy, lossless and with transparency")
    func webpAnimation() throws {
        let file = try Fixture.bytes("animated.webp")
        #expect(try ImageDecoder.inspect(file) == ImageInfo(format: .webp, width: 40, height: 24))
        #expect(try ImageDecoder.decode(file).meanDifference(from: Fixture.reference()) < 4)
        for name in ["lossy.webp", "lossless.webp", "alpha-lossless.webp", "alpha-lossy.webp"] {
            let still = try Fixture.bytes(name)
            #expect(try ImageDecoder.decode(Self.animation(of: still)) == ImageDecoder.decode(still), "\(name)")
        }
    }

    @Test("an animated WebP without a whole first frame is damage, whatever its chunks claim")
    func brokenAnimation() throws {
        let still = try Fixture.bytes("lossy.webp")
        let whole = Self.animation(of: still)
        let frame = try #require(whole.firstRange(of: Array("ANMF".utf8))).lowerBound
        var broken = [Array(whole[..<frame]), Array(whole[..<(frame + 8)]), Array(whole[..<(frame + 24)])]
        for length in [0, 16, 17, 0xFFFF_FFFF] as [UInt32] {
            for place in [frame - 10, frame + 4] {
                var file = whole
                file.replaceSubrange(place..<(place + 4), with: Self.littleEndian(length))
                // A frame that claims more than there is has its data all the same.
                if !(place == frame + 4 && length > 1000) { broken.append(file) }
            }
        }
        broken.append(Self.animation(of: whole))
        for (number, file) in broken.enumerated() {
            #expect(decodingError(file)?.code == "damaged_image", "\(number)")
        }
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }

    /// A still WebP of 40 by 24 pixels as the one frame of an animation (RFC 9649, section 2.7.1).
    private static func animation(of still: [UInt8]) -> [UInt8] {
        func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
            Array(name.utf8) + littleEndian(UInt32(data.count)) + data + (data.count % 2 == 0 ? [] : [0])
        }
        // In a file with a header of its own, the picture's data come after that.
        let isExtended = still[12..<16].elementsEqual("VP8X".utf8)
        let data = Array(still[(isExtended ? 30 : 12)...])
        let size: [UInt8] = [39, 0, 0, 23, 0, 0]
        let chunks =
            chunk("VP8X", [0x12, 0, 0, 0] + size) + chunk("ANIM", [0, 0, 0, 0, 0, 0])
            + chunk("ANMF", [0, 0, 0, 0, 0, 0] + size + [100, 0, 0, 0] + data)
        return Array("RIFF".utf8) + littleEndian(UInt32(chunks.count + 4)) + Array("WEBP".utf8) + chunks
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
