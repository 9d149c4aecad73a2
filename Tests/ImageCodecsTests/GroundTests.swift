import ImageCodecs
import Testing

@Suite("What a picture stands on")
struct GroundTests {
    /// A picture of one grey, with a frame of another that is so many pixels wide.
    private func picture(_ width: Int, _ height: Int, inside: UInt8, frame: UInt8, edge: Int) -> RGBImage {
        var pixels: [UInt8] = []
        for row in 0..<height {
            for column in 0..<width {
                let isFrame = min(row, column, height - 1 - row, width - 1 - column) < edge
                pixels += [UInt8](repeating: isFrame ? frame : inside, count: 3)
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    @Test("a white border is what counts, at any size", arguments: [(60, 80), (300, 200), (1, 1), (2, 90)])
    func border(width: Int, height: Int) {
        let edge = max(1, min(width, height) / 50)
        #expect(picture(width, height, inside: 20, frame: 250, edge: edge).isOnWhite)
        #expect(!picture(width, height, inside: 255, frame: 200, edge: edge).isOnWhite)
    }

    @Test("half of the border is enough, and less is not")
    func half() {
        func split(at column: Int) -> RGBImage {
            RGBImage(
                width: 100, height: 100,
                pixels: (0..<10000).flatMap { [UInt8](repeating: $0 % 100 < column ? 240 : 90, count: 3) })
        }
        #expect(split(at: 52).isOnWhite && !split(at: 48).isOnWhite)
    }
}
