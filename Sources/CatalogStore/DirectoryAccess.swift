import Foundation

/// What may be done with a data directory.
public enum DirectoryAccess: Sendable {
    /// The database is read and written.
    case writable
    /// The database is read, with what others write meanwhile.
    case readable
    /// The database is read as it lies there: nobody has it open to write, and what is written later is not seen.
    case frozen

    /// What this process may do with a data directory.
    ///
    /// SQLite needs its write-ahead log and the index of that beside the database, and makes both where they are not. Where
    /// it cannot, and there is no log, the file alone is all there is.
    init(directory: String) {
        let path = directory + "/catalog.sqlite"
        let isWritable = access(directory, W_OK) == 0 && (access(path, F_OK) != 0 || access(path, W_OK) == 0)
        if isWritable {
            self = .writable
        } else {
            let log = FileStamp(path: path + "-wal")
            let isOpen = access(path + "-shm", F_OK) == 0
            self = log.map { $0.size > 0 || isOpen } ?? false ? .readable : .frozen
        }
    }

    /// The name by which SQLite opens a database so (https://www.sqlite.org/uri.html).
    func name(of path: String) -> String {
        guard self == .frozen else { return path }
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        let encoded = absolute.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? absolute
        return "file:\(encoded)?immutable=1"
    }
}
