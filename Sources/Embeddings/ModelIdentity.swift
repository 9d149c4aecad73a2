import Crypto
import NeuralNet

/// What stored embeddings are keyed by, so that only vectors of the same numbers are ever compared.
///
/// A model file's key is its SHA-256. A calibration changes the file but not what it computes in single precision: a
/// calibrated file says which file it was made of, and is taken at its word as long as everything but the calibration
/// is the same bit by bit.
enum ModelIdentity {
    /// Metadata keys of a calibration.
    static let ranges = "int8_ranges"
    static let products = "int8_products"
    static let note = "int8_calibration"
    static let origin = "int8_origin"

    /// The key of embeddings in single precision, 64 hexadecimal digits.
    static func key(of file: SafetensorsFile) -> String {
        guard file.metadata[ranges] != nil else { return hexadecimal(SHA256.hash(data: file.bytes)) }
        let digest = digestWithoutCalibration(file)
        let parts = (file.metadata[origin] ?? "").split(separator: " ")
        return parts.count == 2 && parts[0] == digest && parts[1].count == digest.count ? String(parts[1]) : digest
    }

    /// The key of embeddings in int8.
    static func int8Key(_ key: String, _ ranges: ActivationRanges, _ products: Int8Products) -> String {
        // The numbers are those of the ways in which networks are rounded: another way, another number.
        let way =
            switch products {
            case .direct: 1
            case .winograd: 2
            }
        return hexadecimal(SHA256.hash(data: Array("int8 \(way)\n\(key)\n\(ranges.text)".utf8)))
    }

    /// What a calibrated copy of a file says of its origin.
    static func origin(of file: SafetensorsFile) -> String {
        "\(digestWithoutCalibration(file)) \(key(of: file))"
    }

    /// Metadata without what a calibration adds.
    static func withoutCalibration(_ metadata: [String: String]) -> [String: String] {
        metadata.filter { ![ranges, products, note, origin].contains($0.key) }
    }

    private static func digestWithoutCalibration(_ file: SafetensorsFile) -> String {
        var hash = SHA256()
        hash.update(data: file.header(withMetadata: withoutCalibration(file.metadata)))
        hash.update(data: file.data)
        return hexadecimal(hash.finalize())
    }

    static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
