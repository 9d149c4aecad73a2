import ArgumentParser
import Embeddings
import ImageCodecs

/// What happens to queries' photos before they are embedded: whether the answers stand it tells how robust a model is.
struct PhotoChange: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Bring queries to the input's shape in another way than the model's: pad, crop or stretch.",
            valueName: "fit"))
    var fit: ImageFit?

    @Option(help: ArgumentHelp("Save queries as JPEG of this quality first.", valueName: "1-100"))
    var jpegQuality: Int?

    @Option(help: ArgumentHelp("Make queries smaller first: a factor for both sides.", valueName: "factor"))
    var scale: Double?

    func validate() throws {
        if let jpegQuality, !(1...100).contains(jpegQuality) {
            throw ValidationError("--jpeg-quality takes a number from 1 to 100.")
        }
        if let scale, !(scale > 0 && scale <= 1) { throw ValidationError("--scale takes a number above 0, at most 1.") }
    }

    /// Whether photos stay as they are.
    var isNone: Bool { fit == nil && jpegQuality == nil && scale == nil }

    /// The changes in words, for the report.
    var description: String {
        [
            scale.map { "scaled by \($0)" }, jpegQuality.map { "JPEG quality \($0)" }, fit.map { "\($0.rawValue)" },
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// The vector of a photo after the changes.
    ///
    /// - Throws: `ImageError`, `EmbeddingError`.
    func embed(_ bytes: [UInt8], _ model: EmbeddingModel) throws -> [Float] {
        var bytes = bytes
        if scale != nil || jpegQuality != nil {
            var whole = try ImageDecoder.decode(bytes)
            if let scale {
                whole = whole.thumbnail(
                    maximumSide: max(1, Int((Double(max(whole.width, whole.height)) * scale).rounded())))
            }
            // Without a quality of its own, a smaller photo is saved as good cameras do.
            bytes = try JPEGEncoder.encode(whole, quality: jpegQuality ?? 95)
        }
        let image = try ImageDecoder.decode(bytes, minimumSide: model.decodeSide)
        guard let fit else { return try model.embed(image) }
        return try model.embed(
            planes: image.tensor(width: model.inputWidth, height: model.inputHeight, fit: fit))
    }
}

extension ImageFit: ExpressibleByArgument {}
