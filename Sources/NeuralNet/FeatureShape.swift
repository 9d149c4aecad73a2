/// Size of the feature maps of some images. In memory they are NHWC: image after image, rows of pixels, and a pixel's
/// channels side by side.
package struct FeatureShape: Sendable, Equatable {
    package var images: Int
    package var height: Int
    package var width: Int
    package var channels: Int

    package init(images: Int = 1, height: Int, width: Int, channels: Int) {
        self.images = images
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// Pixels of all images.
    package var pixels: Int { images * height * width }
    /// Floats of all images.
    package var count: Int { pixels * channels }

    /// The shape after a window of `kernel` pixels a side goes over this one; empty if the window is larger.
    func swept(kernel: Int, stride: Int, padding: Int, channels: Int) -> FeatureShape {
        func positions(_ length: Int) -> Int {
            let room = length + 2 * padding - kernel
            return room < 0 ? 0 : room / stride + 1
        }
        return FeatureShape(
            images: images, height: positions(height), width: positions(width), channels: channels)
    }
}
