import Foundation
import PostgresTesting
import Synchronization
import Testing

/// What a load of clients has met.
private final class Load: Sendable {
    private let done = Atomic(false)
    private let counted = Mutex<(statuses: [Int: Int], partial: Int)>(([:], 0))

    var isDone: Bool { done.load(ordering: .acquiring) }
    var statuses: [Int: Int] { counted.withLock(\.statuses) }
    var partial: Int { counted.withLock(\.partial) }

    func finish() { done.store(true, ordering: .releasing) }

    /// Waits until so many answers more were whole, or partial.
    func wait(for count: Int, partial isPartial: Bool) async throws {
        func met() -> Int { counted.withLock { isPartial ? $0.partial : $0.statuses.values.reduce(0, +) - $0.partial } }
        let (wanted, end) = (met() + count, ContinuousClock.now + .seconds(60))
        while met() < wanted, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        try #require(met() >= wanted)
    }

    func count(_ status: Int, isPartial: Bool) {
        counted.withLock {
            $0.statuses[status, default: 0] += 1
            if isPartial { $0.partial += 1 }
        }
    }
}

@Suite(
    "Commands with --database", .serialized, .ownThreads,
    .enabled(if: PostgresServer.isAvailable, "make test fetches PostgreSQL"))
struct DatabaseCommandTests {
    private static let token = "a-token-for-tests"
    private let authorization = ["Authorization": "Bearer " + DatabaseCommandTests.token]
    private static let password = "not-to-be-shown"

    private func server(_ catalog: SmallCatalog, _ databases: [String], _ name: String = "cache") throws
        -> RunningServer
    {
        try RunningServer(
            catalog: catalog.path, data: catalog.path + "/" + name, options: databases.flatMap { ["--database", $0] },
            environment: ["VITRINE_TOKEN": Self.token])
    }

    private func index(_ catalog: SmallCatalog, _ databases: [String], _ options: [String] = []) throws -> Outcome {
        // Addresses from the environment, as they would be with a password.
        try RunningCommand(
            ["index", "--catalog", catalog.path, "--json"] + options,
            environment: ["VITRINE_DATABASE": databases.joined(separator: " ")]
        ).wait()
    }

