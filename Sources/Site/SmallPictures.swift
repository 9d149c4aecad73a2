import ImageCodecs
import Synchronization

/// Pictures of items as small as a first page needs them, made when they are asked for, and kept in memory. Safe to use from
/// many threads.
final class SmallPictures: Sendable {
    /// Longer side in pixels.
    private static let side = 216
    /// How many are kept; each has some kilobytes.
    private static let most = 128

    private let made = Mutex<[String: [UInt8]]>([:])

    /// A picture as a JPEG of 216 pixels at the most.
    ///
    /// - Parameters:
    ///   - key: changes with the picture.
    ///   - bytes: gives the picture's file, if it has to be made.
    /// - Returns: the whole file.
    /// - Throws: what `bytes` throws, or `ImageError`.
    func jpeg(_ key: String, of bytes: () throws -> [UInt8]) throws -> [UInt8] {
        if let known = made.withLock({ $0[key] }) { return known }
        let image = try ImageDecoder.decode(try bytes(), minimumSide: Self.side)
        let small = try JPEGEncoder.encode(image.thumbnail(maximumSide: Self.side), quality: 58)
        made.withLock { made in
            // Any will do: those of the first page are made again in a moment.
            if made.count >= Self.most { made.removeAll() }
            made[key] = small
        }
        return small
    }
}
