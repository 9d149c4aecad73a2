import CatalogStore
import Foundation

/// An ``ImportReport`` for people.
enum ImportText {
    static func text(_ report: ImportReport) -> String {
        if report.stopped { return "Stopped; the catalog is as it was." }
        let rate = report.seconds > 0 ? Double(report.photos) / report.seconds : 0
        var lines = [
            (report.isDryRun ? "Nothing was written. Importing this would give " : "Imported ")
                + "\(counted(report.items, "item")) of \(counted(report.rows, "row")) of \(report.table)"
                + (report.encoding == .utf8 ? "" : " (\(report.encoding))") + ": \(report.added) added, "
                + "\(report.updated) updated, \(report.unchanged) unchanged, "
                + "\(counted(report.skipped.count, "row")) skipped.",
            report.dropped > 0
                ? "\(counted(report.dropped, "other item")) of the catalog dropped."
                : report.kept > 0 ? "\(counted(report.kept, "other item")) of the catalog kept." : "",
            "\(counted(report.photos, "photo")) read, \(report.storedPhotos) new; \(report.unmentioned) named by no row"
                + (report.unmentionedCopies > 0
                    ? " (\(counted(report.unmentionedCopies, "copy of another", "copies of others")))" : "") + ". "
                + (report.otherFiles > 0 ? "\(counted(report.otherFiles, "other file")). " : "")
                + String(format: "%.1f s (%.0f photos/s).", report.seconds, rate),
        ].filter { !$0.isEmpty }
        if !report.otherTables.isEmpty {
            lines.append("Not read: \(shortened(report.otherTables)).")
        }
        lines += columns(report.columns)
        lines += report.skipped.map(line)
        if report.notes.count > 0 {
            lines.append("\(counted(report.notes.count, "thing")) not taken as written:")
            lines += vitrine.lines(report.notes, most: 20, rest: "(--json)")
        }
        if report.refusedCount > 0 {
            lines.append("\(counted(report.refusedCount, "entry", "entries")) refused:")
            for entry in report.refused.prefix(20) { lines.append("  \(oneLine(entry.name)): \(entry.reason)") }
            if report.refusedCount > 20 { lines.append("  and \(report.refusedCount - 20) more.") }
        }
        if !report.duplicates.isEmpty {
            let items = report.duplicates.reduce(0) { $0 + $1.ids.count }
            lines.append(
                report.duplicates.count == 1
                    ? "1 photo is shared by \(items) items, and kept once:"
                    : "\(report.duplicates.count) photos are shared by \(items) items, and each kept once:")
            for photo in report.duplicates.prefix(20) { lines.append("  " + shortened(photo.ids)) }
            if report.duplicates.count > 20 { lines.append("  and \(report.duplicates.count - 20) more (--json).") }
        }
        return lines.joined(separator: "\n")
    }

    /// Which column is which field, which are attributes, and which are not used.
    private static func columns(_ uses: [ColumnUse]) -> [String] {
        var (fields, attributes, unused): ([String], [String], [String]) = ([], [], [])
        for use in uses {
            let column = use.column.isEmpty ? "a column without name" : oneLine(use.column)
            switch use.use {
            case .field(let field): fields.append(column == field ? field : "\(column) as \(field)")
            case .attribute(let name): attributes.append(column == name ? name : "\(column) as \(oneLine(name))")
            case .unused(let reason): unused.append(reason == .unnamed ? column : "\(column) (\(reason))")
            }
        }
        return [("Fields", fields), ("Attributes", attributes), ("Columns not used", unused)].compactMap {
            title, names in
            names.isEmpty ? nil : "\(title): \(names.joined(separator: ", "))."
        }
    }

    private static func shortened(_ names: [String]) -> String {
        names.prefix(5).map(oneLine).joined(separator: ", ")
            + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}
