import CatalogStore
import Foundation
import HTTPCore
import ImageCodecs
import Recommender
import Site
import Synchronization
import Testing

/// Remembers what it was told to store; knows the item "1".
private final class NotedChanges: ItemEditing {
    private let noted = Mutex<[(item: CatalogItem, photo: [UInt8]?)]>([])
    var stored: [(item: CatalogItem, photo: [UInt8]?)] { noted.withLock(\.self) }
    let failure: (any Error)?

    init(failure: (any Error)? = nil) { self.failure = failure }

    func store(_ item: CatalogItem, photo: [UInt8]?, isNew: Bool) throws -> (item: CatalogItem, isNew: Bool) {
        if let failure { throw failure }
        if isNew, item.id == "1" { throw RecommenderError.itemExists(item.id) }
        if photo == nil, item.id != "1" { throw RecommenderError.noPhoto(item.id) }
        noted.withLock { $0.append((item, photo)) }
        return (item, item.id != "1")
    }

    func remove(id: String) throws -> Bool { id == "1" }
}

@Suite("Changing items over HTTP")
struct ItemChangeTests {
    private let changes = NotedChanges()
    private var good: HTTPHeaders { ["Authorization": "Bearer correct-horse-battery"] }

    private func site(_ items: (any ItemEditing)? = nil) throws -> TestSite {
        let token = try #require(AccessToken("correct-horse-battery"))
        return try TestSite(changes: ItemChanges(token: token, items: items ?? changes))
    }

    private func form(_ fields: [(String, String)], photo: [UInt8]? = nil) -> HTTPBody {
        .form(
            fields.map { FormField(name: $0.0, content: Array($0.1.utf8)) }
                + (photo.map { [FormField(name: "image", filename: "a.jpg", content: $0)] } ?? []))
    }

    private func json(_ text: String) -> HTTPBody {
        .raw(contentType: "application/json; charset=utf-8", bytes: Array(text.utf8))
    }

    private func code(_ response: HTTPResponse) throws -> String {
        "\(response.status) " + ((try response.json()["error"] as? [String: Any])?["code"] as? String ?? "")
    }

    @Test("is refused to everybody where there is no token, and otherwise to who has not exactly that")
    func authorization() throws {
        let photo = try TestSite.photo(red: 1, green: 2, blue: 3)
        func codes(_ site: TestSite, _ headers: HTTPHeaders) throws -> Set<String> {
            Set(
                try [
                    site.send(.post, "/api/v1/items", headers: headers, body: form([("id", "x")], photo: photo)),
                    site.send(.put, "/api/v1/items/1", headers: headers, body: json("{}")),
                    site.send(.delete, "/api/v1/items/1", headers: headers),
                ].map(code))
        }
        #expect(try codes(TestSite(), good) == ["403 changes_off"])
        let bad: [HTTPHeaders] = [
            [:], ["Authorization": "Bearer correct-horse-batterx"], ["Authorization": "Bearer correct-horse-batter"],
            ["Authorization": "Bearer"], ["Authorization": "correct-horse-battery"],
            ["Authorization": "Basic correct-horse-battery"], ["Authorization": "Bearer correct-horse-battery x"],
        ]
        for headers in bad { #expect(try codes(site(), headers) == ["401 unauthorized"]) }
        let refused = try site().send(.delete, "/api/v1/items/1")
        #expect(refused.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
        #expect(changes.stored.isEmpty)
        #expect(
            try site().send(.delete, "/api/v1/items/1", headers: ["Authorization": "bearer correct-horse-battery"])
                .status == 204)
        #expect(AccessToken("fifteen letters") == nil)
    }

