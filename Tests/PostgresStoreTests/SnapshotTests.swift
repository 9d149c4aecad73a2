import CatalogStore
import Foundation
import PostgresStore
import PostgresTesting
import Synchronization
import Testing

@Suite("What takes long in databases", .enabled(if: PostgresServer.isAvailable, "make test fetches PostgreSQL"))
struct SnapshotTests {
    private static let model = PostgresCatalog.Model(
        hash: "hash", name: "fashion", precision: "float32", dimension: 3)

    /// Items whose vectors say which one they are of, every `count`-th number from `shard` on.
    private func fill(_ server: PostgresServer, _ address: String, numbers: StrideThrough<Int>) throws {
        let values = numbers.map(String.init).joined(separator: ",")
        try server.sql(
            """
            SET search_path = vitrine, public;
            INSERT INTO photo (content_hash, bytes) SELECT 'h' || n, '' FROM unnest('{\(values)}'::int[]) n;
            INSERT INTO embedding SELECT number, ARRAY[substr(content_hash, 2)::real, 0, 1]::vector FROM photo;
            INSERT INTO item (id, photo, attributes)
                SELECT 'i' || substr(content_hash, 2), number, '[["size", "M"]]' FROM photo;
            """, in: address)
    }

    /// The number that a vector holds.
    private func number(_ vector: UnsafeRawBufferPointer) -> Int {
        Int(Float(bitPattern: UInt32(littleEndian: vector.loadUnaligned(as: UInt32.self))))
    }

