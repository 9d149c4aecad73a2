import ImageCodecs
import Testing

@Suite("Malformed input")
struct RobustnessTests {
    /// Small enough that no mutation decodes for long.
    static let limits = ImageLimits(pixels: 4_000_000)

    static func error(_ bytes: [UInt8]) -> ImageError? {
        imageError { () throws(ImageError) in _ = try ImageDecoder.decode(bytes, minimumSide: 16, limits: limits) }
    }

    @Test(
        "a photo cut short is damaged, wherever it is cut",
        arguments: [
            "baseline.jpg", "progressive.jpg", "reference.png", "palette-8-alpha-interlaced.png", "lossy.webp",
            "lossless.webp", "alpha-lossy.webp", "cmyk-adobe.jpg", "restarts.jpg", "baseline-420.jpg", "arithmetic.jpg",
            "grey-1.png",
        ])
    func truncated(name: String) throws {
        let bytes = try Fixture.bytes(name)
        // The end marker of a sequential JPEG may be missing; nothing else may.
        let whole = name.hasSuffix(".jpg") && name != "progressive.jpg" ? bytes.count - 2 : bytes.count
        for count in Set(stride(from: 12, to: whole, by: 3)).union((whole - 12)..<whole).sorted() {
            #expect(
                Self.error(Array(bytes[..<count]))?.code == "damaged_image", "\(name) cut to \(count) of \(bytes.count)"
            )
        }
        #expect(Self.error(bytes) == nil)
    }

    @Test("no mutation of any picture crashes, and each ends as a picture or an error of its own kind")
    func mutated() throws {
        var numbers = Numbers(seed: 20)
        var outcomes: [String: Int] = [:]
        for name in try Fixture.pictures() where name != "text-bomb.png" {
            let bytes = try Fixture.bytes(name)
            for round in 0..<60 {
                var broken = bytes
                for _ in 0...(round % 4) {
                    let place = Int.random(in: 0..<broken.count, using: &numbers)
                    broken[place] =
                        round % 2 == 0 ? UInt8.random(in: 0...255, using: &numbers) : broken[place] ^ (1 << (round % 8))
                }
                if round % 5 == 0 { broken.removeLast(Int.random(in: 0..<broken.count, using: &numbers)) }
                // With right checksums, mutations get past the first check.
                if name.hasSuffix(".png") && round % 3 != 0 { broken = PNGBytes.repaired(broken) }
                outcomes[Self.error(broken)?.code ?? "picture", default: 0] += 1
            }
        }
        #expect(outcomes.values.reduce(0, +) > 3000)
        #expect((outcomes["picture"] ?? 0) > 100 && (outcomes["damaged_image"] ?? 0) > 1000)
    }

    @Test("rubbish behind a right start is damaged")
    func rubbish() {
        var numbers = Numbers(seed: 4)
        let starts: [[UInt8]] = [[0xFF, 0xD8, 0xFF, 0xE0], PNGBytes.signature, Array("RIFF\u{40}\0\0\0WEBPVP8 ".utf8)]
        for start in starts {
            for _ in 0..<100 {
                let rest = (0..<400).map { _ in UInt8.random(in: 0...255, using: &numbers) }
                let code = Self.error(start + rest)?.code
                #expect(code == "damaged_image" || code == "unsupported_image" || code == "image_too_large")
            }
        }
    }

    @Test("the same bytes give the same pixels from many threads at once")
    func concurrent() async throws {
        let bytes = try Fixture.bytes("progressive.jpg")
        let expected = try ImageDecoder.decode(bytes)
        let same = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { (0..<20).allSatisfy { _ in (try? ImageDecoder.decode(bytes)) == expected } }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(same)
    }
}
