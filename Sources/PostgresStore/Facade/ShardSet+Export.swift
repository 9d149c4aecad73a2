import CatalogStore

extension ShardSet {
    /// Gives out every item that has an embedding, in the order of identifiers: see `CatalogDatabase.export`.
    ///
    /// Each database is read as of one moment, and all of them as of nearly the same one; every one has to be there.
    ///
    /// - Parameters:
    ///   - dimension: the length of the embeddings.
    ///   - start: called first.
    ///   - body: called with each item and its vector, `dimension` little-endian floats.
    /// - Throws: ``PostgresError``, and what the two throw.
    /// - Complexity: reads all items and vectors, some hundred of each shard at a time.
    package func export(
        dimension: Int, start: (ExportHeading) throws -> Void,
        row body: (CatalogItem, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        // All moments first, then what takes long.
        let snapshots = try catalogs.map { catalog in try CatalogSnapshot(of: catalog) }
        let counts = try snapshots.map { try $0.counts(dimension: dimension) }
        try start(
            ExportHeading(
                rows: counts.reduce(0) { $0 + $1.rows },
                withoutEmbedding: counts.reduce(0) { $0 + $1.withoutEmbedding },
                attributes: counts.flatMap(\.attributes)))
        var items = try MergedItems(snapshots, dimension: dimension)
        while let (rows, row) = try items.next() {
            let vector = rows.vector(row, ItemRow.width).map(\.bitPattern.littleEndian)
            try vector.withUnsafeBytes { try body(ItemRow.item(rows, row), $0) }
        }
    }
}

/// The items of several databases, each in the order of identifiers, as one sequence in that order.
private struct MergedItems {
    private struct Source {
        let snapshot: CatalogSnapshot
        let cursor: PostgresCursor
        var rows: PostgresRows?
        var row = 0

        /// The identifier of the next item; `nil` at the end.
        var id: String? { rows?.text(row, 0) }

        /// Goes on to the next item.
        mutating func advance() throws(PostgresError) {
            row += 1
            guard let rows, row < rows.count else {
                // One page is gone before the next one comes.
                self.rows = nil
                let cursor = cursor
                self.rows = try snapshot.read { _ throws(PostgresError) in try cursor.next() }
                row = 0
                return
            }
        }
    }

    private var sources: [Source] = []
    /// The identifiers of the sources' next items: read once, compared often.
    private var ids: [String?] = []
    /// The source whose item was given out last; it goes on before the next one is looked for.
    private var last: Int?

    init(_ snapshots: [CatalogSnapshot], dimension: Int) throws(PostgresError) {
        for snapshot in snapshots {
            var source = Source(snapshot: snapshot, cursor: try snapshot.items(dimension: dimension))
            try source.advance()
            ids.append(source.id)
            sources.append(source)
        }
    }

    mutating func next() throws(PostgresError) -> (rows: PostgresRows, row: Int)? {
        if let last {
            try sources[last].advance()
            ids[last] = sources[last].id
        }
        var first: (place: Int, id: String)?
        for (place, id) in ids.enumerated() {
            guard let id else { continue }
            // By bytes, as the databases do.
            if let known = first, !id.utf8.lexicographicallyPrecedes(known.id.utf8) { continue }
            first = (place, id)
        }
        last = first?.place
        return first.flatMap { first in sources[first.place].rows.map { ($0, sources[first.place].row) } }
    }
}
