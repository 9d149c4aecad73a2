/// The tables of a catalog in PostgreSQL, all in the schema `vitrine`, and how they come to be.
enum PostgresSchema {
    /// Steps that were ever released stay as they are; new ones are added at the end.
    static let migrations: [(name: String, sql: String)] = [("items, photos, embeddings, queue", first)]

    /// Any number, the same for all versions: whoever migrates, or does what only one may do at a time, holds it.
    static let migrationLock = 0x7669_7472_696E
    static let productLock = migrationLock + 1
    static let indexLock = migrationLock + 2
    static let runLock = migrationLock + 3

    /// Brings the database up to date, however long that takes. Of several servers that start together one does it, and the
    /// others wait for it.
    ///
    /// - Parameters:
    ///   - connection: to the database; after an error it is good for nothing.
    ///   - limits: how long is waited for locks.
    /// - Throws: ``PostgresError``; ``PostgresError/conflict(reason:)`` if others hold locks for longer than that.
    static func migrate(_ connection: PostgresConnection, limits: PostgresLimits) throws(PostgresError) {
        // Most times there is nothing to do, and nothing to lock.
        if try version(connection) == migrations.count { return }
        let lock = [PostgresParameter.integer(migrationLock)]
        do throws(PostgresError) {
            try connection.unhurried(waitingForLocks: limits.migrationLocks) { () throws(PostgresError) in
                try connection.query("SELECT pg_advisory_lock($1)", lock)
                try migrateLocked(connection)
                try connection.query("SELECT pg_advisory_unlock($1)", lock)
            }
        } catch .conflict(let reason) {
            throw .conflict(
                reason:
                    "its tables could not be brought up to date, since another process was at it or held a lock for "
                    + "more than \(limits.migrationLocks.inWords) (\(reason)). End long transactions in this database.")
        }
    }

    private static func migrateLocked(_ connection: PostgresConnection) throws(PostgresError) {
        let done = try version(connection)
        guard done <= migrations.count else {
            throw .unusable(
                reason: "The database was written by a newer version of Vitrine. Use that version, or another database."
            )
        }
        if done == 0 { try prepare(connection) }
        for (number, migration) in migrations.enumerated().dropFirst(done) {
            try connection.run("BEGIN;" + migration.sql)
            try connection.query(
                "INSERT INTO migration (version, name) VALUES ($1, $2)",
                [.integer(number + 1), .text(migration.name)])
            try connection.run("COMMIT")
        }
    }

    /// How many migrations the database has seen.
    private static func version(_ connection: PostgresConnection) throws(PostgresError) -> Int {
        let known = try connection.query("SELECT to_regclass('vitrine.migration') IS NOT NULL")
        guard known.boolean(0, 0) else { return 0 }
        return try connection.query("SELECT coalesce(max(version), 0) FROM vitrine.migration").integer(0, 0)
    }

    private static func prepare(_ connection: PostgresConnection) throws(PostgresError) {
        do throws(PostgresError) {
            try connection.run("CREATE EXTENSION IF NOT EXISTS vector")
        } catch .refused(let state, let message) {
            throw .unusable(
                reason: "The database needs the extension pgvector, and it could not be made: \(message) (\(state)). "
                    + "Install pgvector, and let a superuser run CREATE EXTENSION vector in this database.")
        }
        let version = try connection.query("SELECT extversion FROM pg_extension WHERE extname = 'vector'").text(0, 0)
        guard isRecent(version) else {
            throw .unusable(
                reason: "The database has pgvector \(version); Vitrine needs 0.8 or later (iterative scans).")
        }
        do throws(PostgresError) {
            try connection.run(
                """
                CREATE SCHEMA IF NOT EXISTS vitrine;
                CREATE TABLE IF NOT EXISTS vitrine.migration (
                    version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
                """)
        } catch .refused(let state, let message) {
            throw .unusable(
                reason: "The schema vitrine could not be made: \(message) (\(state)). Let the database's owner run "
                    + "CREATE SCHEMA vitrine AUTHORIZATION with the name of this user.")
        }
    }

    /// Iterative scans came with 0.8.
    static func isRecent(_ version: String) -> Bool {
        let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
        return (numbers.first ?? 0, numbers.dropFirst().first ?? 0) >= (0, 8)
    }