    /// Seconds until `isSo`, up to a limit.
    private func seconds(until limit: Double = 60, _ isSo: () async throws -> Bool) async throws -> Double {
        let start = ContinuousClock.now
        while try await !isSo(), (ContinuousClock.now - start) / .seconds(1) < limit {
            try await Task.sleep(for: .milliseconds(50))
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    @Test("two servers show one catalog; both say 503 while the database is away, and come back by themselves")
    func twoServers() async throws {
        let postgres = try PostgresServer(.v18)
        defer { withExtendedLifetime(postgres) {} }
        let database = try postgres.makeDatabase()
        let catalog = try SmallCatalog(count: 12)
        let report = try index(catalog, [database])
        #expect(report.status == 0, "\(report.errors)")
        #expect(try report.json()["items"] as? Int == 12 && report.json()["embedded"] as? Int == 12)
        let found = try RunningCommand.run(
            "search", catalog.path + "/images/\(catalog.ids[3]).jpg", "--database", database, "--data",
            catalog.path + "/search", "--json")
        #expect((try found.json()["results"] as? [[String: Any]])?.first?["id"] as? String == catalog.ids[3])

        let (one, other) = (try server(catalog, [database], "one"), try server(catalog, [database], "other"))
        let photo = try catalog.photo(catalog.ids[5])
        for server in [one, other] {
            #expect(try await server.search(photo).ids().first == catalog.ids[5])
            let answer = try await server.search(photo).json()
            #expect(answer["partial"] == nil)
            #expect(try await server.get("/readyz").text == "ready\n")
        }
        let json = authorization.merging(["Content-Type": "application/json"]) { $1 }
        let path = "/api/v1/items/\(catalog.ids[5])"
        let changed = try await one.send(path, method: "PUT", headers: json, body: Array(#"{"name":"Anew"}"#.utf8))
        #expect(changed.status == 200)
        #expect(try await other.get(path).json()["name"] as? String == "Anew")
        #expect(try await other.get("/images/\(catalog.ids[5]).jpg").body == photo)
        #expect(try await other.get("/items/\(catalog.ids[5])").status == 200)

        let search = try await seconds { try await one.search(photo).status == 200 }
        try postgres.stop()
        for server in [one, other] {
            let refused = try await server.search(photo)
            #expect(refused.status == 503 && refused.errorCode == "database_unavailable")
            #expect(refused.headers["retry-after"] == "2")
            let page = try await server.get("/catalog", headers: ["Accept": "text/html"])
            #expect(page.status == 503 && page.text.contains("cannot be reached for the moment"))
            let ready = try await server.get("/readyz")
            #expect(ready.status == 503 && ready.text == "the database is unavailable\n")
            #expect(try await server.get("/healthz").status == 200)
            let change = try await server.send(path, method: "DELETE", headers: authorization, body: nil)
            #expect(change.status == 503 && change.errorCode == "database_unavailable")
        }
        try postgres.start()
        for server in [one, other] {
            let time = try await seconds { try await server.search(photo).status == 200 }
            #expect(time < 5 + 20 * search, "back after \(time) s; a search took \(search) s before")
            #expect(try await server.get("/readyz").status == 200)
            server.command.send(SIGTERM)
            #expect(server.command.wait().status == 0)
            #expect(!(server.command.output + server.command.errors).contains(Self.password))
        }
        #expect(!(report.output + report.errors).contains(Self.password))
    }

    @Test(
        "with a shard stopped under load, answers go on and are labelled partial; they are whole within 5 s after it is back"
    )
    func shards() async throws {
        let servers = [try PostgresServer(.v18), try PostgresServer(.v16)]
        defer { withExtendedLifetime(servers) {} }
        let databases = try servers.map { try $0.makeDatabase() }
        let catalog = try SmallCatalog(count: 24)
        #expect(try index(catalog, databases).status == 0)
        let server = try server(catalog, databases)
        let photo = try catalog.photo(catalog.ids[0])
        let whole = try await server.search(photo, query: "?k=24").ids()
        #expect(Set(whole) == Set(catalog.ids))

        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while !load.isDone {
                        let answer = try await server.search(photo, query: "?k=24")
                        let isPartial = try answer.json()["partial"] as? Bool == true
                        load.count(answer.status, isPartial: isPartial)
                        guard answer.status == 200 else { continue }
                        let ids = try answer.ids()
                        if isPartial {
                            let json = try answer.json()
                            #expect(json["missing_shards"] as? [Int] == [2] && json["shards"] as? Int == 2)
                            #expect(!ids.isEmpty && ids.count < 24 && Set(ids).isSubset(of: whole))
                        } else {
                            #expect(ids == whole)
                        }
                    }
                }
            }
            try await load.wait(for: 8, partial: false)
            let search = try await seconds { try await server.search(photo).status == 200 }
            try servers[1].stop()
            try await load.wait(for: 8, partial: true)
            let page = try await server.get("/catalog")
            #expect(page.status == 200 && page.text.contains("Part of the catalog cannot be reached"))
            #expect(try await server.get("/readyz").text == "ready, without shard 2 of 2\n")
            let missing = try #require(
                catalog.ids.first { whole.contains($0) && !page.text.contains("/items/\($0)\"") })
            #expect(try await server.get("/api/v1/items/\(missing)").status == 503)
            #expect(try await server.get("/metrics").text.contains("database_up{shard=\"2\"} 0"))
            let counted = try RunningCommand(["catalog", "stats"] + databases.flatMap { ["--database", $0] }).wait()
            #expect(counted.status == 69 && counted.output.contains("shard 1 of 2"))
            #expect(counted.errors.contains("Shard 2 of 2 is away"))
            try servers[1].start()
            let time = try await seconds { try await server.search(photo).json()["partial"] == nil }
            // A busy machine takes its time for searches, too.
            #expect(time < 5 + 20 * search, "whole again after \(time) s; a search took \(search) s before")
            try await load.wait(for: 8, partial: false)
            load.finish()
            try await group.waitForAll()
        }
        #expect(Set(load.statuses.keys) == [200], "\(load.statuses)")
        let after = try await server.search(photo, query: "?k=24")
        #expect(try after.ids() == whole, "\(after.text.prefix(300))")
        #expect(try await !server.get("/catalog").text.contains("Part of the catalog"))
        server.command.send(SIGTERM)
        let log = server.command.wait().errors
        #expect(log.contains(" is away, and is tried again") && log.contains(" can be used"))
    }

