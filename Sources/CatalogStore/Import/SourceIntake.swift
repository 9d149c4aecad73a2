import ImageCodecs

/// Reads a source file by file: finds the table, and keeps the photos.
struct SourceIntake {
    /// The table.
    private(set) var table: TableChoice
    /// The files so far.
    let files = SourceFiles()
    /// How many there were.
    private(set) var count = 0

    private let input: any ImportSource
    private let target: ImportTarget
    private let source: String
    private let options: CatalogImporter.Options
    /// Room for the largest photo and one byte more.
    private let buffer: PhotoBuffer
    /// The photos that rows name, if the table was read before them.
    private var wanted: Set<String>?

    init(_ input: any ImportSource, target: ImportTarget, source: String, options: CatalogImporter.Options) {
        self.input = input
        self.target = target
        self.source = source
        self.options = options
        table = TableChoice(wanted: options.table)
        buffer = PhotoBuffer(count: options.limits.photo.bytes + 1)
    }

    /// Takes the next file; `false` at the end of the source.
    mutating func takeNext(into report: inout ImportReport) throws(CatalogError) -> Bool {
        guard let entry = try input.next() else { return false }
        if entry.kind != .folder { count += 1 }
        if let name = usableName(entry, &report) { try take(entry, name, &report) }
        return true
    }

    /// The name of a file that can be read, or `nil`, with what is refused taken note of.
    private mutating func usableName(_ entry: SourceEntry, _ report: inout ImportReport) -> String? {
        func refuse(_ reason: RefusedEntry.Reason) { report.refuse(entry.name ?? "(not UTF-8)", reason) }
        if entry.kind == .damaged {
            refuse(.damaged)
            return nil
        }
        guard let given = entry.name else {
            refuse(.badName)
            return nil
        }
        switch SourceName.clean(given) {
        case .failure(let reason):
            // An archive of a folder has the folder itself as "./".
            if entry.kind != .folder { refuse(reason) }
            return nil
        case .success(let name):
            let reason: RefusedEntry.Reason
            switch entry.kind {
            case .folder: return nil
            case .file where !entry.isEncrypted: return name
            case .file:
                table.addEncrypted(name)
                reason = .encrypted
            case .link: reason = .link
            case .hardLink:
                if takeLink(name, to: entry.target) { return nil }
                reason = .hardLink
            case .special, .damaged: reason = .special
            }
            refuse(reason)
            files.addUnusable(name, "it \(reason)")
            return nil
        }
    }

    /// Takes another name for a file that came before, as GNU tar writes files that are linked; `false` if there is none.
    private mutating func takeLink(_ name: String, to given: String?) -> Bool {
        guard let given, case .success(let target) = SourceName.clean(given) else { return false }
        if SourceName.isClutter(name) {
            files.addUnusable(name, "it is hidden")
            return true
        }
        return SourceName.isTable(name) ? table.takeLink(name, to: target) : files.addLink(name, to: target)
    }

    private mutating func take(
        _ entry: SourceEntry, _ name: String, _ report: inout ImportReport
    ) throws(CatalogError) {
        if SourceName.isClutter(name) {
            files.addUnusable(name, "it is hidden")
        } else if SourceName.isTable(name) {
            if table.mayBe(name) { table.take(name, try readTable(entry, name)) }
        } else {
            if input.listing != nil, wanted == nil { wanted = try wantedFiles() }
            if let wanted, !wanted.contains(name) { return countUnread(name, &report) }
            try takePhoto(entry, name, &report)
        }
    }

    private func readTable(_ entry: SourceEntry, _ name: String) throws(CatalogError) -> [UInt8] {
        let limit = options.limits.tableBytes
        var bytes: [UInt8] = []
        while bytes.count <= limit, entry.size ?? 0 <= limit {
            switch try input.read(into: buffer.bytes) {
            case .bytes(let count): bytes += buffer.bytes[..<count]
            case .end: return bytes
            case .damaged(let reason): throw .unreadable(path: "\(name) in \(source)", reason: reason)
            }
        }
        throw .sourceTooLarge(path: source, reason: "its \(name) has more than \(limit / 1_000_000) MB")
    }

    private mutating func takePhoto(
        _ entry: SourceEntry, _ name: String, _ report: inout ImportReport
    ) throws(CatalogError) {
        let limits = options.limits.photo
        if let size = entry.size, size > limits.bytes { return addTooLarge(name, size) }
        var count = 0
        reading: while true {
            switch try input.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[count...])) {
            case .bytes(let more):
                count += more
                if count > limits.bytes { return addTooLarge(name, count) }
            case .end: break reading
            case .damaged(let reason): return files.addUnusable(name, reason)
            }
        }
        report.photoBytes += count
        try files.addPhoto(
            name, bytes: UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]), limits: limits, target: target)
    }

    private mutating func addTooLarge(_ name: String, _ size: Int) {
        do {
            try options.limits.photo.check(byteCount: size)
        } catch {
            files.addUnusable(name, error.description)
        }
    }

    /// The files of a listed source that rows name; the others need not be opened.
    private func wantedFiles() throws(CatalogError) -> Set<String> {
        let listing = input.listing ?? []
        let folder = SourceName.folder(table.name)
        var wanted: Set<String> = []
        try scan().forEachRow { row in
            guard case .success(let item) = row.item else { return }
            let candidates = SourceName.candidates(item.imagePath, tableFolder: folder)
            if let name = candidates.first(where: listing.contains) { wanted.insert(name) }
        }
        return wanted
    }

    private func countUnread(_ name: String, _ report: inout ImportReport) {
        if SourceName.isPhoto(name) { report.unmentioned += 1 } else { report.otherFiles += 1 }
    }

    /// The table's rows.
    func scan() throws(CatalogError) -> TableScan {
        try table.check(source: source)
        return try TableScan(
            table.bytes, file: table.name, map: options.map, encoding: options.encoding, isStrict: true)
    }

    /// Takes note of what is known at the end.
    func finish(into report: inout ImportReport) throws(CatalogError) {
        try table.check(source: source)
        report.table = table.name
        report.otherTables = table.others
    }
}

/// Memory for a photo, used for one after the other.
private final class PhotoBuffer {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) {
        bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    }

    deinit { bytes.deallocate() }
}
