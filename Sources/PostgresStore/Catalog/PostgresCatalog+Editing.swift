import CatalogStore

extension PostgresCatalog {
    /// Stores an item that came by the API, photo and vector included, in one transaction.
    ///
    /// - Parameters:
    ///   - item: the item, with the content hash of its photo.
    ///   - photo: the photo and its vector; `nil` keeps the one that the item has.
    ///   - mode: what may be there already.
    /// - Returns: what became of it, and the item as it is stored.
    /// - Throws: ``PostgresError``; then nothing has changed, unless it says that this is not known.
    func edit(
        _ item: CatalogItem, photo: (bytes: [UInt8], vector: [Float])?, mode: EditMode
    ) throws(PostgresError) -> (result: EditResult, item: CatalogItem?) {
        // On its own: what is rolled back must not be remembered.
        let facets = try pool.read { connection throws(PostgresError) in
            try dictionary.numbers(of: [item], connection)[0]
        }
        var isRepeatable = true
        if case .add = mode { isRepeatable = false }
        return try pool.transaction(isRepeatable: isRepeatable) { connection throws(PostgresError) in
            try Self.lock([item.id], connection)
            let current = try connection.query(
                "SELECT i.photo, f.content_hash FROM item i JOIN photo f ON f.number = i.photo WHERE i.id = $1 FOR UPDATE OF i",
                [.text(item.id)])
            let isThere = current.count > 0
            switch mode {
            case .add where isThere: return (.refused, nil)
            case .change(let hash) where !isThere || (!hash.isEmpty && current.text(0, 1) != hash):
                return (.refused, nil)
            case .add, .put, .change: break
            }
            let number: Int
            if let photo {
                number = try Self.store(photo: photo.bytes, contentHash: item.contentHash, connection)
                try Self.store(vector: photo.vector, photo: number, connection)
            } else {
                guard isThere else { return (.refused, nil) }
                number = current.integer(0, 0)
            }
            try connection.query(
                """
                INSERT INTO item (\(ItemRow.written), photo, is_edited) VALUES (\(ItemRow.writtenValues), $15, true)
                ON CONFLICT (id) DO UPDATE SET \(ItemRow.updates), is_edited = true
                """, ItemRow.parameters(item, facets: facets, stamp: nil) + [.integer(number)])
            try connection.query("DELETE FROM waiting_item WHERE id = $1", [.text(item.id)])
            try connection.query("DELETE FROM removed_item WHERE id = $1", [.text(item.id)])
            let stored = try connection.query(
                "SELECT \(ItemRow.columns) FROM item i JOIN photo f ON f.number = i.photo WHERE i.id = $1",
                [.text(item.id)])
            return (isThere ? .replaced : .added, ItemRow.item(stored, 0))
        }
    }

    /// Removes an item and remembers that the API did.
    ///
    /// - Returns: whether there was such an item.
    func removeByEdit(id: String) throws(PostgresError) -> Bool {
        try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            try Self.lock([id], connection)
            let removed = try connection.query("DELETE FROM item WHERE id = $1 RETURNING 1", [.text(id)])
            guard removed.count > 0 else { return false }
            try connection.query("DELETE FROM waiting_item WHERE id = $1", [.text(id)])
            try connection.query("INSERT INTO removed_item VALUES ($1) ON CONFLICT DO NOTHING", [.text(id)])
            return true
        }
    }

    /// Forgets what came by the API: the catalog's folder alone counts again.
    public func forgetEdits() throws(PostgresError) {
        try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            try connection.query("UPDATE item SET is_edited = false WHERE is_edited")
            try connection.query("DELETE FROM removed_item")
        }
    }

    /// Until the transaction ends, nobody else stores these items: neither the API, nor a worker that has a vector for one.
    static func lock(_ ids: [String], _ connection: PostgresConnection) throws(PostgresError) {
        // In one order, so that two do not wait for each other in a circle.
        try connection.query(
            """
            SELECT count(pg_advisory_xact_lock(key)) FROM (
                SELECT DISTINCT hashtextextended(id, 7) AS key FROM unnest($1::text[]) id ORDER BY key) keys
            """, [.texts(ids)])
    }

    /// Stores a photo if it is not there, and holds it until the transaction ends.
    ///
    /// - Returns: its number.
    static func store(
        photo bytes: [UInt8], contentHash: String, _ connection: PostgresConnection
    ) throws(PostgresError) -> Int {
        while true {
            let known = try connection.query(
                "SELECT number FROM photo WHERE content_hash = $1 FOR NO KEY UPDATE", [.text(contentHash)])
            if known.count > 0 { return known.integer(0, 0) }
            let new = try connection.query(
                "INSERT INTO photo (content_hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING number",
                [.text(contentHash), .bytes(bytes)])
            if new.count > 0 { return new.integer(0, 0) }
        }
    }

    /// Stores the vector of a photo that is held; the photo no longer waits for one.
    static func store(
        vector: [Float], photo: Int, _ connection: PostgresConnection
    ) throws(PostgresError) {
        try connection.query(
            "INSERT INTO embedding (photo, vector) VALUES ($1, $2) ON CONFLICT (photo) DO NOTHING",
            [.integer(photo), .vector(vector)])
        try connection.query("DELETE FROM task WHERE photo = $1", [.integer(photo)])
        try moveWaiting(photos: [photo], connection)
    }

    /// Puts the items that have waited for these photos' vectors in their place.
    static func moveWaiting(photos: [Int], _ connection: PostgresConnection) throws(PostgresError) {
        let waiting = try connection.query(
            "SELECT id FROM waiting_item WHERE photo = ANY ($1::bigint[])", [.integers(photos)])
        guard waiting.count > 0 else { return }
        try lock((0..<waiting.count).map { waiting.text($0, 0) }, connection)
        try connection.query(
            """
            WITH moved AS (DELETE FROM waiting_item WHERE photo = ANY ($1::bigint[]) RETURNING *)
            INSERT INTO item (\(ItemRow.written), photo) SELECT \(ItemRow.written), photo FROM moved
            WHERE NOT EXISTS (SELECT FROM removed_item WHERE removed_item.id = moved.id)
            ON CONFLICT (id) DO UPDATE SET \(ItemRow.updates) WHERE NOT item.is_edited
            """, [.integers(photos)])
    }
}
