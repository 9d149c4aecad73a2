import CatalogStore

/// An ``ImportReport`` as JSON.
struct ImportReportJSON: Encodable {
    struct Refused: Encodable {
        let name: String
        let code: String
        let reason: String
    }

    struct Column: Encodable {
        let column: String
        let use: String
        let name: String?
        let reason: String?

        init(_ use: ColumnUse) {
            column = use.column
            switch use.use {
            case .field(let field): (self.use, name, reason) = ("field", field, nil)
            case .attribute(let attribute): (self.use, name, reason) = ("attribute", attribute, nil)
            case .unused(let why): (self.use, name, reason) = ("unused", nil, why.rawValue)
            }
        }
    }

    struct Duplicate: Encodable {
        let sha256: String
        let ids: [String]
    }

    let table: String
    let otherTables: [String]
    let encoding: String
    let columns: [Column]
    let notes: [TableNoteJSON]
    let noteCount: Int
    let dryRun: Bool
    let stopped: Bool
    let rows: Int
    let items: Int
    let added: Int
    let updated: Int
    let unchanged: Int
    let kept: Int
    let dropped: Int
    let skipped: [SkippedRowJSON]
    let photos: Int
    let photoBytes: Int
    let storedPhotos: Int
    let unmentioned: Int
    let unmentionedCopies: Int
    let otherFiles: Int
    let refusedCount: Int
    let refused: [Refused]
    let duplicates: [Duplicate]
    let seconds: Double

    init(_ report: ImportReport) {
        table = report.table
        otherTables = report.otherTables
        encoding = report.encoding.rawValue
        columns = report.columns.map(Column.init)
        notes = report.notes.listed.map(TableNoteJSON.init)
        noteCount = report.notes.count
        dryRun = report.isDryRun
        stopped = report.stopped
        rows = report.rows
        items = report.items
        added = report.added
        updated = report.updated
        unchanged = report.unchanged
        kept = report.kept
        dropped = report.dropped
        skipped = report.skipped.map(SkippedRowJSON.init)
        photos = report.photos
        photoBytes = report.photoBytes
        storedPhotos = report.storedPhotos
        unmentioned = report.unmentioned
        unmentionedCopies = report.unmentionedCopies
        otherFiles = report.otherFiles
        refusedCount = report.refusedCount
        refused = report.refused.map {
            Refused(name: $0.name, code: $0.reason.rawValue, reason: $0.reason.description)
        }
        duplicates = report.duplicates.map { Duplicate(sha256: $0.contentHash, ids: $0.ids) }
        seconds = (report.seconds * 1000).rounded() / 1000
    }
}
