import ImageCodecs
import NeuralNet
import Tensors

/// A photo in, a unit vector out. Preprocessing lives here and nowhere else: fit to the network's input by area
/// averaging (`RGBImage.tensor`), then `(value / 255 - mean) / std`, all as the model file's metadata says.
public final class EmbeddingModel: Sendable {
    /// The model's name, from its file.
    public var name: String { about.name }
    /// Length of an embedding.
    public var dimension: Int { about.dimension }
    /// Which network it is.
    public var architecture: Architecture { about.architecture }
    /// Width of the network's input in pixels.
    public var inputWidth: Int { about.inputWidth }
    /// Height of the network's input in pixels.
    public var inputHeight: Int { about.inputHeight }
    /// How a photo's shape is brought to that of the input.
    public var fit: ImageFit { about.fit }
    /// Cosine similarities from which an item is called very close, similar, loosely related; `nil` if the model does
    /// not say.
    public var closenessThresholds: (Float, Float, Float)? { about.closenessThresholds }
    /// The same for photos that are not on white; `nil` if the model does not say.
    public var homeClosenessThresholds: (Float, Float, Float)? { about.homeClosenessThresholds }
    /// What the model's file says of its calibration for int8; `nil` if it has none.
    public var calibrationNote: String? { about.calibrationNote }
    /// How products are computed in int8.
    public var int8Products: Int8Products { about.int8Products }
    /// The `minimumSide` with which photos are to be decoded for this model, the same for indexing and for searching.
    ///
    /// 1.45 pixels for each one of the input: means over blocks that are smaller than the input's pixels, of which the
    /// network makes nearly the same embedding as of all pixels. And 256, so that the picture can be shown.
    public var decodeSide: Int { max(256, (145 * max(inputWidth, inputHeight) + 99) / 100) }

    /// What stored embeddings are keyed by, 64 hexadecimal digits: in single precision the SHA-256 of the model file as
    /// it was before it was calibrated, another number in int8.
    public let hash: String
    /// ``Precision/float32`` or ``Precision/int8``.
    public let precision: Precision
    /// All metadata of the file.
    public let metadata: [String: String]

    /// Photos that are best given to ``embed(batch:)`` together.
    package let batchSize: Int

    private let about: ModelDescription
    private let network: Network
    private let pool: ThreadPool
    let scale: [Float]
    let shift: [Float]

    /// Reads a model file.
    ///
    /// - Parameters:
    ///   - path: a safetensors file with the metadata that ``ModelDescription`` lists.
    ///   - precision: the numbers to compute with.
    ///   - pool: the threads to compute with.
    /// - Throws: `NeuralNetError` if the file is not sound or its tensors do not fit, ``EmbeddingError`` if its metadata
    ///   do not or it is not calibrated for int8, `TensorsError` if OpenBLAS is missing.
    public convenience init(path: String, precision: Precision = .float32, pool: ThreadPool = .shared) throws {
        try self.init(SafetensorsFile(path: path), precision: precision, pool: pool)
    }

    /// Makes a model of a file in memory; throws as ``init(path:precision:pool:)`` does.
    public convenience init(
        _ file: SafetensorsFile, precision: Precision = .float32, pool: ThreadPool = .shared
    ) throws {
        try self.init(file, precision: precision, pool: pool, profile: nil)
    }

    /// The same, with the time of each layer going into `profile`.
    package init(
        _ file: SafetensorsFile, precision: Precision = .float32, pool: ThreadPool, profile: LayerProfile?
    ) throws {
        let about = try ModelDescription(file.metadata, file: file.name)
        let precision = try precision.resolved(for: about, file: file.name)
        let ranges = precision == .int8 ? about.activationRanges : nil
        let network = try Network(
            about.architecture, head: about.head, width: about.inputWidth, height: about.inputHeight, weights: file,
            precision: ranges.map { .int8($0, about.int8Products) } ?? .float32,
            pool: pool, profile: profile)
        guard network.dimension == about.dimension else {
            throw EmbeddingError.senselessMetadata(
                file: file.name, key: "dimension", value: String(about.dimension), expected: "\(network.dimension)")
        }
        batchSize = try network.suitableBatch(width: about.inputWidth, height: about.inputHeight)
        self.about = about
        self.network = network
        self.pool = pool
        metadata = file.metadata
        // (value / 255 - mean) / std, as one product and one sum.
        scale = about.deviation.map { 1 / (255 * $0) }
        shift = zip(about.mean, about.deviation).map { -$0 / $1 }
        self.precision = precision
        let key = ModelIdentity.key(of: file)
        hash = ranges.map { ModelIdentity.int8Key(key, $0, about.int8Products) } ?? key
    }

    /// Embeds one photo; safe to call from many threads at once.
    ///
    /// - Returns: `dimension` floats of Euclidean length 1; the same for the same pixels every time.
    /// - Throws: ``EmbeddingError/noDirection(model:)`` if the network's output cannot be normalised.
    public func embed(_ image: RGBImage) throws -> [Float] {
        try embed(planes: planes(of: image))
    }

