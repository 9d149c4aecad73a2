import CatalogStore
import Embeddings
import HTTPCore
import Recommender

/// What the site needs of the recommender to change items; the methods are those of `Recommender`, which see.
package protocol ItemEditing: Sendable {
    func store(_ item: CatalogItem, photo: [UInt8]?, isNew: Bool) throws -> (item: CatalogItem, isNew: Bool)
    func remove(id: String) throws -> Bool
}

extension Recommender: ItemEditing {}

/// Who may change items, and what changes them.
package struct ItemChanges: Sendable {
    let token: AccessToken
    let items: any ItemEditing

    package init(token: AccessToken, items: any ItemEditing) {
        self.token = token
        self.items = items
    }
}

extension Site {
    func registerItemChanges(on router: inout Router) {
        let limit = UploadedPhoto.bodyLimit
        router.on(
            .post, "/api/v1/items", lane: .compute, bodyLimit: limit, handler: changing { try Self.add($0, $1) })
        router.on(
            .put, "/api/v1/items/{id}", lane: .compute, bodyLimit: limit, handler: changing { try Self.put($0, $1) })
        router.on(.delete, "/api/v1/items/{id}", lane: .compute, handler: changing { try Self.remove($0, $1) })
    }

    /// A handler for who has the token alone; errors of what it does become refusals.
    private func changing(
        _ handler: @escaping @Sendable (any ItemEditing, HTTPRequest) throws -> HTTPResponse
    ) -> Handler {
        answering { site, request in
            guard let changes = site.changes else {
                throw HTTPError(
                    403, code: "changes_off",
                    message:
                        "This server's items cannot be changed. Start it with a token in VITRINE_TOKEN to allow it.")
            }
            try changes.token.check(request)
            do {
                return try handler(changes.items, request)
            } catch RecommenderError.itemExists(let id) {
                throw HTTPError(
                    409, code: "item_exists",
                    message: "There is an item \"\(id)\" already. Change it with PUT /api/v1/items/{id}.")
            } catch RecommenderError.noPhoto(let id) {
                throw HTTPError(
                    400, code: "missing_image",
                    message: "There is no item \"\(id)\" whose photo could be kept. Send one in the field \"image\".")
            } catch RecommenderError.readOnly {
                throw HTTPError(
                    403, code: "read_only",
                    message: "This server's items cannot be changed: it cannot write to its data directory.")
            } catch RecommenderError.notStored {
                throw HTTPError(
                    503, code: "not_stored",
                    message: "The change could not be stored, and nothing has changed. Try again later.",
                    headers: ["Retry-After": "5"])
            } catch RecommenderError.outcomeUnknown {
                throw HTTPError(
                    503, code: "outcome_unknown",
                    message: "The database went away while the change was stored: it may have been stored or not. "
                        + "Look at the item, or send the change again.",
                    headers: ["Retry-After": "2"])
            } catch let error as EmbeddingError {
                throw HTTPError(422, code: "unusable_image", message: "\(error)")
            }
        }
    }

    private static func add(_ items: any ItemEditing, _ request: HTTPRequest) throws -> HTTPResponse {
        let fields = try ItemFields(request, id: nil)
        return try answer(try items.store(fields.item, photo: fields.photo, isNew: true))
    }

    private static func put(_ items: any ItemEditing, _ request: HTTPRequest) throws -> HTTPResponse {
        let fields = try ItemFields(request, id: request.parameters["id"] ?? "")
        return try answer(try items.store(fields.item, photo: fields.photo, isNew: false))
    }

    private static func answer(_ stored: (item: CatalogItem, isNew: Bool)) throws -> HTTPResponse {
        var response = try APIResponse.json(APIItem(stored.item), status: stored.isNew ? 201 : 200)
        if stored.isNew { response.headers["Location"] = "/api/v1/items/" + TextFormat.encoded(stored.item.id) }
        return response
    }

    private static func remove(_ items: any ItemEditing, _ request: HTTPRequest) throws -> HTTPResponse {
        let id = request.parameters["id"] ?? ""
        guard try items.remove(id: id) else { throw unknownItem(id) }
        return HTTPResponse(status: 204)
    }
}
