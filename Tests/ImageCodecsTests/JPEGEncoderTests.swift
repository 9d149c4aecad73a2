import ImageCodecs
import Testing

@Suite("Encoding JPEG")
struct JPEGEncoderTests {
    @Test("what is encoded decodes to nearly the same picture", arguments: [(1, 1, 1.0), (17, 9, 6), (320, 200, 2)])
    func roundTrip(width: Int, height: Int, tolerance: Double) throws {
        let image = RGBImage.gradient(width: width, height: height)
        let bytes = try JPEGEncoder.encode(image, quality: 95)
        #expect(try ImageDecoder.inspect(bytes) == ImageInfo(format: .jpeg, width: width, height: height))
        #expect(try ImageDecoder.decode(bytes).meanDifference(from: image) < tolerance)
        #expect(try JPEGEncoder.encode(image, quality: 95) == bytes)
    }

    @Test("lower quality takes fewer bytes, and any number is taken as one of 1...100")
    func quality() throws {
        let image = RGBImage.drawn(width: 64, height: 64) { x, y in (x * y, x ^ y, x + 3 * y) }
        let sizes = try [10, 50, 85, 100].map { try JPEGEncoder.encode(image, quality: $0).count }
        #expect(sizes == sizes.sorted() && Set(sizes).count == 4)
        #expect(try JPEGEncoder.encode(image, quality: -3) == JPEGEncoder.encode(image, quality: 1))
        #expect(try JPEGEncoder.encode(image, quality: 900) == JPEGEncoder.encode(image, quality: 100))
    }

    @Test("files are 4:2:0 with no metadata but JFIF's")
    func layout() throws {
        let bytes = try JPEGEncoder.encode(.gradient(width: 32, height: 32))
        let frame = try #require(bytes.firstRange(of: [0xFF, 0xC0])).lowerBound
        #expect(bytes[frame + 11] == 0x22 && bytes[frame + 14] == 0x11 && bytes[frame + 17] == 0x11)
        #expect(bytes.firstRange(of: [0xFF, 0xE1]) == nil)
    }

    @Test("a side that no JPEG can have is refused")
    func tooWide() {
        let image = RGBImage(width: 65_501, height: 1, pixels: [UInt8](repeating: 0, count: 3 * 65_501))
        #expect(imageError { () throws(ImageError) in _ = try JPEGEncoder.encode(image) }?.code == "image_too_large")
    }
}
