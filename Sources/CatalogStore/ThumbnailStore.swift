import Foundation
import ImageCodecs

/// Small JPEGs of catalog photos, named by the content that they were made from. They are derived: delete them, and they
/// are made again.
public struct ThumbnailStore: Sendable {
    /// The longest side of a thumbnail in pixels.
    public static let side = 480

    private let directory: String

    /// The thumbnails of a data directory.
    public init(dataDirectory: String) {
        directory = dataDirectory + "/thumbnails"
    }

    /// Where the thumbnail of some content is, or would be.
    public func path(contentHash: String) -> String {
        "\(directory)/\(contentHash.prefix(2))/\(contentHash).jpg"
    }

    /// Whether a photo is small enough to stand for itself.
    public static func isNeeded(width: Int, height: Int) -> Bool {
        max(width, height) > side
    }

    /// Makes the thumbnail of a decoded photo. The file appears whole or not at all.
    ///
    /// - Throws: `ImageError`, or Foundation's error if it cannot be written.
    public func make(_ image: RGBImage, contentHash: String) throws {
        let target = URL(fileURLWithPath: path(contentHash: contentHash))
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        let bytes = try JPEGEncoder.encode(image.thumbnail(maximumSide: Self.side), quality: 82)
        try Data(bytes).write(to: target, options: .atomic)
    }

    /// The file to show for an item: its thumbnail, made now if it is missing, or the photo itself if that is small.
    ///
    /// - Throws: `ImageError` if the photo has become unusable.
    public func file(contentHash: String, original: String) throws -> String {
        let thumbnail = path(contentHash: contentHash)
        if FileManager.default.fileExists(atPath: thumbnail) { return thumbnail }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: original)))
        let info = try ImageDecoder.inspect(bytes)
        guard Self.isNeeded(width: info.width, height: info.height) else { return original }
        do {
            try make(ImageDecoder.decode(bytes, minimumSide: Self.side), contentHash: contentHash)
        } catch  where !(error is ImageError) {
            // Where nothing can be written, the photo itself is shown.
            return original
        }
        return thumbnail
    }

    /// Removes the thumbnails whose content no item has any more, and what a killed process left half written.
    public func removeAll(except current: Set<String>) {
        guard let files = FileManager.default.enumerator(atPath: directory) else { return }
        for case let name as String in files where name.contains("/") {
            let file = name.split(separator: "/").last ?? ""
            let isCurrent = file.hasSuffix(".jpg") && current.contains(String(file.dropLast(4)))
            if !isCurrent { try? FileManager.default.removeItem(atPath: directory + "/" + name) }
        }
    }
}
