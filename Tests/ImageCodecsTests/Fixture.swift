import Foundation
import ImageCodecs

/// Files drawn by `make_fixtures.py`.
enum Fixture {
    private static let folder = Bundle.module.bundleURL.appendingPathComponent("Fixtures")

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func json<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// Every picture, sorted by name.
    static func pictures() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { [".jpg", ".png", ".webp"].contains(where: $0.hasSuffix) }
            .sorted()
    }

    /// The picture that most of the others show.
    static func reference() throws -> RGBImage {
        try ImageDecoder.decode(bytes("reference.png"))
    }
}

extension RGBImage {
    /// The largest difference of any value; pictures of unlike sizes differ by 256.
    func difference(from other: RGBImage) -> Int {
        guard width == other.width && height == other.height else { return 256 }
        return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }

    /// The mean difference of values; pictures of unlike sizes differ by 256.
    func meanDifference(from other: RGBImage) -> Double {
        guard width == other.width && height == other.height else { return 256 }
        let sum = zip(pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(pixels.count)
    }

    /// A picture whose values come from a function of column and row.
    static func drawn(width: Int, height: Int, _ colour: (Int, Int) -> (Int, Int, Int)) -> RGBImage {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let (r, g, b) = colour(x, y)
                pixels += [UInt8(r & 255), UInt8(g & 255), UInt8(b & 255)]
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// A smooth picture of any size.
    static func gradient(width: Int, height: Int) -> RGBImage {
        drawn(width: width, height: height) { x, y in (x * 255 / width, y * 255 / height, 128) }
    }
}

/// The error of a call, or `nil`.
func imageError(_ body: () throws(ImageError) -> Void) -> ImageError? {
    do throws(ImageError) { try body() } catch { return error }
    return nil
}

/// The error of decoding, or `nil`.
func decodingError(_ bytes: [UInt8]) -> ImageError? {
    imageError { () throws(ImageError) in _ = try ImageDecoder.decode(bytes) }
}

/// Numbers that look random and are the same every time (SplitMix64).
struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
