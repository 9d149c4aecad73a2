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

    /// Finds the table of a folder.
    ///
    /// - Throws: ``CatalogError``.
    public init(path: String) throws(CatalogError) {
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
    /// Rows that cannot become items are reported with their reason; images are not opened, only looked for.
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
        let scan = try TableScan(bytes, file: tablePath)
        var table = CatalogTable()
        scan.forEachRow { row in
            switch row.item {
            case .failure(let reason): table.skip(line: row.line, id: row.id, reason)
            case .success(let item):
                guard let image = resolve(item.imagePath) else {
                    table.skip(line: row.line, id: item.id, .noSuchImage(item.imagePath))
                    return
                }
                table.rows.append(CatalogTable.Row(line: row.line, item: item.with(imagePath: image)))
            }
        }
        return table
    }

    /// The absolute path of an image of this catalog.
    public func absolutePath(_ imagePath: String) -> String {
        path + "/" + imagePath
    }

    /// The path below the folder of an image that exists, or `nil`. Never leaves the folder by `..`.
    private func resolve(_ name: String) -> String? {
        guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
        for candidate in [name, "images/" + name] {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: absolutePath(candidate), isDirectory: &isFolder),
                !isFolder.boolValue
            {
                return candidate
            }
        }
        return nil
    }
}
