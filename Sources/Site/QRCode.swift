internal import CQRCode

/// A QR code (ISO/IEC 18004) of error correction level M.
package struct QRCode: Sendable {
    /// Modules on a side, without the quiet zone.
    package let side: Int
    private let modules: [UInt8]

    /// The light modules that must be left around a code.
    package static let quietZone = 4

    /// The smallest code that holds a text; `nil` for none, or for more than a code holds (2,331 bytes).
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        var modules = [UInt8](repeating: 0, count: Int(CQR_LARGEST * CQR_LARGEST))
        var side = 0
        guard cqr_encode(bytes, bytes.count, &modules, &side) else { return nil }
        self.side = side
        self.modules = Array(modules.prefix(side * side))
    }

    /// Whether the module of a row and column is dark.
    package func isDark(row: Int, column: Int) -> Bool { modules[row * side + column] == 1 }

    /// Modules on a side of the picture, with the quiet zone.
    package var pictureSide: Int { side + 2 * Self.quietZone }

    /// The dark modules as the data of an SVG path, one module being one unit: a rectangle for each run of a row, so that
    /// no seam shows between neighbours.
    package var path: String {
        var path = ""
        for row in 0..<side {
            var column = 0
            while column < side {
                let start = column
                while column < side, isDark(row: row, column: column) { column += 1 }
                if column > start {
                    path += "M\(start + Self.quietZone) \(row + Self.quietZone)h\(column - start)v1h-\(column - start)z"
                }
                column += 1
            }
        }
        return path
    }
}
