import Foundation
import ImageCodecs
import Synchronization
import Testing

/// What a load of clients shares.
private final class Progress: Sendable {
    private let done = Atomic(false)
    private let counted = Atomic(0)

    var isDone: Bool { done.load(ordering: .acquiring) }
    var searches: Int { counted.load(ordering: .acquiring) }

    func finish() { done.store(true, ordering: .releasing) }
    func count() { counted.add(1, ordering: .acquiringAndReleasing) }
}

@Suite("Changes while serving", .serialized, .ownThreads)
struct ItemChangeTests {
    private static let token = "a-token-for-tests"
    private let authorization = ["Authorization": "Bearer " + ItemChangeTests.token]

    private func server(_ catalog: SmallCatalog, _ options: [String] = []) throws -> RunningServer {
        try RunningServer(
            catalog: catalog.path, data: catalog.data, options: options, environment: ["VITRINE_TOKEN": Self.token])
    }

    /// A multipart body with an item's fields and photo.
    private func form(_ fields: [String: String], photo: [UInt8]) -> (type: String, body: [UInt8]) {
        let boundary = "vitrine-boundary"
        var body: [UInt8] = []
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8
        }
        body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n\r\n".utf8
        body += photo + Array("\r\n--\(boundary)--\r\n".utf8)
        return ("multipart/form-data; boundary=\(boundary)", body)
    }

    private func put(
        _ server: RunningServer, _ id: String, _ fields: [String: String] = [:], photo: [UInt8]
    ) async throws -> Answer {
        let (type, body) = form(fields, photo: photo)
        return try await server.send(
            "/api/v1/items/\(id)", method: "PUT",
            headers: authorization.merging(["Content-Type": type]) { $1 }, body: body)
    }

    /// Photos that differ clearly.
    private static func photo(_ number: Int) throws -> [UInt8] {
        let size = 160
        var pixels = [UInt8](repeating: 255, count: 3 * size * size)
        for y in 20..<140 {
            for x in 30..<130 {
                let block = UInt8(truncatingIfNeeded: (x / 20 * 7 + y / 24 * 13 + number * 29) * 11)
                pixels[3 * (y * size + x) + number % 3] = block
                pixels[3 * (y * size + x) + (number + 1) % 3] = UInt8(truncatingIfNeeded: number &* 67)
            }
        }
        return try JPEGEncoder.encode(RGBImage(width: size, height: size, pixels: pixels), quality: 90)
    }

    @Test("what `vitrine index` adds and drops beside a server is shown within a second, without a restart")
    func indexBesideServer() async throws {
        let catalog = try SmallCatalog(count: 12)
        let server = try server(catalog)
        let photo = try Self.photo(1)
        #expect(try await server.search(photo).ids().contains("new") == false)
        try catalog.folder.write(photo, to: "images/new.jpg")
        try catalog.append(id: "new", image: "images/new.jpg")
        let outcome = try RunningCommand.run("index", "--catalog", catalog.path, "--data", catalog.data)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try await server.search(photo).ids().first == "new")
        #expect(try await server.get("/items/new").status == 200)
        let page = try await server.get("/catalog?page=1").text
        #expect(page.contains("/items/new"))
        let table = try String(contentsOfFile: catalog.path + "/items.csv", encoding: .utf8)
        let lines = table.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("new,") }
        try catalog.folder.write(Array(lines.joined(separator: "\n").utf8), to: "items.csv")
        #expect(try RunningCommand.run("index", "--catalog", catalog.path, "--data", catalog.data).status == 0)
        #expect(try await server.search(photo).ids().contains("new") == false)
        #expect(try await server.get("/items/new").status == 404)
    }

    @Test("items are added, changed and removed over HTTP, and stay so through indexing and a restart")
    func overHTTP() async throws {
        let catalog = try SmallCatalog(count: 8)
        let photo = try Self.photo(3)
        do {
            let server = try server(catalog)
            #expect(try await server.send("/api/v1/items/x", method: "DELETE", headers: [:], body: nil).status == 401)
            #expect(try await put(server, "new", ["name": "New", "lining": "Wool"], photo: photo).status == 201)
            #expect(try await server.search(photo).ids().first == "new")
            #expect(try await server.search(photo, query: "?lining=wool").ids() == ["new"])
            #expect(try await server.get("/images/new.jpg").body == photo)
            let json = authorization.merging(["Content-Type": "application/json"]) { $1 }
            let changed = try await server.send(
                "/api/v1/items/new", method: "PUT", headers: json, body: Array(#"{"name":"Renamed","price":5}"#.utf8))
            #expect(changed.status == 200)
            let item = try await server.get("/api/v1/items/new").json()
            #expect(item["name"] as? String == "Renamed" && item["price"] as? Double == 5)
            #expect(try await server.search(photo).ids().first == "new")
            let gone = try await server.send(
                "/api/v1/items/\(catalog.ids[0])", method: "DELETE", headers: authorization, body: nil)
            #expect(gone.status == 204 && gone.body.isEmpty)
            #expect(try await server.get("/api/v1/items/\(catalog.ids[0])").status == 404)
            let bad = try await put(server, "bad", photo: Array("no photo at all".utf8))
            #expect(bad.status == 415 && bad.errorCode == "not_an_image")
        }
        let report = try RunningCommand(["index", "--catalog", catalog.path, "--data", catalog.data, "--json"]).wait()
        #expect(try report.json()["items"] as? Int == 8, "\(report.errors)")
        let server = try server(catalog)
        #expect(try await server.search(photo).ids().first == "new")
        #expect(try await server.get("/api/v1/items/\(catalog.ids[0])").status == 404)
        #expect(
            try RunningCommand.run("catalog", "verify", "--catalog", catalog.path, "--data", catalog.data).status == 0)
    }

    @Test("without a token nobody can change items, and a short one is refused at the start")
    func withoutToken() async throws {
        let catalog = try SmallCatalog(count: 4)
        let server = try RunningServer(catalog: catalog.path, data: catalog.data, environment: ["VITRINE_TOKEN": ""])
        let answer = try await put(server, "new", photo: Self.photo(1))
        #expect(answer.status == 403 && answer.errorCode == "changes_off")
        let short = try RunningCommand(
            ["serve", "--catalog", catalog.path, "--data", catalog.data, "--port", "0"],
            environment: ["VITRINE_TOKEN": "short"]
        ).wait()
        #expect(short.status == 1 && short.errors.contains("VITRINE_TOKEN"))
    }

    @Test("searches during many changes all succeed, and each answer is of one moment of the catalog")
    func load() async throws {
        let catalog = try SmallCatalog(count: 20)
        let server = try server(catalog)
        let photos = try (0..<6).map(Self.photo)
        let progress = Progress()
        let authorization = authorization
        // An item with photo k is called k at every moment, whatever it was before.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<8 {
                group.addTask {
                    while !progress.isDone {
                        let which = client % photos.count
                        let answer = try await server.search(photos[which], query: "?k=10")
                        try #require(answer.status == 200, "\(answer.text)")
                        let results = try answer.results()
                        #expect(results.count == 10)
                        for result in results where (result["id"] as? String)?.hasPrefix("moving") == true {
                            let isNear = (result["score"] as? Double ?? 0) > 0.9995
                            #expect(isNear == (result["name"] as? String == "\(which)"), "\(result)")
                        }
                        progress.count()
                    }
                }
            }
            group.addTask {
                let (rounds, end) = (Project.rounds ?? 60, ContinuousClock.now + .seconds(120))
                var round = 0
                // Until there has been enough to see.
                while round < rounds || progress.searches <= 20 && ContinuousClock.now < end {
                    defer { round += 1 }
                    let id = "moving\(round % 3)"
                    if round % 7 == 6 {
                        _ = try await server.send(
                            "/api/v1/items/\(id)", method: "DELETE", headers: authorization, body: nil)
                    } else {
                        let which = round % photos.count
                        let answer = try await self.put(server, id, ["name": "\(which)"], photo: photos[which])
                        try #require([200, 201].contains(answer.status), "\(answer.text)")
                        // What was acknowledged is there for the next request.
                        let found = try await server.search(photos[which], query: "?k=10").ids()
                        #expect(found.contains(id))
                    }
                }
                progress.finish()
            }
            try await group.waitForAll()
        }
        #expect(progress.searches > 20)
    }

    @Test("kill -9 during changes loses none that was acknowledged and leaves none half done")
    func killed() async throws {
        let catalog = try SmallCatalog(count: 6)
        let photos = try (0..<5).map(Self.photo)
        // What each item was last acknowledged to be, and what was under way when the server was killed.
        var acknowledged: [String: Int] = [:]
        var (number, answered) = (0, 0)
        for round in 0..<(Project.rounds ?? 5) {
            var pending: (id: String, which: Int?)?
            do {
                let server = try server(catalog)
                let delay = Double(40 + (round * 97) % 400) / 1000
                // From the start in one round, from the first or the second answer in others.
                let isDue = DispatchSemaphore(value: 0)
                let before = answered
                Thread {
                    _ = isDue.wait(timeout: .now() + 60)
                    Thread.sleep(forTimeInterval: delay)
                    server.command.send(SIGKILL)
                }.start()
                while server.command.isRunning {
                    if answered - before == round % 3 { isDue.signal() }
                    number += 1
                    let (id, which) = ("item\(number % 4)", number % photos.count)
                    let removes = number % 6 == 5
                    pending = (id, removes ? nil : which)
                    do {
                        if removes {
                            let answer = try await server.send(
                                "/api/v1/items/\(id)", method: "DELETE", headers: authorization, body: nil)
                            #expect([204, 404].contains(answer.status))
                            acknowledged[id] = nil
                        } else {
                            let answer = try await put(server, id, ["name": "\(which)"], photo: photos[which])
                            try #require([200, 201].contains(answer.status), "\(answer.text)")
                            acknowledged[id] = which
                        }
                        pending = nil
                        answered += 1
                    } catch is URLError {
                        break
                    }
                }
                _ = server.command.wait()
            }
            let server = try server(catalog)
            for id in (0..<4).map({ "item\($0)" }) {
                let answer = try await server.get("/api/v1/items/\(id)")
                let name = answer.status == 200 ? (try answer.json()["name"] as? String).flatMap { Int($0) } : nil
                let isPending = pending?.id == id && pending?.which == name
                #expect(name == acknowledged[id] || isPending, "round \(round), \(id)")
                acknowledged[id] = name
                guard let name else { continue }
                #expect(try await server.get("/images/\(id).jpg").body == photos[name])
                // Two items may have the same photo, and would be taken for one product.
                #expect(try await server.search(photos[name], query: "?k=10&collapse=0").ids().contains(id))
            }
            server.command.send(SIGTERM)
            #expect(server.command.wait().status == 0)
        }
        #expect(answered >= 4)
        #expect(
            try RunningCommand.run("catalog", "verify", "--catalog", catalog.path, "--data", catalog.data).status == 0)
    }
}
