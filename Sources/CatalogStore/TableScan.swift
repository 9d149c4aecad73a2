import Foundation

/// Goes over the rows of a catalog's table, as often as is asked for, without holding its items.
struct TableScan {
    /// A row, good or bad.
    struct Row {
        /// The line on which it starts.
        let line: Int
        /// Its identifier, if it has one.
        let id: String?
        /// The item, or why it is none. Its image is as the table names it.
        let item: Result<CatalogItem, SkippedRow.Reason>
    }

    /// Its columns.
    let columns: CatalogColumns
    private let reader: CSVReader

    /// Reads the header of a whole CSV file.
    init(_ bytes: [UInt8], file: String, map: ColumnMap = ColumnMap()) throws(CatalogError) {
        var reader = CSVReader(Self.utf8(bytes))
        guard let header = reader.next() else { throw .missingColumn("id", file: file, found: []) }
        columns = try CatalogColumns(header: header.fields, file: file, map: map)
        self.reader = reader
    }

    /// Calls `body` with every row in turn; the first row with an identifier is the one that counts. Of quotes that are
    /// never closed, one last row tells.
    ///
    /// - Complexity: O(bytes of the table); memory for the identifiers.
    func forEachRow<E: Error>(_ body: (Row) throws(E) -> Void) throws(E) {
        var reader = reader
        var lines: [String: Int] = [:]
        while let record = reader.next() {
            if let line = reader.unterminatedQuoteLine {
                return try body(Row(line: line, id: nil, item: .failure(.unterminatedQuote)))
            }
            var item = columns.item(of: record.fields)
            if case .success(let good) = item {
                if let first = lines[good.id] {
                    item = .failure(.duplicateID(firstLine: first))
                } else {
                    lines[good.id] = record.line
                }
            }
            try body(Row(line: record.line, id: columns.id(of: record.fields), item: item))
        }
    }

    /// Spreadsheets also write UTF-16, with a byte-order mark.
    private static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]),
            let text = String(data: Data(bytes), encoding: .utf16)
        else { return bytes }
        return Array(text.utf8)
    }
}
