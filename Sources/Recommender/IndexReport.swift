import CatalogStore

/// What an indexing run did.
public struct IndexReport: Sendable {
    /// Rows of the catalog's table, good and bad.
    public package(set) var rows = 0
    /// Items that can be found now.
    public package(set) var items = 0
    /// Photos that went through the network in this run.
    public package(set) var embedded = 0
    /// Items whose row or photo is new or changed, among them those whose photo was already known by its content.
    public package(set) var stored = 0
    /// Items that were dropped because they are gone from the catalog or have become unusable.
    public package(set) var dropped = 0
    /// Embeddings that were found damaged, and made anew if their photos could be read.
    public package(set) var damaged = 0
    /// Photos in the data directory that the database has never heard of, and that are left alone.
    public package(set) var unknownPhotos = 0
    /// Rows that did not become items, in the order of the table.
    public package(set) var skipped: [SkippedRow] = []
    /// What of the table was not taken as it stands.
    public package(set) var notes = TableNotes()
    /// Whether the run was stopped before its end; another run goes on from there.
    public package(set) var stopped = false
    /// Seconds that the run took.
    public package(set) var seconds = 0.0

    /// Nothing done yet.
    package init() {}

    /// The first of the skipped rows, in words.
    package var firstSkipped: String? { skipped.first.map { "line \($0.line) \($0.reason)" } }
}

/// How far an indexing run is.
public struct IndexProgress: Sendable {
    /// Rows dealt with.
    public let done: Int
    /// Rows to deal with.
    public let total: Int
    /// Photos embedded so far.
    public let embedded: Int

    /// A progress.
    public init(done: Int, total: Int, embedded: Int) {
        self.done = done
        self.total = total
        self.embedded = embedded
    }
}
