import ImageCodecs
import Testing

@Suite("Decoding JPEG")
struct JPEGDecodingTests {
    @Test(
        "every way of coding the same picture gives the same colours",
        arguments: [
            "baseline.jpg", "baseline-420.jpg", "progressive.jpg", "arithmetic.jpg", "restarts.jpg", "cmyk-adobe.jpg",
            "cmyk-plain.jpg", "ycck-adobe.jpg", "no-end-marker.jpg", "padded.jpg", "trailer.jpg",
        ])
    func colours(name: String) throws {
        let image = try ImageDecoder.decode(Fixture.bytes(name))
        // Quality 95: a few levels of 255 from the original.
        #expect(image.meanDifference(from: try Fixture.reference()) < 2.5)
        #expect(image.difference(from: try Fixture.reference()) < 20)
    }

    @Test("arithmetic coding and restarts change no pixel")
    func lossless() throws {
        let baseline = try ImageDecoder.decode(Fixture.bytes("baseline.jpg"))
        for name in ["arithmetic.jpg", "restarts.jpg", "progressive.jpg", "no-end-marker.jpg", "padded.jpg"] {
            #expect(try ImageDecoder.decode(Fixture.bytes(name)) == baseline, "\(name)")
        }
    }

    @Test("grey becomes three equal channels", arguments: ["grey.jpg", "grey-progressive.jpg"])
    func grey(name: String) throws {
        let image = try ImageDecoder.decode(Fixture.bytes(name))
        let reference = try Fixture.reference()
        for i in stride(from: 0, to: image.pixels.count, by: 3) {
            let rgb = reference.pixels[i..<(i + 3)].map(Double.init)
            let luma = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]
            #expect(image.pixels[i] == image.pixels[i + 1] && image.pixels[i] == image.pixels[i + 2])
            #expect(abs(Double(image.pixels[i]) - luma) < 8)
        }
    }

    @Test(
        "kinds of JPEG beyond 8-bit DCT are named",
        arguments: [
            ("twelve-bit.jpg", "JPEG with other than 8 bits a sample"),
            ("lossless.jpg", "lossless or hierarchical JPEG"),
        ])
    func unsupported(name: String, kind: String) throws {
        let bytes = try Fixture.bytes(name)
        #expect(decodingError(bytes) == .unsupported(kind: kind))
    }

    @Test("a big photo is scaled by the smallest n/8 that leaves enough")
    func scaled() throws {
        let jpeg = try JPEGEncoder.encode(.gradient(width: 1003, height: 601))
        for (minimumSide, eighths) in [
            (601, 8), (301, 8), (300, 4), (227, 4), (226, 3), (152, 3), (151, 2), (77, 2), (76, 1), (1, 1), (0, 1),
            (-5, 1),
            (Int.max, 8),
        ] {
            let image = try ImageDecoder.decode(jpeg, minimumSide: minimumSide)
            #expect(image.width == (1003 * eighths + 7) / 8, "minimum \(minimumSide)")
            #expect(image.height == (601 * eighths + 7) / 8, "minimum \(minimumSide)")
        }
    }

    @Test("scaling while decoding shows the same picture as resizing afterwards", arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func scaledContent(eighths: Int) throws {
        let jpeg = try JPEGEncoder.encode(.gradient(width: 320, height: 240), quality: 95)
        let full = try ImageDecoder.decode(jpeg)
        let image = try ImageDecoder.decode(jpeg, minimumSide: 240 * eighths / 8)
        // From 5/8 on the shorter side is less than twice what is asked for, and nothing is scaled.
        let expected = eighths > 4 ? 8 : eighths
        #expect(image.height == 30 * expected)
        let resized = Resampler.resize(full, width: 40 * expected, height: 30 * expected)
        #expect(image.meanDifference(from: resized) < 1.5)
    }

    @Test("CMYK, progressive and turned photos are scaled too", arguments: ["cmyk-adobe.jpg", "progressive.jpg"])
    func scaledKinds(name: String) throws {
        let image = try ImageDecoder.decode(Fixture.bytes(name), minimumSide: 12)
        #expect(image.width == 20 && image.height == 12)
        let resized = Resampler.resize(try Fixture.reference(), width: 20, height: 12)
        #expect(image.meanDifference(from: resized) < 5)
    }

    @Test("PNG and WebP are not scaled", arguments: ["reference.png", "lossless.webp"])
    func notScaled(name: String) throws {
        #expect(try ImageDecoder.decode(Fixture.bytes(name), minimumSide: 4).width == 40)
    }
}
