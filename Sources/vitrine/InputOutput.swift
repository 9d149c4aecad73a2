import Foundation
import ImageCodecs

/// The bytes of a photo named on the command line; `-` is standard input. Reads no more than a photo may have.
///
/// - Throws: ``Failure``; `ImageError` for one that is too large.
func readPhoto(_ path: String) throws -> [UInt8] {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    let limit = ImageLimits().bytes
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw unreadable(path) }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        guard bytes.count <= limit else {
            throw ImageError.tooLarge(reason: "it has more than \(limit / 1_000_000) MB")
        }
    }
}

private func unreadable(_ path: String) -> Failure {
    Failure("\(path) cannot be read: \(String(cString: strerror(errno)))", status: Failure.badInput)
}

/// Writes a line to standard output.
///
/// What would steer a terminal is left out of it: names come from other people's tables.
///
/// - Throws: ``Failure`` if it cannot be written; a reader that has gone ends the command quietly.
func printLine(_ line: String) throws {
    try printBytes(Data((harmless(line) + "\n").utf8))
}

/// Prints a value as JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
    try printBytes(try jsonLines(value))
}

/// Writes a value as JSON with sorted keys to a file, whole or not at all.
func writeJSON(_ value: some Encodable, to path: String) throws {
    do {
        try jsonLines(value).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
        throw Failure("\(path) cannot be written: \(error.localizedDescription)")
    }
}

/// Checks that a file can be written, before the work whose outcome it is to hold.
///
/// - Throws: ``Failure``.
func checkWritable(_ path: String) throws {
    var isFolder: ObjCBool = false
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let reason: String? =
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            "it is a folder"
        } else if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) || !isFolder.boolValue {
            "there is no folder \(folder)"
        } else if access(folder, W_OK) != 0 {
            "nothing can be written to \(folder)"
        } else { nil }
    if let reason { throw Failure("\(path) cannot be written: \(reason).") }
}

private func jsonLines(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(value) + Data("\n".utf8)
    // The encoder escapes only what JSON forbids; C1 and DEL steer terminals too. Their first bytes are 0xC2 and 0x7F.
    guard json.contains(where: { $0 == 0xC2 || $0 == 0x7F }) else { return json }
    var escaped = ""
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
        if (0x7F...0x9F).contains(scalar.value) {
            escaped += "\\u00" + String(scalar.value, radix: 16)
        } else {
            escaped.unicodeScalars.append(scalar)
        }
    }
    return Data(escaped.utf8)
}

/// Writes to standard output.
func printBytes(_ data: Data) throws {
    do {
        try FileHandle.standardOutput.write(contentsOf: data)
    } catch {
        if errno == EPIPE { throw Failure("", status: Failure.closedPipe) }
        throw Failure("the output cannot be written: \(error.localizedDescription)")
    }
}

/// Writes a line to standard error. There is nobody to tell if that fails.
func printError(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((harmless(line) + "\n").utf8))
}
