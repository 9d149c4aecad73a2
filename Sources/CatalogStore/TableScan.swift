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
        /// What of a good row was not taken as it stands.
        var notes: [TableNote.Kind] = []
    }

    /// Its columns.
    let columns: CatalogColumns
    /// What it is written in.
    let encoding: TableEncoding
    /// What is to be said of the table as a whole.
    let notes: [TableNote]
    private let reader: CSVReader
    private let prices: PriceColumn

    /// Reads the header of a whole CSV file, and goes over its prices once.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - file: what it is called in errors.
    ///   - map: which columns are which fields, where the header does not say so.
    ///   - encoding: what it is written in; `nil` finds out.
    ///   - isStrict: whether a column that could not be used is an error.
    /// - Throws: ``CatalogError``.
    /// - Complexity: O(bytes of the table).
    init(
        _ bytes: [UInt8], file: String, map: ColumnMap = ColumnMap(), encoding: TableEncoding? = nil,
        isStrict: Bool = false
    ) throws(CatalogError) {
        let text = TableText(bytes, encoding: encoding)
        var reader = CSVReader(text.utf8)
        guard let header = reader.next() else { throw .missingColumn("id", file: file, found: []) }
        let columns = try CatalogColumns(header: header.fields, file: file, map: map, isStrict: isStrict)
        self.columns = columns
        self.reader = reader
        self.encoding = text.encoding
        let hasPrices = columns.positions["price"] != nil
        prices = PriceColumn(
            sequence(state: reader) { reader -> String? in
                guard hasPrices, let record = reader.next() else { return nil }
                return columns.text("price", in: record.fields) ?? ""
            })
        var notes: [TableNote] = []
        if text.isGuessed { notes.append(TableNote(.encodingGuessed(text.encoding))) }
        for use in columns.uses {
            if case .unused(let reason) = use.use, reason == .doubled || reason == .reserved {
                notes.append(TableNote(.columnUnused(use.column, reason)))
            }
        }
        self.notes = notes
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
            var notes: [TableNote.Kind] = []
            var item = columns.item(of: record.fields, prices: prices, encoding: encoding, notes: &notes)
            if case .success(let good) = item {
                if let first = lines[good.id] {
                    item = .failure(.duplicateID(firstLine: first))
                } else {
                    lines[good.id] = record.line
                }
            }
            try body(Row(line: record.line, id: columns.id(of: record.fields), item: item, notes: notes))
        }
    }
}
