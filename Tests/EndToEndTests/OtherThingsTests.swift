import Foundation
import ImageCodecs
import Testing

@Suite("photos of other things")
struct OtherThingsTests {
    @Test("of what is no clothing the page says that nothing is close, and of its own photos that they are")
    func nothingClose() async throws {
        let folder = try TemporaryFolder()
        let server = try RunningServer(catalog: Project.catalog, data: folder.path + "/data")
        var words: [String: Int] = [:]
        let things = OtherThing.allCases.flatMap { thing in (1...8).map { thing.picture(seed: UInt64($0)) } }
        for thing in things {
            let answer = try await server.search(try JPEGEncoder.encode(thing, quality: 90))
            words[try await closeness(answer), default: 0] += 1
        }
        #expect(words["nothing close", default: 0] * 4 >= things.count * 3, "\(words)")
        #expect(words["very close"] == nil, "\(words)")
        for name in ["vt-0001", "vt-0200", "vt-0400", "vt-0600"] {
            let photo = try Data(contentsOf: URL(fileURLWithPath: "\(Project.catalog)/images/\(name).jpg"))
            #expect(try await closeness(server.search([UInt8](photo))) == "very close", "\(name)")
        }
    }

    private func closeness(_ answer: Answer) async throws -> String {
        try #require(try answer.results().first?["closeness"] as? String)
    }
}

/// What nobody wears, drawn: 240 x 320 pixels, the same for the same seed.
private enum OtherThing: CaseIterable {
    case noise
    case board
    case lines
    case landscape
    case blobs

    func picture(seed: UInt64) -> RGBImage {
        let (width, height) = (240, 320)
        var random = SplitMix(state: seed)
        let colours = (0..<4).map { _ in (0..<3).map { _ in Double(random.next() % 256) } }
        let centres = (0..<12).map { _ in
            (x: Double(random.next() % 240), y: Double(random.next() % 320), radius: Double(8 + random.next() % 40))
        }
        let size = 12 + Int(random.next() % 40)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                var colour = colours[0]
                switch self {
                case .noise: colour = (0..<3).map { _ in Double(random.next() % 256) }
                case .board where (x / size + y / size) % 2 == 1: colour = colours[1]
                case .lines where y % 14 < 3 && x < 60 + Int((UInt64(y / 14) &* 7919 &+ seed) % 160):
                    colour = colours[1]
                case .landscape:
                    let hill = 200 + 40 * sin(Double(x) / Double(size)) + 15 * sin(Double(x) / 9)
                    colour = Double(y) > hill ? colours[1] : [120, 170, 230 - Double(y) / 4]
                case .blobs:
                    if let (index, _) = centres.enumerated().first(where: {
                        let (dx, dy) = (Double(x) - $1.x, Double(y) - $1.y)
                        return dx * dx + dy * dy < $1.radius * $1.radius
                    }) {
                        colour = colours[1 + index % 3]
                    }
                case .board, .lines: break
                }
                pixels += colour.map { UInt8(max(0, min(255, $0))) }
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}

/// Steele, Lea and Flood: Fast splittable pseudorandom number generators (2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
