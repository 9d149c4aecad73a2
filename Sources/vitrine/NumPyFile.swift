import Foundation

/// A matrix of float32 in NumPy's file format, version 1.0 (NumPy Enhancement Proposal 1).
struct NumPyFile {
    let rows: Int
    let columns: Int
    /// `rows * columns` floats, row by row.
    let values: [Float]

    /// The whole file.
    var bytes: Data {
        var data = Self.header(rows: rows, columns: columns)
        values.map(\.bitPattern.littleEndian).withUnsafeBytes { data.append(contentsOf: $0) }
        return data
    }

    /// What comes before the little-endian floats, padded so that they start at a multiple of 64 bytes.
    static func header(rows: Int, columns: Int) -> Data {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let prefix = 10
        header += String(repeating: " ", count: 63 - (prefix + header.utf8.count) % 64) + "\n"
        var data = Data([0x93] + "NUMPY".utf8 + [1, 0])
        data.append(contentsOf: [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
        data.append(contentsOf: header.utf8)
        return data
    }

    /// Writes the file, whole or not at all; a device or pipe is written to as it is.
    func write(to path: String) throws {
        let target = Self.followingLinks(URL(fileURLWithPath: path))
        do {
            let type = try? FileManager.default.attributesOfItem(atPath: target.path)[.type] as? FileAttributeType
            if let type, type != .typeRegular {
                let device = try FileHandle(forWritingTo: target)
                try device.write(contentsOf: bytes)
                try device.close()
            } else {
                try bytes.write(to: target, options: .atomic)
            }
        } catch {
            throw Failure("\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// The file that a path means, also where links lead to one that is not there yet.
    private static func followingLinks(_ path: URL) -> URL {
        var target = path
        // As many links as Linux follows.
        for _ in 0..<40 {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: target.path) else { break }
            target = URL(fileURLWithPath: next, relativeTo: target.deletingLastPathComponent()).absoluteURL
        }
        return target
    }
}
