import Foundation

/// A catalog as a shop keeps it: a folder with a CSV table and images.
///
/// Two layouts are known:
/// - `items.csv` (or the only CSV in the folder): columns `id` and `image` are needed; `name`, `category`, `colour`,
///   `gender`, `price`, `currency`, `url`, `description` are known, and every other column is kept as an attribute. An
///   image is named relative to the folder, or to its `images/`.
/// - `styles.csv` with a column `articleType` and `images/ID.jpg`: the layout of the Kaggle fashion product photos.
///   `articleType` is the category, `baseColour` the colour and `productDisplayName`, which may hold unquoted commas,
///   the name.
public struct CatalogFolder: Sendable {
    /// The folder's absolute path.
    public let path: String
    /// The table's absolute path.
    public let tablePath: String
    private let encoding: TableEncoding?

    /// Finds the table of a folder.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - encoding: what the table is written in; `nil` finds out.
    /// - Throws: ``CatalogError``.
    public init(path: String, encoding: TableEncoding? = nil) throws(CatalogError) {
        self.encoding = encoding
        let folder = URL(fileURLWithPath: path).standardizedFileURL.path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { throw .noFolder(folder) }
        let tables = names.filter { $0.lowercased().hasSuffix(".csv") && !$0.hasPrefix(".") }.sorted()
        let preferred = ["items.csv", "styles.csv"].first(where: tables.contains)
        guard let table = preferred ?? (tables.count == 1 ? tables.first : nil) else {
            throw .noTable(folder: folder, found: tables)
        }
        self.path = folder
        tablePath = folder + "/" + table
    }

    /// Reads the whole table.
    ///
    /// Rows that cannot become items are reported with their reason; images are not read, only looked for.
    ///
    /// - Throws: ``CatalogError`` if the table cannot be read or lacks `id` or `image`.
    /// - Complexity: O(bytes of the table), plus one look at the file system for each row.
    public func read() throws(CatalogError) -> CatalogTable {
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: tablePath)))
        } catch {
            throw .unreadable(path: tablePath, reason: error.localizedDescription)
        }
        let scan = try TableScan(bytes, file: tablePath, encoding: encoding)
        var table = CatalogTable()
        for note in scan.notes { table.notes.add(note) }
        scan.forEachRow { row in
            switch row.item {
            case .failure(let reason): table.skip(line: row.line, id: row.id, reason)
            case .success(let item):
                switch resolve(item.imagePath) {
                case .failure(let reason): table.skip(line: row.line, id: item.id, reason)
                case .success(let image):
                    table.rows.append(CatalogTable.Row(line: row.line, item: item.with(imagePath: image)))
                    table.notes.add(row)
                }
            }
        }
        return table
    }

    /// The absolute path of an image of this catalog.
    public func absolutePath(_ imagePath: String) -> String {
        path + "/" + imagePath
    }

    /// Opens an image of this catalog.
    ///
    /// - Throws: ``OpenPhoto/Problem``.
    public func photo(_ imagePath: String) throws(OpenPhoto.Problem) -> OpenPhoto {
        try OpenPhoto(imagePath, below: path)
    }

    /// The path below the folder of an image that exists. Never leaves the folder, neither by `..` nor by a link.
    private func resolve(_ name: String) -> Result<String, SkippedRow.Reason> {
        guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
            return .failure(.noSuchImage(name))
        }
        var reason = SkippedRow.Reason.noSuchImage(name)
        for candidate in [name, "images/" + name] {
            do throws(OpenPhoto.Problem) {
                _ = try OpenPhoto(candidate, below: path, onlyLooks: true)
                return .success(candidate)
            } catch {
                switch error {
                case .missing: break
                case .outside: reason = .outsideImage(name)
                // It is there; whoever reads it says why that fails.
                case .unreadable: return .success(candidate)
                }
            }
        }
        return .failure(reason)
    }
}