    private static let first = """
        -- One row. The model is known from the first vector on; a database belongs to one model and one place among shards.
        CREATE TABLE catalog (
            only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
            model_hash text, model_name text, precision text, dimension integer,
            shard integer, shards integer,
            recognized_generation bigint NOT NULL DEFAULT -1
        );
        INSERT INTO catalog DEFAULT VALUES;

        -- Counts every change of items. Their sum is what counts: with several rows, who writes seldom waits for another.
        CREATE TABLE generation (stripe integer PRIMARY KEY, number bigint NOT NULL) WITH (fillfactor = 50);
        INSERT INTO generation SELECT stripe, 0 FROM generate_series(0, 15) stripe;

        -- Photos by content, so that every server can show them and every worker embed them.
        CREATE TABLE photo (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            content_hash text COLLATE "C" NOT NULL UNIQUE,
            bytes bytea NOT NULL,
            stored_at timestamptz NOT NULL DEFAULT now()
        );
        -- They are compressed already.
        ALTER TABLE photo ALTER COLUMN bytes SET STORAGE EXTERNAL;

        CREATE TABLE embedding (
            photo bigint PRIMARY KEY REFERENCES photo ON DELETE CASCADE,
            vector vector NOT NULL
        );
        -- Beside its key, so that comparing with all of them reads one table.
        ALTER TABLE embedding ALTER COLUMN vector SET STORAGE MAIN;

        -- Values of attributes by number; category, colour, gender and currency are attributes here.
        CREATE TABLE attribute_value (
            number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            -- SHA-256 of name and value as they are compared: without regard to the case of ASCII letters.
            key bytea NOT NULL UNIQUE,
            name text NOT NULL,
            value text NOT NULL
        );

        -- Items that can be found: each has a photo with a vector.
        CREATE TABLE item (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            name text, category text, colour text, gender text, price double precision, currency text, url text,
            description text,
            -- [["season", "Winter"], ...] in the catalog's order.
            attributes json NOT NULL DEFAULT '[]',
            -- Numbers of the values of all attributes, for filters and counts.
            facets integer[] NOT NULL DEFAULT '{}',
            photo bigint NOT NULL REFERENCES photo,
            -- The photo's file in the catalog's folder as it was read; of items that came by the API there is none.
            image_path text NOT NULL DEFAULT '', file_size bigint NOT NULL DEFAULT 0,
            file_modified bigint NOT NULL DEFAULT 0,
            -- Whether the API had the last word: then the catalog's folder has none.
            is_edited boolean NOT NULL DEFAULT false
        );
        CREATE INDEX item_photo ON item (photo);
        CREATE INDEX item_facets ON item USING gin (facets);
        CREATE INDEX item_price ON item (price);

        -- Items, new or changed, that wait for the vector of their photo; then they take the place of what item has.
        CREATE TABLE waiting_item (LIKE item INCLUDING DEFAULTS);
        ALTER TABLE waiting_item DROP COLUMN number, DROP COLUMN is_edited;
        ALTER TABLE waiting_item ADD PRIMARY KEY (id),
            ADD FOREIGN KEY (photo) REFERENCES photo;
        CREATE INDEX waiting_item_photo ON waiting_item (photo);

        -- Photos to embed. Workers take rows with FOR UPDATE SKIP LOCKED and delete them with the transaction that stores
        -- the vectors: a worker that dies gives its rows back.
        CREATE TABLE task (
            photo bigint PRIMARY KEY REFERENCES photo ON DELETE CASCADE,
            -- Why the photo cannot be embedded; it is not tried again.
            failure text
        );

        -- Items that the API removed: the catalog's folder does not bring them back.
        CREATE TABLE removed_item (id text COLLATE "C" PRIMARY KEY);

        -- Which items are one product, of those that are not alone in theirs. The product's name is its first item's id,
        -- so that it is the same in every shard.
        CREATE TABLE product_item (
            item bigint PRIMARY KEY REFERENCES item ON DELETE CASCADE,
            product text COLLATE "C" NOT NULL,
            position integer NOT NULL,
            colours integer NOT NULL
        );
        CREATE INDEX product_item_product ON product_item (product, position);

        CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE vitrine.generation SET number = number + 1 WHERE stripe = pg_backend_pid() % 16;
            RETURN NULL;
        END $$;
        CREATE TRIGGER item_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON item
            FOR EACH STATEMENT EXECUTE FUNCTION count_change();
        """
}
