import CatalogStore
import Foundation
import PostgresStore
import PostgresTesting
import Recommender
import Synchronization
import Testing
import VectorSearch

@Suite("A PostgreSQL database", .serialized, .enabled(if: PostgresServer.isAvailable, "make test fetches PostgreSQL"))
struct DatabaseTests {
    private static let model = PostgresCatalog.Model(
        hash: "hash", name: "fashion", precision: "float32", dimension: 8)

    private func catalog(_ address: String, _ shard: PostgresCatalog.Shard = .init()) throws -> PostgresCatalog {
        PostgresCatalog(try PostgresAddress(address), shard: shard)
    }

    /// Runs `body` on some threads at once.
    private func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) {
        let group = DispatchGroup()
        for number in 0..<count {
            group.enter()
            Thread {
                do { try body(number) } catch { Issue.record(error) }
                group.leave()
            }.start()
        }
        group.wait()
    }

    @Test("servers that start together make the tables once", arguments: PostgresServer.Version.allCases)
    func migration(_ version: PostgresServer.Version) throws {
        let server = try PostgresServer.shared(version)
        let address = try server.makeDatabase()
        concurrently(8) { _ in try self.catalog(address).waitUntilReady(.seconds(60)) }
        #expect(try server.sql("SELECT count(*) FROM vitrine.migration", in: address) == "1")
        #expect(try server.sql("SELECT count(*) FROM vitrine.catalog", in: address) == "1")
    }

    @Test("one that a newer version wrote, holds other shards or another model's vectors is refused, and says so")
    func refused() throws {
        let server = try PostgresServer.shared(.v18)
        let address = try server.makeDatabase()
        let first = try catalog(address, .init(number: 0, count: 2))
        try first.waitUntilReady(.seconds(60))
        try first.claim(Self.model)
        let other = PostgresCatalog.Model(hash: "other", name: "street", precision: "int8", dimension: 8)
        func reason(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return ""
        }
        #expect(reason { try first.claim(other) }.contains("fashion in float32, and this is street in int8"))
        #expect(reason { try first.expect(other) }.contains("--model fashion --precision float32"))
        let swapped = try catalog(address, .init(number: 1, count: 2))
        #expect(
            reason { try swapped.waitUntilReady(.seconds(60)) }.contains("holds shard 1 of 2 and is given as 2 of 2"))
        try server.sql("INSERT INTO vitrine.migration (version, name) VALUES (99, 'future')", in: address)
        #expect(reason { try catalog(address).waitUntilReady(.seconds(60)) }.contains("newer version"))
    }

    @Test("what it is called shows no password, nor does any trouble with it")
    func secrets() throws {
        #expect(
            try "\(PostgresAddress("postgresql://shop:s3cret@db.example:5433/items"))"
                == "postgresql://db.example:5433/items")
        #expect(try "\(PostgresAddress("host=db password='s3cret' dbname=items"))" == "postgresql://db/items")
        for bad in [
            "postgresql://shop:s3cret@[::1/items", "postgresql://shop:s3cret%zz@db/items", "s3cret",
            "mysql://a:s3cret@b",
        ] {
            do {
                let catalog = try catalog(bad)
                try catalog.waitUntilReady(.milliseconds(300))
                Issue.record("\(bad) was taken")
            } catch {
                #expect(!"\(error)".contains("s3cret"), "\(error)")
            }
        }
        // Nobody listens there.
        do {
            try catalog("postgresql://shop:s3cret@127.0.0.1:1/s3cret").waitUntilReady(.seconds(1))
            Issue.record("somebody listens on port 1")
        } catch {
            #expect(!"\(error)".contains("s3cret") && "\(error)".contains("cannot be reached"))
        }
    }

    @Test(
        "a filtered search by the index gives five whenever five pass, and nearly what comparing with all gives",
        arguments: PostgresServer.Version.allCases)
    func index(_ version: PostgresServer.Version) throws {
        let server = try PostgresServer.shared(version)
        let address = try server.makeDatabase()
        var limits = PostgresLimits()
        limits.comparedOneByOne = 20
        let shards = try ShardSet([address], limits: limits)
        try shards.waitUntilReady(.seconds(60))
        let model = try ContractCatalog.model.get()
        try shards.catalogs[0].claim(PostgresCatalog.Model(model))
        // 40 bunches of vectors; every item is of its bunch, and one in 50 is rare whatever its bunch.
        try server.sql(
            """
            SELECT setseed(0.5);
            SET search_path = vitrine, public;
            CREATE TABLE centre AS SELECT b, array_agg(random() - 0.5 ORDER BY d) v
                FROM generate_series(0, 39) b, generate_series(1, \(model.dimension)) d GROUP BY b;
            INSERT INTO photo (content_hash, bytes) SELECT 'h' || n, '' FROM generate_series(1, 3000) n;
            INSERT INTO embedding SELECT p.number, (
                SELECT l2_normalize(array_agg(x + 0.3 * (random() - 0.5) + p.number * 0 ORDER BY o)::real[]::vector)
                FROM unnest(c.v) WITH ORDINALITY u (x, o)) FROM photo p JOIN centre c ON c.b = p.number % 40;
            INSERT INTO attribute_value (key, name, value) SELECT decode(k, 'hex'), n, v FROM (VALUES
                ('\(contentHash(Array("kind\u{0}bunch".utf8)))', 'kind', 'bunch'),
                ('\(contentHash(Array("kind\u{0}rare".utf8)))', 'kind', 'rare')) x (k, n, v);
            INSERT INTO item (id, photo, facets) SELECT 'i' || number, number, ARRAY(
                SELECT a.number FROM attribute_value a
                WHERE a.value = CASE WHEN p.number % 50 = 7 THEN 'rare' ELSE 'bunch' END) FROM photo p
            """, in: address)
        #expect(try shards.catalogs[0].makeIndex(.auto) == false)
        #expect(try shards.catalogs[0].makeIndex(.hnsw) == true)
        func search(_ kind: IndexKind) -> PostgresRecommender {
            PostgresRecommender(model: model, shards: shards, cacheDirectory: NSTemporaryDirectory(), kind: kind)
        }
        let (exact, approximate) = (search(.exact), search(.hnsw))
        var (hits, wanted) = (0, 0)
        for filter in [ItemFilter(), ItemFilter(["kind": ["rare"]]), ItemFilter(["kind": ["bunch"]])] {
            for id in stride(from: 1, through: 3000, by: 97) {
                let truth = try #require(try exact.nearest(toItem: "i\(id)", count: 5, filter: filter)).map(\.item.id)
                let found = try #require(try approximate.nearest(toItem: "i\(id)", count: 5, filter: filter)).map(
                    \.item.id)
                #expect(truth.count == 5 && found.count == 5)
                hits += Set(truth).intersection(found).count
                wanted += 5
            }
        }
        #expect(Double(hits) / Double(wanted) >= 0.97, "\(hits) of \(wanted)")
        let plan = try server.sql(
            """
            SET search_path = vitrine, public;
            EXPLAIN SELECT i.number FROM embedding e JOIN item i ON i.photo = e.photo
            ORDER BY e.vector::halfvec(\(model.dimension)) <=> (SELECT vector FROM embedding LIMIT 1)::halfvec(\(model.dimension))
            LIMIT 20
            """, in: address)
        #expect(plan.contains("embedding_nearest"))
    }

    @Test("no more connections are opened than allowed, however many ask")
    func connections() throws {
        let server = try PostgresServer.shared(.v18)
        let address = try server.makeDatabase()
        var limits = PostgresLimits()
        limits.connections = 3
        limits.wait = .seconds(60)
        let shards = try ShardSet([address], limits: limits)
        try shards.waitUntilReady(.seconds(60))
        let looks = Mutex<[Int]>([])
        let end = ContinuousClock.now + .seconds(60)
        @Sendable func isSeen() -> Bool { looks.withLock { $0.count >= 5 } || ContinuousClock.now > end }
        // One looks how many are open; the others ask until that has been seen some times.
        concurrently(25) { number in
            if number == 0 {
                while !isSeen() {
                    let open = try server.sql(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name = 'vitrine'
                        """, in: address)
                    looks.withLock { $0.append(Int(open) ?? -1) }
                }
            } else {
                repeat { for _ in 0..<40 { _ = try shards.catalogs[0].generation() } } while !isSeen()
            }
        }
        // They are closed with the last use of what opened them.
        withExtendedLifetime(shards) {}
        let seen = looks.withLock(\.self)
        #expect(seen.count >= 5 && seen.allSatisfy { (1...3).contains($0) }, "\(seen)")
    }

    @Test("while it is away every request fails soon, and works again soon after it is back", .timeLimit(.minutes(10)))
    func away() throws {
        let server = try PostgresServer(.v18)
        defer { withExtendedLifetime(server) {} }
        let address = try server.makeDatabase()
        var limits = PostgresLimits()
        // A server that hangs is found out long before that.
        limits.statement = .seconds(120)
        limits.connectSeconds = 3
        let shards = try ShardSet([address], limits: limits)
        try shards.waitUntilReady(.seconds(60))
        let news = Mutex<[Bool]>([])
        shards.catalogs[0].watch { problem in news.withLock { $0.append(problem == nil) } }
        let recommender = PostgresRecommender(
            model: try ContractCatalog.model.get(), shards: shards, cacheDirectory: NSTemporaryDirectory())
        let photo = try ContractCatalog.photo("a1")
        _ = try recommender.store(CatalogItem(id: "a1", name: "One"), photo: photo)
        #expect(recommender.itemCount == 1)
        func seconds(_ body: () throws -> Void) rethrows -> Double {
            let start = ContinuousClock.now
            try body()
            return (ContinuousClock.now - start) / .seconds(1)
        }
        func timeAway() -> Double {
            seconds {
                do {
                    _ = try recommender.item(id: "a1")
                    Issue.record("it is not away")
                } catch RecommenderError.databaseUnavailable {
                } catch {
                    Issue.record(error)
                }
            }
        }
        /// The median: of a busy machine one may take any time.
        func expectAwayAtOnce(_ count: Int) {
            let times = (0..<count).map { _ in timeAway() }.sorted()
            // Far less than a statement's or a connection's time, which only the first request waits for.
            #expect(times[count / 2] < 1, "\(times) s")
        }
        func expectBack() throws {
            let start = ContinuousClock.now
            while (try? recommender.item(id: "a1")) == nil, ContinuousClock.now - start < .seconds(20) {
                Thread.sleep(forTimeInterval: 0.02)
            }
            #expect(try recommender.item(id: "a1")?.name == "One" && recommender.problem == nil)
        }
        try server.stop()
        #expect(timeAway() < 10)
        #expect(recommender.problem != nil && recommender.itemCount == 1)
        expectAwayAtOnce(21)
        #expect(throws: RecommenderError.self) { try recommender.store(CatalogItem(id: "a2"), photo: photo) }
        #expect(throws: RecommenderError.self) { try recommender.facets(ItemFilter(["colour": ["red"]]), limit: 5) }
        try server.start()
        try expectBack()
        // It hangs: connections stay open, and nothing comes.
        try server.freeze()
        #expect(timeAway() < 30)
        expectAwayAtOnce(5)
        try server.thaw()
        try expectBack()
        #expect(recommender.itemCount == 1)
        #expect(news.withLock(\.self) == [true, false, true, false, true])
    }

    @Test("indexing embeds again what has lost its vector, or has one that no model makes")
    func mended() throws {
        let catalog = try ContractCatalog(.postgres16)
        try catalog.index()
        let whole = try catalog.open().itemCount
        let server = try PostgresServer.shared(.v16)
        let address = catalog.databases[0]
        _ = try server.sql(
            """
            DELETE FROM vitrine.embedding WHERE photo = (SELECT min(photo) FROM vitrine.item);
            UPDATE vitrine.embedding SET vector = vector - vector
                WHERE photo = (SELECT max(photo) FROM vitrine.item)
            """, in: address)
        let shard = try catalog.shards().catalogs[0]
        #expect(try shard.verify().count == 2)
        #expect(try catalog.index().embedded == 2)
        #expect(try shard.verify().isEmpty)
        #expect(try catalog.open().itemCount == whole)
    }

    @Test("many who store the same items at the same time all succeed, and one of them is last")
    func conflicts() throws {
        let address = try PostgresServer.shared(.v16).makeDatabase()
        let shards = try ShardSet([address])
        try shards.waitUntilReady(.seconds(60))
        let recommender = PostgresRecommender(
            model: try ContractCatalog.model.get(), shards: shards, cacheDirectory: NSTemporaryDirectory())
        let photos = try (0..<3).map { try ContractCatalog.photo("same\($0)") }
        concurrently(6) { number in
            for round in 0..<8 {
                let which = (round + number) % 3
                let item = CatalogItem(
                    id: "x\(which)", name: "\(number)", colour: "Colour \(round)", attributes: [("round", "\(round)")])
                _ = try recommender.store(item, photo: round % 2 == 0 ? photos[which] : photos[0])
            }
        }
        #expect(recommender.itemCount == 3)
        #expect(try recommender.items(offset: 0, limit: 9).items.map(\.id) == ["x0", "x1", "x2"])
    }
}
