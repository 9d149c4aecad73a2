import Foundation
import ImageCodecs

/// Brings the items of a folder, zip or tar into a catalog: a folder with `items.csv` and photos called by their content.
///
/// The source is read once, from its beginning to its end, whether its table or its photos come first; names in it never
/// become paths. Memory is that of the table, one photo, and some hundred bytes for each file. Whenever the process is
/// killed, the catalog is the old one or the new one.
public struct CatalogImporter: Sendable {
    /// How to import.
    public struct Options: Sendable {
        /// Which columns are which fields, where the table's header does not say so.
        public var map = ColumnMap()
        /// The table's name or path in the source; `nil` finds it.
        public var table: String?
        /// What the table is written in; `nil` finds out.
        public var encoding: TableEncoding?
        /// Drop the items that the source does not have.
        public var replaces = false
        /// Find out what would happen, and write nothing.
        public var isDryRun = false
        /// What the source may take.
        public var limits = ImportLimits()

        /// Import everything, keep what is there.
        public init() {}
    }

    private let source: String
    private let catalog: String
    private let options: Options

    /// An import of a folder, zip, tar or (`-`) standard input into a catalog folder.
    public init(source: String, catalog: String, options: Options = Options()) {
        self.source = source
        self.catalog = catalog
        self.options = options
    }

    /// Imports.
    ///
    /// - Parameters:
    ///   - shouldStop: asked before every file; `true` ends the run with nothing changed.
    ///   - progress: called after every file.
    /// - Returns: what was done. If its ``ImportReport/items`` is 0, nothing was changed.
    /// - Throws: ``CatalogError``, with nothing changed; a bad row or photo is never an error.
    /// - Complexity: O(bytes of the source).
    public func run(
        shouldStop: @Sendable () -> Bool = { false }, progress: (ImportProgress) -> Void = { _ in }
    ) throws(CatalogError) -> ImportReport {
        let start = ContinuousClock.now
        var report = ImportReport()
        report.isDryRun = options.isDryRun
        let input = try openSource()
        let target = try ImportTarget(path: catalog, isDryRun: options.isDryRun)
        let present = try PresentItems(target, mayDrop: options.replaces)

        var intake = SourceIntake(input, target: target, source: source, options: options)
        while try intake.takeNext(into: &report) {
            progress(ImportProgress(files: intake.count, share: input.share))
            if shouldStop() {
                report.stopped = true
                break
            }
        }
        if !report.stopped {
            try intake.finish(into: &report)
            let scan = try intake.scan()
            report.columns = scan.columns.uses
            report.encoding = scan.encoding
            for note in scan.notes { report.notes.add(note) }
            let merge = CatalogMerge(
                scan: scan, tableFolder: SourceName.folder(intake.table.name), files: intake.files,
                present: present, replaces: options.replaces)
            try merge.run(target, isDryRun: options.isDryRun, source: source, into: &report)
        }
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return report
    }

    private func openSource() throws(CatalogError) -> any ImportSource {
        var isFolder: ObjCBool = false
        guard source != "-", FileManager.default.fileExists(atPath: source, isDirectory: &isFolder), isFolder.boolValue
        else { return try ArchiveSource(path: source, limits: options.limits) }
        let from = Self.resolved(source)
        let to = Self.resolved(catalog)
        if (from + "/").hasPrefix(to + "/") || (to + "/").hasPrefix(from + "/") {
            throw .badTarget(path: catalog, reason: "one of it and \(source) lies inside the other")
        }
        return try FolderSource(path: from, limits: options.limits)
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
}

/// The items that a catalog has before an import.
struct PresentItems {
    /// By identifier, a number that tells whether two items are the same.
    private(set) var fingerprints: [String: Int] = [:]
    /// The table; `nil` if there is none.
    let scan: TableScan?
    /// The photos that its rows name.
    private(set) var images: Set<String> = []

    /// Reads the table of a catalog.
    ///
    /// - Throws: ``CatalogError`` if it has rows that would be lost, unless all may be dropped.
    init(_ target: ImportTarget, mayDrop: Bool) throws(CatalogError) {
        guard let bytes = try target.existingTable() else {
            scan = nil
            return
        }
        let scan: TableScan
        do {
            scan = try TableScan(bytes, file: target.path + "/items.csv")
        } catch {
            guard mayDrop else { throw error }
            self.scan = nil
            return
        }
        self.scan = scan
        if !mayDrop {
            for use in scan.columns.uses {
                guard case .unused(let reason) = use.use else { continue }
                throw .badTarget(
                    path: target.path,
                    reason:
                        "the column \(use.column.isEmpty ? "without name" : use.column) of its items.csv is not used "
                        + "(\(reason)), and would be lost. Mend it, or use --replace")
            }
        }
        try scan.forEachRow { row throws(CatalogError) in
            switch row.item {
            case .success(let item):
                fingerprints[item.id] = item.fingerprint
                images.insert(item.imagePath)
            case .failure(let reason):
                guard !mayDrop else { return }
                throw .badTarget(
                    path: target.path,
                    reason: "line \(row.line) of its items.csv \(reason), and would be lost. Mend it, or use --replace")
            }
        }
    }
}

extension CatalogItem {
    /// The same for items with the same fields, within this process.
    var fingerprint: Int {
        var hasher = Hasher()
        for text in [id, name, category, colour, gender, currency, url, description, imagePath] { hasher.combine(text) }
        hasher.combine(price)
        for (name, value) in attributes {
            hasher.combine(name)
            hasher.combine(value)
        }
        return hasher.finalize()
    }
}