    @Test("a form with a photo adds an item; fields of other names are its attributes")
    func adding() throws {
        let photo = try TestSite.photo(red: 1, green: 2, blue: 3)
        let fields = [
            ("id", " n/1"), ("name", "Coat"), ("category", "Coats"), ("price", "39.90"), ("currency", "EUR"),
            ("season", "Winter"), ("colour", ""),
        ]
        #expect(
            try code(site().send(.post, "/api/v1/items", headers: good, body: form(fields, photo: photo)))
                == "400 invalid_item")
        var right = fields
        right[0].1 = " n 1 "
        let response = try site().send(.post, "/api/v1/items", headers: good, body: form(right, photo: photo))
        #expect(response.status == 201 && response.headers["Location"] == "/api/v1/items/n%201")
        let answer = try response.json()
        #expect(answer["id"] as? String == "n 1" && answer["price"] as? Double == 39.9 && answer["colour"] == nil)
        #expect(answer["attributes"] as? [String: String] == ["season": "Winter"])
        let stored = try #require(changes.stored.first)
        #expect(stored.photo == photo && stored.item.name == "Coat")
        let again = try site().send(.post, "/api/v1/items", headers: good, body: form([("id", "1")], photo: photo))
        #expect(try code(again) == "409 item_exists")
        #expect(
            try code(site().send(.post, "/api/v1/items", headers: good, body: form([("id", "2")])))
                == "400 missing_image")
    }

    @Test("JSON changes all but the photo")
    func changingByJSON() throws {
        let text = #"{"name":"Linen","price":12.5,"attributes":{"b":"2","a":"1"}}"#
        let response = try site().send(.put, "/api/v1/items/1", headers: good, body: json(text))
        #expect(response.status == 200 && response.headers["Location"] == nil)
        let stored = try #require(changes.stored.first)
        #expect(stored.item == CatalogItem(id: "1", name: "Linen", price: 12.5, attributes: [("a", "1"), ("b", "2")]))
        #expect(stored.photo == nil)
        let created = try site().send(
            .put, "/api/v1/items/new", headers: good,
            body: form([("name", "N")], photo: TestSite.photo(red: 1, green: 2, blue: 3)))
        #expect(created.status == 201)
        #expect(
            try code(site().send(.put, "/api/v1/items/new", headers: good, body: json("{}"))) == "400 missing_image")
    }

    @Test(
        "what cannot be an item is refused with the reason",
        arguments: [
            "", "[]", "{", "7", #"{"colur":"Red"}"#, #"{"price":"12"}"#, #"{"price":-1}"#, #"{"name":5}"#,
            #"{"id":"other"}"#,
            #"{"attributes":["a"]}"#, #"{"attributes":{"a":1}}"#, #"{"price":1e999}"#,
        ])
    func badJSON(text: String) throws {
        let response = try site().send(
            .put, "/api/v1/items/1", headers: good, body: text.isEmpty ? .none : json(text))
        #expect(try code(response) == "400 invalid_item", "\(text)")
        #expect(changes.stored.isEmpty)
    }

    @Test("bad forms and types are refused")
    func badForms() throws {
        let photo = try TestSite.photo(red: 1, green: 2, blue: 3)
        func put(_ body: HTTPBody) throws -> String {
            try code(site().send(.put, "/api/v1/items/1", headers: good, body: body))
        }
        #expect(try put(form([("name", "a"), ("name", "b")])) == "400 invalid_item")
        #expect(try put(form([("price", "cheap")])) == "400 invalid_item")
        #expect(try put(form([("price", "nan")])) == "400 invalid_item")
        #expect(try put(form([("price", "1e13")])) == "400 invalid_item")
        for text in ["a\0b", "a\u{1B}[31mb", "a\u{9B}b", "two\nlines"] {
            #expect(try put(form([("name", text)])) == "400 invalid_item")
            #expect(try put(form([("fit", text)])) == "400 invalid_item")
        }
        #expect(try put(form([("description", "a\0b")])) == "400 invalid_item")
        // No filter could name it.
        for name in ["k", "Page", "as_colour", "utm_source", "a\u{7}"] {
            #expect(try put(form([(name, "5")])) == "400 invalid_item", "\(name)")
        }
        #expect(try put(form([("note", String(repeating: "x", count: 10_001))])) == "400 invalid_item")
        #expect(try put(.form([FormField(name: "name", content: [0xFF, 0xFE])])) == "400 invalid_item")
        #expect(try put(.raw(contentType: "text/plain", bytes: Array("x".utf8))) == "415 unsupported_media_type")
        #expect(
            try put(.form([1, 2].map { _ in FormField(name: "image", filename: "a.jpg", content: photo) }))
                == "400 several_images")
        #expect(try code(site().send(.delete, "/api/v1/items/none", headers: good)) == "404 unknown_item")
    }

    @Test("what the disk refuses is said to be tried again, and a bad photo to be one")
    func failures() throws {
        let photo = try TestSite.photo(red: 1, green: 2, blue: 3)
        let body = form([("id", "x")], photo: photo)
        let full = try site(NotedChanges(failure: RecommenderError.notStored(reason: "the disk is full")))
            .send(.post, "/api/v1/items", headers: good, body: body)
        #expect(try code(full) == "503 not_stored" && full.headers["Retry-After"] == "5")
        #expect(!full.text.contains("disk is full"))
        let broken = try site(NotedChanges(failure: ImageError.notAnImage))
            .send(.post, "/api/v1/items", headers: good, body: body)
        #expect(broken.status == 415)
    }

    @Test("the description states every status that is given")
    func described() throws {
        let document = try TestSite().get("/openapi.json").json()
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let expected = [
            ("/api/v1/items", "post", ["201", "400", "401", "403", "409", "413", "415", "422", "503"]),
            ("/api/v1/items/{id}", "put", ["200", "201", "400", "401", "403", "413", "415", "422", "503"]),
            ("/api/v1/items/{id}", "delete", ["204", "401", "403", "404", "503"]),
        ]
        for (path, method, statuses) in expected {
            let operation = try #require(paths[path]?[method])
            let stated = try #require(operation["responses"] as? [String: Any])
            #expect(Set(stated.keys).isSuperset(of: statuses), "\(method) \(path)")
            #expect(operation["security"] != nil)
        }
    }
}
