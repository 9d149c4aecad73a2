/// Why a catalog or its data directory cannot be used.
public enum CatalogError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The folder does not exist or is not a folder.
    case noFolder(String)
    /// The folder has no CSV file, or several and none called `items.csv` or `styles.csv`.
    case noTable(folder: String, found: [String])
    /// The CSV lacks a column that is needed.
    case missingColumn(String, file: String, found: [String])
    /// A column that was to be taken for a field is not there.
    case unknownColumn(String, file: String, found: [String])
    /// Two columns are to be taken for one field.
    case fieldMappedTwice(String)
    /// The header says what cannot be.
    case badColumns(file: String, reason: String)
    /// A file could not be read or written.
    case unreadable(path: String, reason: String)
    /// The data directory was written by a newer version.
    case newerSchema(path: String)
    /// The database file is damaged or no database.
    case damagedDatabase(path: String, reason: String)
    /// The data directory cannot be written to.
    case readOnly(path: String)
    /// Another process is indexing into the same data directory.
    case busy(path: String)
    /// Nothing was ever indexed into the data directory.
    case notIndexed(directory: String)
    /// Most of what is indexed would be dropped: probably the wrong folder, or one that is not mounted.
    case wouldDropMost(dropped: Int, indexed: Int, isDatabase: Bool = false, skipped: String? = nil)
    /// What is to be imported is no folder, zip or tar.
    case notASource(path: String, reason: String)
    /// What is to be imported is larger than the limits.
    case sourceTooLarge(path: String, reason: String)
    /// The source has no table, or several of the same rank.
    case noSourceTable(path: String, found: [String])
    /// The source's table, or whatever may be one, is encrypted.
    case encrypted(path: String, table: String)
    /// No row of the source became an item.
    case nothingToImport(path: String, rows: Int)
    /// What is to be imported into cannot be.
    case badTarget(path: String, reason: String)
    /// Another process is importing into the same catalog.
    case importing(path: String)

    /// Whether what is indexed can be searched all the same: only bringing it up to date was refused.
    public var leavesIndexUsable: Bool {
        switch self {
        case .busy, .readOnly: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .noFolder(let path):
            "There is no catalog folder at \(path)."
        case .noTable(let folder, let found) where found.isEmpty:
            "\(folder) has no CSV file. A catalog is a folder with items.csv (columns id and image) and its images, or "
                + "with styles.csv and images/ID.jpg."
        case .noTable(let folder, let found):
            "\(folder) has several CSV files (\(found.joined(separator: ", "))): call the catalog's one items.csv."
        case .missingColumn(let column, let file, let found):
            "\(file) has no column \(column). It has: \(Self.listed(found))."
        case .unknownColumn(let column, let file, let found):
            "\(file) has no column \(column) to map. It has: \(Self.listed(found))."
        case .fieldMappedTwice(let field):
            "Two columns are mapped to \(field)."
        case .badColumns(let file, let reason):
            "\(file) cannot be read: \(reason)."
        case .unreadable(let path, let reason):
            "\(path) cannot be used: \(reason)."
        case .newerSchema(let path):
            "\(path) was written by a newer version of Vitrine. Use that version, or another data directory."
        case .damagedDatabase(let path, let reason):
            "\(path) is damaged (\(reason)). Items that were added, changed or removed by the API are in it and nowhere "
                + "else: restore the data directory from a backup if there is one. If not, move the file away, with those "
                + "beside it that end in -wal and -shm, and index again: that brings back what the catalog's folder "
                + "has, and leaves the photos of other items where they are."
        case .readOnly(let path):
            "\(path) cannot be written to, so nothing in it is changed."
        case .busy(let path):
            "Another vitrine process is indexing into \(path). Wait for it to end, or use another data directory."
        case .notIndexed(let directory):
            "Nothing is indexed in \(directory). Run: vitrine index"
        case .wouldDropMost(let dropped, let indexed, let isDatabase, let skipped):
            "\(dropped) of the \(indexed) indexed items are not in this catalog"
                + (skipped.map { ", or cannot be used (\($0))" } ?? "") + ". Use another "
                + (isDatabase ? "database (--database)" : "data directory (--data)")
                + " for another catalog, or --prune if they are really to be dropped."
        case .encrypted(let path, let table):
            "\(path) is encrypted (\(table)), and encrypted files are not read. Pack it again without a password."
        case .notASource(let path, let reason):
            "\(path) is no folder, zip or tar that can be read: \(reason)."
        case .sourceTooLarge(let path, let reason):
            "\(path) is not imported: \(reason)."
        case .noSourceTable(let path, let found) where found.isEmpty:
            "\(path) has no such CSV file. A catalog has items.csv (columns id and image) and images, or styles.csv and "
                + "images/ID.jpg."
        case .noSourceTable(let path, let found):
            "\(path) has several CSV files that may be the catalog's: \(found.joined(separator: ", ")). Name it with "
                + "--table."
        case .nothingToImport(let path, let rows):
            "None of the \(rows) rows of \(path) became an item, so nothing was changed."
        case .badTarget(let path, let reason):
            "\(path) cannot be imported into: \(reason)."
        case .importing(let path):
            "Another vitrine process is importing into \(path). Wait for it to end."
        }
    }

    /// Names for a message: some of many, and no more than the beginning of a long one.
    private static func listed(_ names: [String]) -> String {
        names.prefix(30).map { $0.count > 60 ? $0.prefix(60) + "…" : $0 }.joined(separator: ", ")
            + (names.count > 30 ? " and \(names.count - 30) more" : "")
    }
}
