import Foundation

/// A folder and all below it, its tables first. Links are shown and not followed.
final class FolderSource: ImportSource {
    private let path: String
    private let limits: ImportLimits
    private var files: [SourceEntry] = []
    private var position = 0
    private var descriptor: Int32 = -1
    private var read = 0

    private(set) var listing: Set<String>? = []

    var share: Double? { files.isEmpty ? 1 : Double(position) / Double(files.count) }

    /// Lists a folder.
    init(path: String, limits: ImportLimits) throws(CatalogError) {
        self.path = path
        self.limits = limits
        var others: [SourceEntry] = []
        try list("", depth: 0, into: &others)
        files += others
    }

    deinit { closeFile() }

    private func list(_ folder: String, depth: Int, into others: inout [SourceEntry]) throws(CatalogError) {
        guard depth <= 64 else { throw .sourceTooLarge(path: path, reason: "\(folder) lies too deep") }
        guard let stream = opendir(path + "/" + folder) else {
            throw .unreadable(path: path + "/" + folder, reason: String(cString: strerror(errno)))
        }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(validatingCString: $0) }
            }
            guard let name else {
                others.append(SourceEntry(name: nil, kind: .file))
                continue
            }
            if name != ".", name != ".." { names.append(name) }
        }
        closedir(stream)
        for name in names.sorted() {
            let relative = folder + name
            var status = stat()
            guard lstat(path + "/" + relative, &status) == 0 else { continue }
            guard files.count + others.count < limits.entries else {
                throw .sourceTooLarge(path: path, reason: "it has more than \(limits.entries) files")
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                if !SourceName.isClutter(relative) { try list(relative + "/", depth: depth + 1, into: &others) }
            case S_IFREG:
                let entry = SourceEntry(name: relative, kind: .file, size: Int(status.st_size))
                if case .success(let clean) = SourceName.clean(relative) { listing?.insert(clean) }
                if SourceName.isTable(relative) { files.append(entry) } else { others.append(entry) }
            case S_IFLNK: others.append(SourceEntry(name: relative, kind: .link))
            default: others.append(SourceEntry(name: relative, kind: .special))
            }
        }
    }

    func next() -> SourceEntry? {
        closeFile()
        guard position < files.count else { return nil }
        position += 1
        return files[position - 1]
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CatalogError) -> SourceRead {
        guard let name = files[position - 1].name else { return .damaged("its name is not UTF-8") }
        if descriptor < 0 {
            // Neither follows a link nor waits for a pipe that took the file's place meanwhile.
            descriptor = open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { return .damaged(String(cString: strerror(errno))) }
        }
        var count = 0
        repeat { count = systemRead(descriptor, buffer) } while count < 0 && errno == EINTR
        guard count >= 0 else { return .damaged(String(cString: strerror(errno))) }
        guard count > 0 else { return .end }
        read += count
        guard read <= limits.totalBytes else {
            throw .sourceTooLarge(path: path, reason: "it holds more than \(limits.totalBytes / 1_000_000) MB")
        }
        return .bytes(count)
    }

    private func closeFile() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
