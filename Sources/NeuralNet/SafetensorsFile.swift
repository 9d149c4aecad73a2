import Foundation

internal import CKernels

/// A model file in the safetensors format, wholly in memory and checked.
///
/// Format: https://huggingface.co/docs/safetensors — eight bytes with the length of the header (little-endian), the
/// header (JSON), then the tensors' bytes without gaps or overlaps. Every length is checked before it is used, and
/// nothing is trusted: a file that breaks a rule is refused with its name, the tensor and the reason.
public struct SafetensorsFile: Sendable, WeightSource {
    /// The format's own limit on the length of a header.
    public static let maximumHeaderLength = 100_000_000
    /// Larger files are refused before they are read; VGG16, the largest network here, is 528 MiB.
    public static let maximumFileSize = 4 << 30

    /// What errors call the file: the last part of its path.
    public let name: String
    /// The header's `__metadata__`; empty if it has none.
    public let metadata: [String: String]
    /// The tensors in the order of their bytes.
    public let tensors: [TensorInfo]
    /// The whole file.
    public let bytes: [UInt8]
    /// Where the tensors' bytes begin.
    let dataStart: Int

    private let indices: [String: Int]

    /// Reads a file.
    ///
    /// - Throws: ``NeuralNetError`` if it cannot be read or is not sound.
    public init(path: String) throws {
        try self.init(name: (path as NSString).lastPathComponent, bytes: Self.read(path, limit: .max).bytes)
    }

    /// Checks the bytes of a file.
    ///
    /// - Throws: ``NeuralNetError`` if they are not sound.
    public init(name: String, bytes: [UInt8]) throws {
        func refuse(_ reason: String) -> NeuralNetError { .unusableFile(file: name, reason: reason) }
        let headerLength = try Self.headerLength(name, bytes, fileSize: bytes.count)
        dataStart = 8 + headerLength
        let header = try Self.header(name, bytes[8..<dataStart])
        tensors = header.tensors.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var end = 0
        for tensor in tensors {
            guard tensor.range.lowerBound == end else {
                let fault = tensor.range.lowerBound < end ? "overlap the tensor before it" : "leave a gap before it"
                throw NeuralNetError.unusableTensor(
                    file: name, tensor: tensor.name, reason: "its data_offsets \(fault)")
            }
            end = tensor.range.upperBound
        }
        guard end == bytes.count - dataStart else {
            throw refuse("its tensors take \(end) bytes, but \(bytes.count - dataStart) follow the header")
        }
        self.name = name
        self.bytes = bytes
        metadata = header.metadata
        indices = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($0.element.name, $0.offset) })
    }

    /// The `__metadata__` of a file of which only the header is read; its tensors are not checked.
    ///
    /// - Throws: ``NeuralNetError`` if it cannot be read, has no sound header, or is not as long as that says.
    public static func metadata(path: String) throws -> [String: String] {
        let name = (path as NSString).lastPathComponent
        let (start, fileSize) = try read(path, limit: 8)
        let length = try headerLength(name, start, fileSize: fileSize)
        let header = try header(name, read(path, limit: 8 + length).bytes[8...])
        let end = header.tensors.map(\.range.upperBound).max() ?? 0
        guard end == fileSize - 8 - length else {
            throw NeuralNetError.unusableFile(
                file: name, reason: "its tensors take \(end) bytes, but \(fileSize - 8 - length) follow the header")
        }
        return header.metadata
    }

    private static func headerLength(_ name: String, _ bytes: [UInt8], fileSize: Int) throws -> Int {
        func refuse(_ reason: String) -> NeuralNetError { .unusableFile(file: name, reason: reason) }
        guard bytes.count >= 8 else { throw refuse("it is too short to be a safetensors file") }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
        guard length <= maximumHeaderLength else {
            throw refuse("not a safetensors file: its header would be \(length) bytes long")
        }
        guard length <= fileSize - 8 else {
            throw refuse("its header is cut short: \(length) bytes announced, \(fileSize - 8) there")
        }
        return Int(length)
    }

    private static func header(_ name: String, _ bytes: ArraySlice<UInt8>) throws -> SafetensorsHeader {
        do throws(SafetensorsHeader.Failure) {
            return try SafetensorsHeader(bytes)
        } catch {
            guard let tensor = error.tensor else {
                throw NeuralNetError.unusableFile(file: name, reason: error.reason)
            }
            throw NeuralNetError.unusableTensor(file: name, tensor: tensor, reason: error.reason)
        }
    }

    /// What the header says about a tensor; `nil` if there is no such tensor.
    public subscript(tensor tensor: String) -> TensorInfo? {
        indices[tensor].map { tensors[$0] }
    }

    /// Names of all tensors, in the order of their bytes.
    public var tensorNames: [String] { tensors.map(\.name) }

    /// Lengths of a tensor's axes; `nil` if there is no such tensor.
    public func shape(of tensor: String) -> [Int]? { self[tensor: tensor]?.shape }

    /// Writes a tensor's elements as single-precision floats; F32, F16 and BF16 tensors only.
    ///
    /// - Throws: ``NeuralNetError/unusableTensor(file:tensor:reason:)`` for a missing tensor, another element type, or
    ///   a buffer of another length.
    public func read(_ tensor: String, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        func refuse(_ reason: String) -> NeuralNetError {
            .unusableTensor(file: name, tensor: tensor, reason: reason)
        }
        guard let info = self[tensor: tensor] else { throw refuse("it is missing") }
        guard buffer.count == info.count else {
            throw refuse("it has \(info.count) elements, \(buffer.count) are wanted")
        }
        guard let destination = buffer.baseAddress, info.count > 0 else { return }
        try bytes.withUnsafeBytes { all in
            guard let start = all.baseAddress else { return }
            let source = start + dataStart + info.range.lowerBound
            switch info.type {
            case .float32: UnsafeMutableRawPointer(destination).copyMemory(from: source, byteCount: info.range.count)
            case .float16: vk_float_from_f16(source, info.count, destination)
            case .bfloat16: vk_float_from_bf16(source, info.count, destination)
            default: throw refuse("its element type is \(info.type.rawValue); only F32, F16 and BF16 can be used")
            }
        }
    }

    /// The first bytes of a file, `limit` at most, and its size.
    private static func read(_ path: String, limit: Int) throws -> (bytes: [UInt8], fileSize: Int) {
        let name = (path as NSString).lastPathComponent
        func refuse(_ reason: String) -> NeuralNetError { .unusableFile(file: name, reason: reason) }
        func systemReason() -> String { String(cString: strerror(errno)) }

        // Without O_NONBLOCK, opening a named pipe waits for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw refuse("it cannot be opened: \(systemReason()) (\(path))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw refuse("it cannot be read: \(systemReason())") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw refuse("it is not a regular file") }
        let fileSize = Int(status.st_size)
        guard fileSize <= maximumFileSize else { throw refuse("it is larger than \(maximumFileSize >> 30) GiB") }
        let size = min(fileSize, limit)

        var failure: NeuralNetError?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Foundation.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = refuse("it cannot be read: \(systemReason())") }
                if got <= 0 { break }
                count += got
            }
        }
        if let failure { throw failure }
        return (bytes, fileSize)
    }
}
