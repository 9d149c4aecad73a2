import CatalogStore
import ChildProcesses
import Foundation
import ImageCodecs
import Testing

/// A photo that no other number has.
func photo(_ number: Int, side: Int = 12) throws -> [UInt8] {
    let pixels = (0..<side * side).flatMap { pixel in
        [UInt8(truncatingIfNeeded: number * 37), UInt8(truncatingIfNeeded: number >> 3 &+ pixel), UInt8(pixel & 0xFF)]
    }
    return try JPEGEncoder.encode(RGBImage(width: side, height: side, pixels: pixels), quality: 90)
}

/// Runs a Python program that makes an archive; its arguments are those given.
func python(_ program: String, _ arguments: String...) throws {
    try #require(ChildProcess("/usr/bin/python3", ["-c", program] + arguments).wait() == 0)
}

extension TemporaryFolder {
    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }

    /// The names of all files below, sorted.
    var files: [String] {
        (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    /// Imports something below this folder into `catalog`.
    @discardableResult
    func importing(
        _ source: String, into catalog: String = "catalog",
        _ change: (inout CatalogImporter.Options) -> Void = { _ in }
    ) throws -> ImportReport {
        var options = CatalogImporter.Options()
        change(&options)
        return try CatalogImporter(source: path + "/" + source, catalog: path + "/" + catalog, options: options).run()
    }

    /// The items of a catalog, in its order.
    func items(_ catalog: String = "catalog") throws -> [CatalogItem] {
        let table = try CatalogFolder(path: path + "/" + catalog).read()
        #expect(table.skipped.isEmpty)
        return table.rows.map(\.item)
    }
}

extension ImportReport {
    /// What became of items, in one line.
    var counts: [Int] { [added, updated, unchanged, kept, dropped, skipped.count] }
}
