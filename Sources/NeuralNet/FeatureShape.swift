/// Size of a feature map. In memory it is NHWC: rows of pixels, and a pixel's channels side by side.
package struct FeatureShape: Sendable, Equatable {
    package var height: Int
    package var width: Int
    package var channels: Int

    package init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    package var pixels: Int { height * width }
    package var count: Int { pixels * channels }

    /// The shape after a window of `kernel` pixels a side goes over this one; empty if the window is larger.
    func swept(kernel: Int, stride: Int, padding: Int, channels: Int) -> FeatureShape {
        func positions(_ length: Int) -> Int {
            let room = length + 2 * padding - kernel
            return room < 0 ? 0 : room / stride + 1
        }
        return FeatureShape(height: positions(height), width: positions(width), channels: channels)
    }
}