    @Test("an export is of one moment of every shard, in the order of identifiers, whatever happens meanwhile")
    func moment() throws {
        let servers = try PostgresServer.Version.allCases.map { try PostgresServer.shared($0) }
        let addresses = try servers.map { try $0.makeDatabase() }
        let shards = try ShardSet(addresses)
        try shards.waitUntilReady(.seconds(60))
        for (place, server) in servers.enumerated() {
            try shards.catalogs[place].claim(Self.model)
            try fill(server, addresses[place], numbers: stride(from: place, through: 2999, by: 2))
        }
        // One of another model's length has no embedding of this one.
        try servers[0].sql(
            "UPDATE vitrine.embedding SET vector = '[1,2]' WHERE photo = (SELECT photo FROM vitrine.item WHERE id = 'i4')",
            in: addresses[0])
        var heading: ExportHeading?
        var ids: [String] = []
        try shards.export(dimension: 3) {
            heading = $0
        } row: { item, vector in
            if ids.isEmpty {
                for (server, address) in zip(servers, addresses) {
                    try server.sql("DELETE FROM vitrine.item", in: address)
                }
            }
            #expect(item.id == "i\(number(vector))" && item.contentHash == "h\(number(vector))" && vector.count == 12)
            ids.append(item.id)
        }
        #expect(
            heading
                == ExportHeading(
                    rows: 2999, withoutEmbedding: 1, attributes: [AttributeUse(name: "size", times: 1, place: 1)]))
        #expect(ids == (0..<3000).filter { $0 != 4 }.map { "i\($0)" }.sorted())
        try shards.export(dimension: 3) {
            heading = $0
        } row: { _, _ in
            Issue.record("they are gone")
        }
        #expect(heading?.rows == 0)
    }

    @Test("an export of a shard that goes away half way ends with an error that names it")
    func lost() throws {
        let servers = [try PostgresServer.shared(.v18), try PostgresServer(.v16)]
        defer { withExtendedLifetime(servers) {} }
        let addresses = try servers.map { try $0.makeDatabase() }
        let shards = try ShardSet(addresses)
        try shards.waitUntilReady(.seconds(60))
        for (place, server) in servers.enumerated() {
            try fill(server, addresses[place], numbers: stride(from: place, through: 2999, by: 2))
        }
        var count = 0
        do {
            try shards.export(dimension: 3) {
                #expect($0.rows == 3000)
            } row: { _, _ in
                count += 1
                if count == 10 { try servers[1].stop() }
            }
            Issue.record("it came to an end")
        } catch let error as PostgresError {
            #expect("\(error)".contains("cannot be reached: postgresql://127.0.0.1:\(servers[1].port)/"))
            #expect("\(error)".contains("shard 2 of 2"), "\(error)")
        }
        #expect(count >= 10 && count < 3000)
    }

    /// Holds something in a database until it is released, on a thread of its own; returns when it is held.
    private func hold(_ server: PostgresServer, _ address: String, _ sql: String) throws {
        Thread { _ = try? server.sql("SET application_name = 'holder'; \(sql); SELECT pg_sleep(120)", in: address) }
            .start()
        let end = ContinuousClock.now + .seconds(60)
        while try holders(server, address, "count(*)") != "1", ContinuousClock.now < end {
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    private func release(_ server: PostgresServer, _ address: String) throws {
        _ = try holders(server, address, "pg_terminate_backend(pid, 60000)")
    }

    private func holders(_ server: PostgresServer, _ address: String, _ what: String) throws -> String {
        try server.sql(
            """
            SELECT \(what) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'holder' AND wait_event = 'PgSleep'
            """, in: address)
    }

    @Test(
        "tables and the index are made however long it takes, and other statements keep their short limit",
        arguments: PostgresServer.Version.allCases)
    func unhurried(_ version: PostgresServer.Version) throws {
        let server = try PostgresServer.shared(version)
        let address = try server.makeDatabase()
        // More than the limit, and than the second by which this side waits longer.
        try server.sql(
            """
            CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(6); END $$;
            CREATE EVENT TRIGGER slow ON ddl_command_start WHEN TAG IN ('CREATE TRIGGER') EXECUTE FUNCTION slow();
            """, in: address)
        var limits = PostgresLimits()
        limits.statement = .seconds(3)
        limits.connections = 1
        let start = ContinuousClock.now
        let catalog = PostgresCatalog(try PostgresAddress(address), limits: limits)
        while catalog.problem?.description.contains("brought up to date") != true,
            ContinuousClock.now - start < .seconds(60)
        { Thread.sleep(forTimeInterval: 0.01) }
        // Not given up, though far more than this.
        try catalog.waitUntilReady(.milliseconds(200))
        #expect(ContinuousClock.now - start > .seconds(6))
        try catalog.claim(Self.model)
        try fill(server, address, numbers: stride(from: 0, through: 99, by: 1))
        try server.sql(
            """
            CREATE EVENT TRIGGER slow_index ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION slow();
            """, in: address)
        let indexStart = ContinuousClock.now
        #expect(try catalog.makeIndex(.hnsw))
        #expect(ContinuousClock.now - indexStart > .seconds(6))
        #expect(try catalog.statistics().hasIndex)

        try hold(server, address, "BEGIN; LOCK TABLE vitrine.generation")
        let askStart = ContinuousClock.now
        #expect(throws: PostgresError.self) { try catalog.generation() }
        #expect(ContinuousClock.now - askStart < .seconds(60))
        try release(server, address)
        // That may have been taken for the end of the server, which is looked for again and again.
        let releaseEnd = ContinuousClock.now + .seconds(60)
        while (try? catalog.generation()) == nil, ContinuousClock.now < releaseEnd {
            Thread.sleep(forTimeInterval: 0.1)
        }
        #expect(try catalog.generation() > 0)
    }

    @Test("where others hold locks for long, it is said which, and it is done when they are gone")
    func locks() throws {
        let server = try PostgresServer.shared(.v18)
        let address = try server.makeDatabase()
        var limits = PostgresLimits()
        limits.migrationLocks = .milliseconds(300)
        limits.indexLocks = .milliseconds(300)
        // What whoever makes the tables holds.
        let lock = 0x7669_7472_696E
        try hold(server, address, "SELECT pg_advisory_lock(\(lock))")
        let catalog = PostgresCatalog(try PostgresAddress(address), limits: limits)
        func reason(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return ""
        }
        // Until it has been reached at all.
        var refused = "has not answered yet"
        for _ in 0..<600 where refused.contains("has not answered yet") {
            refused = reason { try catalog.waitUntilReady(.milliseconds(100)) }
        }
        #expect(refused.contains("could not be brought up to date") && refused.contains("0.3 s"), "\(refused)")
        try release(server, address)
        try catalog.waitUntilReady(.seconds(60))
        try catalog.claim(Self.model)
        try fill(server, address, numbers: stride(from: 0, through: 99, by: 1))

        try hold(server, address, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM vitrine.item")
        let given = reason { _ = try catalog.makeIndex(.hnsw) }
        #expect(
            given.contains("other transactions did not end for 0.3 s") && given.contains("vitrine index"), "\(given)")
        #expect(try !catalog.statistics().hasIndex)
        try release(server, address)
        #expect(try catalog.makeIndex(.hnsw))
    }
}
