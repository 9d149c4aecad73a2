import Foundation

extension SafetensorsFile {
    /// The bytes of a file with the same tensors, byte by byte and in the same order, and other metadata.
    ///
    /// The header is padded with spaces to a multiple of eight bytes, as the format asks, so that tensors stay aligned.
    public func bytes(withMetadata metadata: [String: String]) -> [UInt8] {
        header(withMetadata: metadata) + data
    }

    /// The part of ``bytes(withMetadata:)`` before the tensors.
    public func header(withMetadata metadata: [String: String]) -> [UInt8] {
        Self.encode(metadata: metadata, tensors: tensors)
    }

    /// The tensors' bytes.
    public var data: ArraySlice<UInt8> { bytes[dataStart...] }

    /// The bytes of a new file of F32 tensors, in the order given.
    ///
    /// - Precondition: each tensor has as many values as its shape says.
    public static func encode(
        metadata: [String: String], tensors: [(name: String, shape: [Int], values: [Float])]
    ) -> [UInt8] {
        var infos: [TensorInfo] = []
        var data: [UInt8] = []
        for tensor in tensors {
            precondition(tensor.values.count == tensor.shape.reduce(1, *), "a tensor has the length of its shape")
            let start = data.count
            tensor.values.withUnsafeBytes { data += $0 }
            infos.append(TensorInfo(name: tensor.name, type: .float32, shape: tensor.shape, range: start..<data.count))
        }
        return encode(metadata: metadata, tensors: infos) + data
    }

    /// The length and the header.
    private static func encode(metadata: [String: String], tensors: [TensorInfo]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        for tensor in tensors {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let offsets = "\(tensor.range.lowerBound),\(tensor.range.upperBound)"
            members.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offsets)]}")
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        while !header.count.isMultiple(of: 8) { header.append(0x20) }
        return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
