/// The JSON header of a safetensors file, read strictly.
///
/// Format: https://huggingface.co/docs/safetensors — one object whose members are tensors
/// (`{"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}`) and, optionally, `__metadata__`, a map from string to
/// string. Duplicate names, unknown members, numbers that are not plain non-negative integers, and anything after the
/// object but spaces are errors. JSON by RFC 8259. Linear in the length of the header; nothing nests, so neither does
/// the parser.
struct SafetensorsHeader {
    private(set) var metadata: [String: String] = [:]
    private(set) var tensors: [TensorInfo] = []

    /// Why a header is refused; `tensor` is the one at fault, if it is one.
    struct Failure: Error {
        var tensor: String?
        let reason: String
    }

    /// More than any network has; bounds the memory that a hostile header can take.
    static let maximumTensorCount = 100_000

    init(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        var scanner = JSONScanner(bytes)
        var names: Set<String> = []
        guard bytes.first == UInt8(ascii: "{") else {
            throw Failure(reason: "the header does not start with {")
        }
        try scanner.object { scanner, name throws(Failure) in
            guard names.insert(name).inserted else {
                throw Failure(tensor: name, reason: "the header has it twice")
            }
            if name == "__metadata__" {
                try readMetadata(&scanner)
                return
            }
            guard tensors.count < Self.maximumTensorCount else {
                throw Failure(reason: "the header has more than \(Self.maximumTensorCount) tensors")
            }
            do throws(Failure) {
                tensors.append(try Self.readTensor(name, &scanner))
            } catch {
                throw Failure(tensor: error.tensor ?? name, reason: error.reason)
            }
        }
        try scanner.expectEnd()
    }

    private mutating func readMetadata(_ scanner: inout JSONScanner) throws(Failure) {
        var found: [String: String] = [:]
        try scanner.object { scanner, key throws(Failure) in
            guard found.updateValue(try scanner.string(), forKey: key) == nil else {
                throw Failure(reason: "__metadata__ has \(key) twice")
            }
        }
        metadata = found
    }

    private static func readTensor(_ name: String, _ scanner: inout JSONScanner) throws(Failure) -> TensorInfo {
        var type: ElementType?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key throws(Failure) in
            switch key {
            case "dtype" where type == nil:
                let text = try scanner.string()
                guard let known = ElementType(rawValue: text) else {
                    throw Failure(reason: "the element type \(text) is not known")
                }
                type = known
            case "shape" where shape == nil:
                shape = try scanner.integers(atMost: 16)
            case "data_offsets" where offsets == nil:
                offsets = try scanner.integers(atMost: 2)
            default:
                throw Failure(reason: "the member \(key) is not known, or there twice")
            }
        }
        guard let type else { throw Failure(reason: "dtype is missing") }
        guard let shape else { throw Failure(reason: "shape is missing") }
        guard let offsets else { throw Failure(reason: "data_offsets is missing") }
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            throw Failure(reason: "data_offsets is not a beginning and an end")
        }
        var size = type.size
        for length in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard !overflow else { throw Failure(reason: "its shape \(shape) is larger than any memory") }
            size = product
        }
        guard offsets[1] - offsets[0] == size else {
            throw Failure(
                reason: "\(type.rawValue) of shape \(shape) takes \(size) bytes, data_offsets give "
                    + "\(offsets[1] - offsets[0])")
        }
        return TensorInfo(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
    }
}
