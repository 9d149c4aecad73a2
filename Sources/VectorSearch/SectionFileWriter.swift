import Foundation

internal import CKernels

/// Writes a ``SectionFile`` beside its place, has the disk keep it, and renames it into its place: whoever opens the place
/// finds the old file or the new one. Sections may be written by turns.
final class SectionFileWriter<About: Codable & Sendable> {
    private struct Part {
        let name: String
        let offset: Int
        /// Room for the section; the last one may grow.
        let room: Int?
        var length = 0
        var pending: [UInt8] = []
        var checksums: [UInt32] = []
    }

    private let path: String
    private let kind: SectionKind
    private let staged: StagedFile
    private var parts: [Part] = []

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - path: its place.
    ///   - kind: what it is.
    ///   - sections: names and lengths in bytes; the last one's may be `nil`, if it shows only at the end.
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)`` if it cannot be written, or another process is at it.
    init(path: String, kind: SectionKind, sections: [(name: String, length: Int?)]) throws(VectorSearchError) {
        self.path = path
        self.kind = kind
        staged = try StagedFile(path: path)
        var offset = sectionPage
        for (name, length) in sections {
            parts.append(Part(name: name, offset: offset, room: length))
            offset = Self.nextPage(offset + (length ?? 0))
        }
    }

    private static func nextPage(_ offset: Int) -> Int { (offset + sectionPage - 1) / sectionPage * sectionPage }

    /// Adds bytes to a section.
    ///
    /// - Parameters:
    ///   - bytes: what to add.
    ///   - section: its place among the sections.
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)`` if they cannot be written.
    func write(_ bytes: UnsafeRawBufferPointer, to section: Int) throws(VectorSearchError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let taken = rest.prefix(sectionStretch - parts[section].pending.count)
            parts[section].pending.append(contentsOf: taken)
            rest = rest.dropFirst(taken.count)
            if parts[section].pending.count == sectionStretch { try flush(section) }
        }
    }

    /// Adds the elements of an array to a section.
    func write<Element: BitwiseCopyable>(_ elements: [Element], to section: Int) throws(VectorSearchError) {
        let result: Result<Void, VectorSearchError> = elements.withUnsafeBytes { bytes in
            do throws(VectorSearchError) { return .success(try write(bytes, to: section)) } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func flush(_ section: Int) throws(VectorSearchError) {
        let pending = parts[section].pending
        guard !pending.isEmpty else { return }
        try staged.write(pending, at: parts[section].offset + parts[section].length)
        parts[section].checksums.append(vk_crc32c(0, pending, pending.count))
        parts[section].length += pending.count
        parts[section].pending.removeAll(keepingCapacity: true)
    }

    /// Ends the file and puts it into its place.
    func finish(about: About) throws(VectorSearchError) {
        for section in parts.indices { try flush(section) }
        for part in parts { precondition(part.room ?? part.length == part.length, "a section was announced otherwise") }
        let sections = parts.map {
            SectionFile<About>.Section(name: $0.name, offset: $0.offset, length: $0.length, checksums: $0.checksums)
        }
        let description: [UInt8]
        do {
            description = [UInt8](
                try JSONEncoder().encode(SectionFile<About>.Description(about: about, sections: sections)))
        } catch {
            throw .unusableFile(path: path, reason: "it cannot be described: \(error)")
        }
        let offset = Self.nextPage(parts.map { $0.offset + $0.length }.max() ?? sectionPage)
        let checksum = vk_crc32c(0, description, description.count)
        try staged.write(description, at: offset)
        var head = [UInt8](repeating: 0, count: sectionPage)
        let numbers = [kind.signature, sectionVersion, UInt64(offset), UInt64(description.count), UInt64(checksum)]
        for (index, number) in numbers.enumerated() {
            withUnsafeBytes(of: number.littleEndian) { head.replaceSubrange(8 * index..<8 * index + 8, with: $0) }
        }
        try staged.write(head, at: 0)
        try staged.publish()
    }
}

/// A file with a name of its own until it is published. One process at a time has it, and what a killed one left is
/// overwritten.
private final class StagedFile {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isPublished = false

    init(path: String) throws(VectorSearchError) {
        let temporary = path + ".tmp"
        let file = open(temporary, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw .system(temporary) }
        // The lock is on the file and not on its name: it may have been published between the two calls.
        var mine = stat()
        var named = stat()
        guard flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &mine) == 0, stat(temporary, &named) == 0,
            mine.st_ino == named.st_ino
        else {
            close(file)
            throw .unusableFile(path: temporary, reason: "another process is writing it")
        }
        guard ftruncate(file, 0) == 0 else {
            let problem = VectorSearchError.system(temporary)
            close(file)
            throw problem
        }
        // Last: a throw from here on would run deinit, and remove the file that another process is writing.
        self.path = path
        self.temporary = temporary
        descriptor = file
    }

    deinit {
        if !isPublished { unlink(temporary) }
        close(descriptor)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(VectorSearchError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(temporary) }
            done += count
        }
    }

    func publish() throws(VectorSearchError) {
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw .system(temporary) }
        isPublished = true
        let folder = open(
            URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system(path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .system(path) }
    }
}
