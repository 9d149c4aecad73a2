import Foundation
import Tensors

internal import CKernels

/// A file of named sections that is mapped to be read: what snapshots and graphs are kept in.
///
/// The layout, all numbers little-endian: 8 bytes of signature, the format's version, then offset, length and CRC-32C of a
/// description, each in 8 bytes; the sections, each on a page of its own; the description, which is JSON: what the file
/// is about, and of each section its name, place, and the CRC-32C of each stretch of ``stretch`` bytes. The first page is
/// written last. A file is not trusted before every checksum was found right.
struct SectionFile<About: Codable & Sendable>: Sendable {
    struct Section: Codable, Sendable {
        let name: String
        let offset: Int
        let length: Int
        let checksums: [UInt32]
    }

    struct Description: Codable, Sendable {
        let about: About
        let sections: [Section]
    }

    /// What the file says about itself.
    let about: About
    let file: MappedFile
    private let path: String
    private let sections: [Section]

    /// Opens a file and checks it, some stretches at a time on each core.
    ///
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)`` if anything is not as it was written.
    /// - Complexity: O(bytes of the file), which are read but not kept.
    init(path: String, kind: SectionKind) throws(VectorSearchError) {
        func unusable(_ reason: String) -> VectorSearchError { .unusableFile(path: path, reason: reason) }
        let file = try MappedFile(path: path)
        func number(_ index: Int) -> UInt64 {
            UInt64(littleEndian: file.pointer.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        guard file.count >= sectionPage, number(0) == kind.signature else { throw unusable("it is of another kind") }
        guard number(1) == sectionVersion else { throw unusable("it is of another version") }
        guard let offset = Int(exactly: number(2)), let length = Int(exactly: number(3)),
            offset >= sectionPage, length > 0, offset <= file.count, length == file.count - offset
        else { throw unusable("it is not whole") }
        let bytes = UnsafeRawBufferPointer(start: file.pointer + offset, count: length)
        guard number(4) == UInt64(vk_crc32c(0, bytes.baseAddress, length)),
            let description = try? JSONDecoder().decode(Description.self, from: Data(bytes))
        else { throw unusable("its description is damaged") }
        for section in description.sections {
            guard section.offset >= sectionPage, section.offset.isMultiple(of: sectionPage), section.length >= 0,
                section.offset <= offset, section.length <= offset - section.offset,
                section.checksums.count == (section.length + sectionStretch - 1) / sectionStretch
            else { throw unusable("its sections are not where they can be") }
        }
        about = description.about
        sections = description.sections
        self.file = file
        self.path = path
        guard isIntact() else { throw unusable("a checksum is wrong") }
    }

    private func isIntact() -> Bool {
        let pieces = sections.flatMap { section in
            section.checksums.indices.map { index in
                let start = index * sectionStretch
                return (
                    offset: section.offset + start, length: min(sectionStretch, section.length - start),
                    checksum: section.checksums[index]
                )
            }
        }
        var isIntact = [Bool](repeating: false, count: pieces.count)
        isIntact.withUnsafeMutableBufferPointer { isIntact in
            let results = UncheckedPointer(isIntact.baseAddress)
            ThreadPool.shared.parallelFor(pieces.count) { index in
                let piece = pieces[index]
                withUnsafeTemporaryAllocation(byteCount: piece.length, alignment: 64) { buffer in
                    results.pointer?[index] =
                        file.read(at: piece.offset, into: buffer)
                        && vk_crc32c(0, buffer.baseAddress, piece.length) == piece.checksum
                }
            }
        }
        return isIntact.allSatisfy(\.self)
    }

    /// The `count` elements of a section.
    ///
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)`` if it has another length.
    func section<Element: BitwiseCopyable>(
        _ name: String, of type: Element.Type = Element.self, count: Int
    ) throws(VectorSearchError) -> UnsafePointer<Element> {
        guard count >= 0, let section = sections.first(where: { $0.name == name }),
            section.length == count * MemoryLayout<Element>.stride
        else { throw .unusableFile(path: path, reason: "its section \(name) has another length than it can have") }
        return (file.pointer + section.offset).assumingMemoryBound(to: type)
    }

    /// How many bytes a section has; 0 if there is none of that name.
    func length(_ name: String) -> Int { sections.first { $0.name == name }?.length ?? 0 }
}

/// What the files are told apart by.
enum SectionKind: String {
    case vectors = "VITRVECS"
    case graph = "VITRGRPH"

    var signature: UInt64 { rawValue.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

/// Version of the layout and of what is kept in it.
let sectionVersion: UInt64 = 1
/// Sections begin on multiples of this.
let sectionPage = 4096
/// Bytes under one checksum.
let sectionStretch = 1 << 20

/// A pointer that several threads write through, each to places of its own.
struct UncheckedPointer<Pointee>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Pointee>?
    init(_ pointer: UnsafeMutablePointer<Pointee>?) { self.pointer = pointer }
}
