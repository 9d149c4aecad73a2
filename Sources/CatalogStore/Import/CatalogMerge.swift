/// The rows of a source's table and those that a catalog has already, as one table.
struct CatalogMerge {
    private let scan: TableScan
    private let tableFolder: String
    private let files: SourceFiles
    private let present: PresentItems
    private let replaces: Bool

    init(scan: TableScan, tableFolder: String, files: SourceFiles, present: PresentItems, replaces: Bool) {
        self.scan = scan
        self.tableFolder = tableFolder
        self.files = files
        self.present = present
        self.replaces = replaces
    }

    /// Writes the new table and makes it the catalog's; counts only, on a dry run.
    func run(
        _ target: ImportTarget, isDryRun: Bool, source: String, into report: inout ImportReport
    ) throws(CatalogError) {
        let (ids, shared) = try classify(source: source, into: &report)
        files.count(into: &report)
        guard !ids.isEmpty else { return }
        let names = try attributeNames(target)
        var sharing: [String: [String]] = [:]
        var order: [String] = []
        func note(_ item: CatalogItem) {
            guard shared.contains(item.imagePath) else { return }
            if sharing[item.imagePath] == nil { order.append(item.imagePath) }
            sharing[item.imagePath, default: []].append(item.id)
        }
        if isDryRun {
            forEachItem(except: ids, note)
        } else {
            let output = try OutputFile(path: target.stagedTablePath)
            var writer = try TableWriter(output, attributes: names)
            try forEachItem(except: ids) { item throws(CatalogError) in
                note(item)
                try writer.append(item)
            }
            try output.finish()
            try target.commit(newPhotos: files.newPhotos)
            let named = files.named
            let present = present.images
            target.removePhotos { named.contains($0) || present.contains($0) }
        }
        report.duplicates = order.compactMap { path in
            guard let ids = sharing[path], ids.count > 1, let name = PhotoName(path: path) else { return nil }
            return DuplicatePhoto(contentHash: name.contentHash, ids: ids)
        }
    }

    /// The columns of the new table beside those of fields.
    private func attributeNames(_ target: ImportTarget) throws(CatalogError) -> [String] {
        let old = replaces ? [] : present.scan?.columns.attributeNames ?? []
        let names = TableWriter.union([old, scan.columns.attributeNames])
        guard names.count <= CatalogItem.mostAttributes else {
            throw .badTarget(
                path: target.path,
                reason: "its items.csv would have \(names.count) columns beside those of fields, and at most "
                    + "\(CatalogItem.mostAttributes) are taken")
        }
        return names
    }

    /// Goes over the source's rows: which become items, what that changes, and which photos may be those of several.
    private func classify(
        source: String, into report: inout ImportReport
    ) throws(CatalogError) -> (ids: Set<String>, shared: Set<String>) {
        var ids: Set<String> = []
        var shared: Set<String> = []
        var seen = replaces ? [] : present.images
        try scan.forEachRow { row throws(CatalogError) in
            report.rows += 1
            switch resolved(row) {
            case .failure(.unterminatedQuote) where replaces:
                throw .unreadable(
                    path: "\(report.table) in \(source)",
                    reason:
                        "line \(row.line) opens a quote that is never closed; what is not read cannot replace a catalog"
                )
            case .failure(let reason):
                report.skipped.append(SkippedRow(line: row.line, id: row.id, reason: reason))
            case .success(let item):
                ids.insert(item.id)
                report.notes.add(row)
                if !seen.insert(item.imagePath).inserted { shared.insert(item.imagePath) }
                switch present.fingerprints[item.id] {
                case nil: report.added += 1
                case item.fingerprint: report.unchanged += 1
                default: report.updated += 1
                }
            }
            if case .success(let item) = row.item {
                files.markNamed(SourceName.candidates(item.imagePath, tableFolder: tableFolder))
            }
        }
        let rest = present.fingerprints.count - report.updated - report.unchanged
        if replaces { report.dropped = rest } else { report.kept = rest }
        return (ids, shared)
    }

    /// Every item of the new table: those that stay, then the source's.
    private func forEachItem<E: Error>(
        except ids: Set<String>, _ body: (CatalogItem) throws(E) -> Void
    ) throws(E) {
        if !replaces {
            try present.scan?.forEachRow { row throws(E) in
                if case .success(let item) = row.item, !ids.contains(item.id) { try body(item) }
            }
        }
        try scan.forEachRow { row throws(E) in
            if case .success(let item) = resolved(row) { try body(item) }
        }
    }

    /// A row with the photo as the catalog will call it.
    private func resolved(_ row: TableScan.Row) -> Result<CatalogItem, SkippedRow.Reason> {
        row.item.flatMap { item in
            switch files.match(SourceName.candidates(item.imagePath, tableFolder: tableFolder)) {
            case .photo(let photo): .success(item.with(imagePath: files.name(photo).path))
            case .unusable(let path, let reason): .failure(.badImage(path: path, reason: reason))
            case .none: .failure(.noSuchImage(item.imagePath))
            }
        }
    }
}
