import Foundation

internal import CKernels

/// What a snapshot has to be of.
public struct SnapshotOrigin: Codable, Sendable, Equatable {
    /// Identity of the catalog's database.
    public let catalog: String
    /// Hash of the model that made the vectors.
    public let model: String
    /// The length of a vector.
    public let dimension: Int

    /// An origin.
    public init(catalog: String, model: String, dimension: Int) {
        self.catalog = catalog
        self.model = model
        self.dimension = dimension
    }
}

/// The vectors of a catalog in one memory-mapped file: loaded without being read into memory, and made anew from the
/// database whenever it is missing, stale or damaged.
public struct VectorSnapshot: Sendable {
    /// What is kept about the file, in it.
    struct About: Codable, Sendable {
        let origin: SnapshotOrigin
        let generation: Int
        let identity: String
        let count: Int
        let isQuantized: Bool
    }

    /// The vectors.
    public let table: VectorTable
    /// The catalog's generation of which they are.
    public let generation: Int
    /// Tells this file from any other.
    public let identity: String
    /// What it is of.
    public let origin: SnapshotOrigin

    private static let sections = ["vectors", "codes", "scales", "errors", "squares", "offsets", "order", "names"]

    /// Loads a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - expected: what it has to be of; `nil` takes it as it is.
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)`` if it is missing, of another origin, or not what was
    ///   written.
    /// - Complexity: O(bytes of the file), which are read once to be checked and not kept in memory.
    public init(path: String, origin expected: SnapshotOrigin?) throws(VectorSearchError) {
        func unusable(_ reason: String) -> VectorSearchError { .unusableFile(path: path, reason: reason) }
        let file = try SectionFile<About>(path: path, kind: .vectors)
        let about = file.about
        let origin = about.origin
        guard expected == nil || origin == expected else { throw unusable("it is of another catalog or model") }
        let count = about.count
        let dimension = origin.dimension
        guard count >= 0, count < UInt32.max, dimension > 0, dimension <= 1 << 16 else {
            throw unusable("it has impossible sizes")
        }
        let vectors = try file.section("vectors", of: Float.self, count: count * dimension)
        var quantized: QuantizedRows?
        if about.isQuantized {
            let codes = try file.section("codes", of: UInt8.self, count: count * QuantizedRows.length(dimension))
            let scales = try file.section("scales", of: Float.self, count: count)
            let errors = try file.section("errors", of: Float.self, count: count)
            let squares = try file.section("squares", of: Float.self, count: count)
            quantized = QuantizedRows(
                count: count, dimension: dimension, codes: codes, scales: scales, errors: errors, squares: squares)
        }
        let names = file.length("names")
        let identifiers = Identifiers(
            count: count, offsets: try file.section("offsets", count: count + 1),
            bytes: try file.section("names", count: names), order: try file.section("order", count: count))
        guard identifiers.isSound(byteCount: names) else { throw unusable("its identifiers are not in order") }
        table = VectorTable(
            dimension: dimension, count: count, vectors: vectors, quantized: quantized, identifiers: identifiers,
            memory: [file.file])
        generation = about.generation
        identity = about.identity
        self.origin = origin
    }

    /// Rows on their way into a file, which takes its place at the end.
    public final class Writer {
        private let file: SectionFileWriter<About>
        private let origin: SnapshotOrigin
        private let count: Int
        private var names = IdentifierBuffer()
        private var codes: [UInt8]
        private var isQuantized = true

        /// Starts a file of `count` rows beside its place.
        ///
        /// - Throws: ``VectorSearchError/unusableFile(path:reason:)``.
        public init(path: String, origin: SnapshotOrigin, count: Int) throws(VectorSearchError) {
            let codeBytes = QuantizedRows.length(origin.dimension)
            let lengths: [Int?] = [
                count * origin.dimension * 4, count * codeBytes, count * 4, count * 4, count * 4, (count + 1) * 8,
                count * 4, nil,
            ]
            file = try SectionFileWriter(
                path: path, kind: .vectors, sections: zip(VectorSnapshot.sections, lengths).map { ($0, $1) })
            self.origin = origin
            self.count = count
            codes = [UInt8](repeating: 128, count: codeBytes)
        }

        /// Adds a row of `dimension` floats. O(dimension).
        ///
        /// - Throws: ``VectorSearchError``.
        public func append(_ id: String, _ vector: UnsafeRawBufferPointer) throws(VectorSearchError) {
            try append(utf8: id.utf8, vector)
        }

        func append(utf8 id: some Sequence<UInt8>, _ vector: UnsafeRawBufferPointer) throws(VectorSearchError) {
            let dimension = origin.dimension
            guard vector.count == dimension * MemoryLayout<Float>.size else {
                throw .dimensionMismatch(expected: dimension, got: vector.count / MemoryLayout<Float>.size)
            }
            let measures: QuantizedRows.Measures? = withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) {
                floats in
                UnsafeMutableRawBufferPointer(floats).copyMemory(from: vector)
                guard let start = floats.baseAddress, floats.allSatisfy(\.isFinite) else { return nil }
                return codes.withUnsafeMutableBufferPointer { codes in
                    codes.baseAddress.map { QuantizedRows.round(start, dimension: dimension, into: $0) }
                }
            }
            guard let measures else { throw .notFinite }
            isQuantized = isQuantized && measures.isUsable
            try file.write(vector, to: 0)
            try file.write(codes, to: 1)
            try file.write([measures.scale], to: 2)
            try file.write([measures.error], to: 3)
            try file.write([measures.square], to: 4)
            names.append(id)
        }

        /// Ends the file and puts it into its place. O(n), or O(n log n) if the rows did not come in the order of their
        /// identifiers.
        ///
        /// - Parameters:
        ///   - generation: the catalog's generation of which the rows are.
        ///   - hint: the rows in an order near that of their identifiers.
        /// - Returns: the file's identity.
        /// - Throws: ``VectorSearchError``.
        @discardableResult
        public func finish(generation: Int, hint: [UInt32]? = nil) throws(VectorSearchError) -> String {
            precondition(names.count == count, "as many rows come as were announced")
            try file.write(names.offsets, to: 5)
            try file.write(try names.order(hint: hint), to: 6)
            try file.write(names.bytes, to: 7)
            let identity = UUID().uuidString
            try file.finish(
                about: About(
                    origin: origin, generation: generation, identity: identity, count: count, isQuantized: isQuantized))
            return identity
        }
    }
}
