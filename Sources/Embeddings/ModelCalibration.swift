import ImageCodecs
import NeuralNet
import Tensors

/// Makes a calibrated copy of a model: observes its activations in single precision on some photos, and compares the
/// result in int8 on others.
///
/// The copy has the same tensors; the ranges go into its metadata, and so does how products of bytes are computed: by
/// Winograd's algorithm where that keeps the embeddings as they are, else directly. Some hundred photos like those that the
/// model will see are enough. Not safe to use from many threads at once.
public final class ModelCalibration {
    private let file: SafetensorsFile
    private let path: String
    private let model: EmbeddingModel
    private let ranges: RangeCalibration
    private let pool: ThreadPool

    /// Reads a model file, calibrated or not.
    ///
    /// - Throws: as ``EmbeddingModel/init(path:precision:pool:)`` does.
    public init(path: String, pool: ThreadPool = .shared) throws {
        self.path = path
        self.pool = pool
        let file = try SafetensorsFile(path: path)
        self.file = file
        model = try EmbeddingModel(file, pool: pool)
        ranges = try RangeCalibration(
            model.architecture, width: model.inputWidth, height: model.inputHeight, weights: file, pool: pool)
    }

    /// The `minimumSide` with which photos are to be decoded for this model.
    public var decodeSide: Int { model.decodeSide }

    /// How the file says that products are computed.
    public var int8Products: Int8Products { model.int8Products }

    /// Photos observed so far.
    public var photos: Int { ranges.pictures }

    /// Runs the network on a photo and notes what its activations are.
    ///
    /// - Throws: `NeuralNetError` if the model's input is too small for its network.
    public func observe(_ photo: RGBImage) throws {
        try ranges.observe(
            planes: model.planes(of: photo), width: model.inputWidth, height: model.inputHeight, scale: model.scale,
            shift: model.shift)
    }

    /// How near embeddings in int8 are to those in single precision.
    public struct Agreement: Sendable {
        /// Photos compared.
        public fileprivate(set) var photos = 0
        /// Least cosine of a photo's two embeddings.
        public fileprivate(set) var least = 1.0
        fileprivate var sum = 0.0

        /// Mean of the cosines.
        public var mean: Double { photos > 0 ? sum / Double(photos) : 1 }

        mutating func add(_ cosine: Double) {
            photos += 1
            least = min(least, cosine)
            sum += cosine
        }
    }

    /// A model calibrated with what was observed, compared with the original.
    ///
    /// - Parameters:
    ///   - count: how many photos to compare with.
    ///   - photo: gives the photos by number, from several threads at once; `nil` for one that cannot be used.
    /// - Returns: how near they are, how products are computed, and the bytes of the calibrated file.
    /// - Throws: ``EmbeddingError/nothingToCalibrateWith``, or what embedding throws.
    public func finish(
        comparing count: Int, photo: @Sendable (Int) -> RGBImage?
    ) throws -> (agreement: Agreement, products: Int8Products, bytes: [UInt8]) {
        guard photos > 0 else { throw EmbeddingError.nothingToCalibrateWith }
        var metadata = file.metadata
        metadata[ModelIdentity.ranges] = ranges.ranges().text
        metadata[ModelIdentity.origin] = ModelIdentity.origin(of: file)
        var (agreement, chosen) = (Agreement(), Int8Products.direct)
        for products in [Int8Products.winograd, .direct] {
            chosen = products
            metadata[ModelIdentity.products] = products.rawValue
            agreement = try Self.compare(
                model, try EmbeddingModel(calibrated(metadata), precision: .int8, pool: pool), count: count, pool: pool,
                photo: photo)
            guard agreement.photos > 0 else { throw EmbeddingError.nothingToCalibrateWith }
            if agreement.mean >= Self.leastMean { break }
        }
        metadata[ModelIdentity.note] =
            "\(photos) photos; cosine to float32 on \(agreement.photos) others: mean \(Self.rounded(agreement.mean)), "
            + "least \(Self.rounded(agreement.least)); products: \(chosen.rawValue)"
        return (agreement, chosen, try calibrated(metadata).bytes)
    }

    /// Mean cosine to single precision that products by Winograd's algorithm must keep: what they cost then is not seen in
    /// the results.
    private static let leastMean = 0.998

    /// Writes a calibrated file in the original's place: beside it first, synced, then renamed.
    ///
    /// - Throws: ``EmbeddingError/unwritable(path:reason:)``.
    public func write(_ bytes: [UInt8]) throws(EmbeddingError) {
        let slash = path.lastIndex(of: "/")
        try ModelLibrary.write(bytes, to: path, in: slash.map { String(path[...$0]) } ?? ".")
    }

    /// Compares the embeddings of a calibrated model in int8 with those in single precision.
    ///
    /// - Throws: ``EmbeddingError/notCalibrated(file:)``, or what embedding throws.
    public func check(
        comparing count: Int, photo: @Sendable (Int) -> RGBImage?
    ) throws -> Agreement {
        try Self.compare(
            model, try EmbeddingModel(file, precision: .int8, pool: pool), count: count, pool: pool, photo: photo)
    }

    private func calibrated(_ metadata: [String: String]) throws -> SafetensorsFile {
        try SafetensorsFile(name: file.name, bytes: file.bytes(withMetadata: metadata))
    }

    private static func compare(
        _ one: EmbeddingModel, _ other: EmbeddingModel, count: Int, pool: ThreadPool,
        photo: @Sendable (Int) -> RGBImage?
    ) throws -> Agreement {
        var cosines = [Result<Double?, any Error>](repeating: .success(nil), count: count)
        cosines.withUnsafeMutableBufferPointer { cosines in
            guard let cosines = cosines.baseAddress else { return }
            pool.parallelFor(count) { index in
                cosines[index] = Result {
                    guard let photo = photo(index) else { return nil }
                    return zip(try one.embed(photo), try other.embed(photo))
                        .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                }
            }
        }
        var agreement = Agreement()
        for cosine in cosines {
            if let cosine = try cosine.get() { agreement.add(cosine) }
        }
        return agreement
    }

    private static func rounded(_ cosine: Double) -> String {
        String((cosine * 100_000).rounded() / 100_000)
    }
}