    @Test("of five workers on a queue one is killed again and again: every photo is embedded once, and none is lost")
    func killedWorkers() async throws {
        let postgres = try PostgresServer.shared(.v18)
        let database = try postgres.makeDatabase()
        let catalog = try SmallCatalog(count: 240)
        let report = try index(catalog, [database], ["--enqueue"])
        #expect(report.status == 0, "\(report.errors)")
        #expect(try postgres.sql("SELECT count(*) FROM vitrine.task", in: database) == "\(catalog.ids.count)")
        #expect(try postgres.sql("SELECT count(*) FROM vitrine.item", in: database) == "0")
        func worker() throws -> RunningCommand {
            try RunningCommand([
                "embed", "--queue", "--database", database, "--batch", "8", "--model", "fashion-resnet18",
            ])
        }
        func left() throws -> Int {
            Int(try postgres.sql("SELECT count(*) FROM vitrine.task", in: database)) ?? -1
        }
        var workers = try (0..<5).map { _ in try worker() }
        var killed = 0
        // The first at once: on a busy machine all may be done before somebody looks again.
        repeat {
            let victim = workers.removeFirst()
            if victim.isRunning {
                victim.send(SIGKILL)
                killed += 1
            }
            workers.append(try worker())
            try await Task.sleep(for: .milliseconds(250))
        } while try left() > 40 && killed < 8
        for worker in workers {
            let outcome = worker.wait()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(killed > 0)
        #expect(try left() == 0)
        let counts = try postgres.sql(
            """
            SELECT (SELECT count(*) FROM vitrine.photo), (SELECT count(*) FROM vitrine.embedding),
                (SELECT count(*) FROM vitrine.item), (SELECT count(*) FROM vitrine.waiting_item)
            """, in: database)
        #expect(counts == "\(catalog.ids.count)|\(catalog.ids.count)|\(catalog.ids.count)|0")
        let again = try RunningCommand(
            ["index", "--catalog", catalog.path, "--database", database, "--json", "--model", "fashion-resnet18"])
            .wait()
        #expect(try again.json()["embedded"] as? Int == 0 && again.json()["stored"] as? Int == 0)
    }

    @Test("a worker goes on with the queue of one shard while another is away, and with that when it is back")
    func workerWithoutShard() throws {
        let servers = [try PostgresServer(.v16), try PostgresServer(.v18)]
        defer { withExtendedLifetime(servers) {} }
        let databases = try servers.map { try $0.makeDatabase() }
        let catalog = try SmallCatalog(count: 24)
        #expect(try index(catalog, databases).status == 0)
        for id in catalog.ids { try catalog.folder.write(try catalog.photo(id) + [0], to: "images/\(id).jpg") }
        #expect(try index(catalog, databases, ["--enqueue"]).status == 0)
        func left(_ place: Int) throws -> Int? {
            Int(try servers[place].sql("SELECT count(*) FROM vitrine.task", in: databases[place]))
        }
        #expect(try (left(0) ?? 0) > 0 && (left(1) ?? 0) > 0)
        try servers[0].stop()
        let worker = try RunningCommand(
            ["embed", "--queue", "--follow"] + databases.flatMap { ["--database", $0] })
        worker.wait { (try? left(1)) == 0 }
        #expect(try left(1) == 0, "\(worker.errors)")
        try servers[0].start()
        worker.wait { (try? left(0)) == 0 }
        #expect(try left(0) == 0, "\(worker.errors)")
        worker.send(SIGTERM)
        let outcome = worker.wait()
        #expect(outcome.status == 0 && outcome.output.hasPrefix("24 photos embedded"), "\(outcome)")
        #expect(outcome.errors.contains("shard 1 of 2") && !outcome.errors.contains(Self.password), "\(outcome)")
    }

    @Test("what makes no sense is refused with a sentence and a status")
    func refused() throws {
        func status(_ arguments: String...) throws -> Int32 { try RunningCommand(arguments).wait().status }
        #expect(try status("embed", "--queue") == 64)
        #expect(try status("embed") == 64)
        #expect(try status("index", "--enqueue", "--catalog", Project.catalog) == 64)
        let gone = try RunningCommand.run("search", "x.jpg", "--database", "postgresql://u:\(Self.password)@[::1/x")
        #expect(gone.status != 0 && gone.errors.hasPrefix("vitrine: ") && !gone.errors.contains(Self.password))
    }
}
