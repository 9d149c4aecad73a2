import CatalogStore
import HTTPCore
import Recommender

extension Site {
    func registerFavourites(on router: inout Router) {
        router.on(.get, "/favourites", lane: .compute, handler: answering { try $0.showFavourites($1) })
        router.on(.post, "/favourites", bodyLimit: 16 << 10, handler: answering { try $0.changeFavourites($1) })
        router.on(.post, "/favourites/forget", bodyLimit: 1 << 10, handler: answering { try $0.forgetFavourites($1) })
    }

    private func showFavourites(_ request: HTTPRequest) throws -> HTTPResponse {
        let favourites = Favourites(request)
        let items = try search.items(ids: favourites.ids)
        let suggestions = try Suggestions(favourites, in: search, count: FavouritesPage.mostSuggestions)
        let layout = layout(request, current: .favourites) { $0.text("favourites.title") }
        return privately(
            page(
                .favourites,
                FavouritesPage(layout: layout, items: items, suggestions: suggestions, favourites: favourites)))
    }

    /// `POST /favourites` with the fields `item`, `action` (`add` or `remove`) and `back`: changes the cookie, and leads back;
    /// a script gets the new state in JSON.
    private func changeFavourites(_ request: HTTPRequest) throws -> HTTPResponse {
        try Self.refuseOtherSites(request)
        let id = request.formText("item") ?? ""
        let favourites: Favourites
        switch request.formText("action") {
        case "add":
            // A list of what is not there would fill the cookie with anything.
            guard try search.item(id: id) != nil else { throw Self.unknownItem(id) }
            favourites = Favourites(request).adding(id)
        case "remove": favourites = Favourites(request).removing(id)
        default:
            throw HTTPError(
                400, code: "unknown_action", message: "The field action is add or remove.")
        }
        var response =
            try Self.prefersJSON(request)
            ? APIResponse.json(FavouritesAnswer(liked: favourites.contains(id), count: favourites.ids.count))
            : .seeOther(Self.returnAddress(request.formText("back") ?? "/favourites"))
        response.headers["Set-Cookie"] = favourites.setCookie
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    private func forgetFavourites(_ request: HTTPRequest) throws -> HTTPResponse {
        try Self.refuseOtherSites(request)
        var response = HTTPResponse.seeOther("/favourites")
        response.headers["Set-Cookie"] = Favourites().setCookie
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    /// Another site's page could send the form without the visitor's cookie, and so put a new list in the place of the old
    /// one. Browsers say where a request comes from (Fetch Metadata, W3C).
    private static func refuseOtherSites(_ request: HTTPRequest) throws {
        if request.headers["Sec-Fetch-Site"] == "cross-site" {
            throw HTTPError(
                403, code: "other_site", message: "Favourites can be changed from this site's own pages only.")
        }
    }
}

/// What a script is told of a change.
struct FavouritesAnswer: Encodable {
    let liked: Bool
    let count: Int
}