    /// The photo at the network's input size: `3 * inputHeight * inputWidth` values of 0...255, plane after plane.
    package func planes(of image: RGBImage) -> [Float] {
        image.tensor(width: inputWidth, height: inputHeight, fit: fit)
    }

    /// Embeds what ``planes(of:)`` gave: the network's part of ``embed(_:)-(RGBImage)``, to be measured on its own.
    package func embed(planes: [Float]) throws -> [Float] {
        try embed(batch: [planes])[0].get()
    }

    /// Embeds what ``planes(of:)`` gave of some photos, on this thread and idle ones: with the same bits as one by one, but
    /// faster.
    ///
    /// - Returns: for each photo its vector, or that it has no direction.
    /// - Throws: `NeuralNetError` if planes have the wrong length.
    package func embed(batch: [[Float]]) throws -> [Result<[Float], EmbeddingError>] {
        try embeddings(batch: batch).map { $0.map(\.vector) }
    }

    /// The same, with what the vectors' lengths were.
    package func embeddings(batch: [[Float]]) throws -> [Result<Embedding, EmbeddingError>] {
        try pool.computing {
            try network(batch, width: inputWidth, height: inputHeight, scale: scale, shift: shift).map { vector in
                Result { () throws(EmbeddingError) in try normalised(vector) }
            }
        }
    }

    /// Whether the model can say what each part of a photo adds to the embedding: all can but those whose embedding is the
    /// output of VGG16's classifier.
    public var isSpatial: Bool { network.hasPositions }

    /// Embeds one photo position by position; safe to call from many threads at once.
    ///
    /// - Returns: a vector for each position, whose mean is the embedding before it is normalised; `nil` unless
    ///   ``isSpatial``.
    /// - Throws: ``EmbeddingError/noDirection(model:)`` if the network's output cannot be normalised.
    public func spatialEmbedding(_ image: RGBImage) throws -> SpatialEmbedding? {
        try locatedEmbeddings(batch: [planes(of: image)])[0].get()
            .spatial(width: image.width, height: image.height, in: self)
    }

    func positions(of output: NetworkOutput) -> PositionVectors? { network.positions(of: output) }

    /// As ``embeddings(batch:)``, from which the vectors of positions can be told.
    package func locatedEmbeddings(batch: [[Float]]) throws -> [Result<LocatedEmbedding, EmbeddingError>] {
        try pool.computing {
            try network.outputs(batch, width: inputWidth, height: inputHeight, scale: scale, shift: shift).map {
                output in
                Result { () throws(EmbeddingError) in
                    LocatedEmbedding(embedding: try normalised(output.vector), output: output)
                }
            }
        }
    }

    /// Whether a photo shows something of what the model was taught, as far as its file has a least length to tell by.
    public func recognises(_ embedding: Embedding) -> Bool {
        embedding.length >= about.leastLength ?? 0
    }

    /// A queue for threads that ask for one photo each, on all cores together.
    package func makeQueue() -> EmbeddingQueue<LocatedEmbedding> {
        EmbeddingQueue(
            threads: pool.threads, largestBatch: min(batchSize, Self.largestWait), scope: { self.pool.computing($0) },
            embed: { try self.locatedEmbeddings(batch: $0) })
    }

    /// Photos that one in a queue waits for at most: beyond four, a batch is hardly faster, but all of it comes later.
    private static let largestWait = 4

    private func normalised(_ vector: [Float]) throws(EmbeddingError) -> Embedding {
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length.isFinite, length > 1e-12 else { throw EmbeddingError.noDirection(model: name) }
        return Embedding(vector: vector.map { Float(Double($0) / length) }, length: Float(length))
    }

    /// Embeds many photos on all cores.
    ///
    /// - Returns: a vector for each photo, in order, with the same bits as ``embed(_:)-(RGBImage)`` gives.
    /// - Throws: what embedding the first photo that fails throws.
    public func embed(_ images: [RGBImage]) throws -> [[Float]] {
        try embed(count: images.count) { planes(of: images[$0]) }
    }

    /// Embeds many photos on all cores, each core some at a time.
    ///
    /// - Parameters:
    ///   - count: how many photos.
    ///   - planes: what ``planes(of:)`` gives of a photo; called once for each, from any thread.
    /// - Returns: a vector for each photo, in order.
    /// - Throws: what embedding the first photo that fails throws.
    package func embed(count: Int, planes: (Int) -> [Float]) throws -> [[Float]] {
        // As many batches as threads at least.
        let size = min(batchSize, max(1, count / pool.threads))
        let batches = (count + size - 1) / size
        var results = [Result<[[Float]], any Error>](repeating: .success([]), count: batches)
        results.withUnsafeMutableBufferPointer { results in
            guard let results = results.baseAddress else { return }
            pool.parallelFor(batches) { index in
                let indices = index * size..<min(index * size + size, count)
                results[index] = Result { try embed(batch: indices.map(planes)).map { try $0.get() } }
            }
        }
        return try results.flatMap { try $0.get() }
    }
}
