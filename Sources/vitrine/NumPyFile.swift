import Foundation

/// A matrix of float32 in NumPy's file format, version 1.0 (NumPy Enhancement Proposal 1).
struct NumPyFile {
    let rows: Int
    let columns: Int
    /// `rows * columns` floats, row by row.
    let values: [Float]

    /// The whole file. The header is padded so that the data starts at a multiple of 64 bytes.
    var bytes: Data {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let prefix = 10
        header += String(repeating: " ", count: 63 - (prefix + header.utf8.count) % 64) + "\n"
        var data = Data([0x93] + "NUMPY".utf8 + [1, 0])
        data.append(contentsOf: [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
        data.append(contentsOf: header.utf8)
        values.map(\.bitPattern.littleEndian).withUnsafeBytes { data.append(contentsOf: $0) }
        return data
    }

    /// Writes the file, whole or not at all.
    func write(to path: String) throws {
        do {
            try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
