import CatalogStore
import HTTPCore
import Recommender

extension Site {
    func registerFavourites(on router: inout Router) {
        router.on(.get, "/favourites", lane: .compute, handler: answering { try $0.showFavourites($1) })
        router.on(.post, "/favourites", bodyLimit: 16 << 10, handler: fromOwnPages { try $0.changeFavourites($1) })
        router.on(
            .post, "/favourites/forget", bodyLimit: 1 << 10,
            handler: fromOwnPages { site, _ in site.forgetFavourites() })
    }

    /// `GET /favourites`: the page; for a script which items are marked.
    private func showFavourites(_ request: HTTPRequest) throws -> HTTPResponse {
        let favourites = Favourites(request)
        if Self.prefersJSON(request) { return privately(try APIResponse.json(FavouritesList(items: favourites.ids))) }
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
        let id = request.formText("item") ?? ""
        let before = Favourites(request)
        let favourites: Favourites
        var dropped = 0
        switch request.formText("action") {
        case "add":
            // A list of what is not there would fill the cookie with anything.
            guard try search.item(id: id) != nil else { throw Self.unknownItem(id) }
            favourites = before.adding(id)
            dropped = before.count(missingFrom: favourites)
        case "remove": favourites = before.removing(id)
        default:
            throw HTTPError(
                400, code: "unknown_action", message: "The field action is add or remove.")
        }
        var response =
            try Self.prefersJSON(request)
            ? APIResponse.json(
                FavouritesAnswer(
                    liked: favourites.contains(id), count: favourites.ids.count, dropped: dropped,
                    notice: dropped > 0 ? Favourites.notice(dropped: dropped, in: language(of: request)) : nil))
            : .seeOther(
                Favourites.withNotice(
                    Favourites.withoutNotice(Self.returnAddress(request.formText("back") ?? "/favourites")),
                    dropped: dropped))
        response.headers["Set-Cookie"] = favourites.setCookie
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    private func forgetFavourites() -> HTTPResponse {
        var response = forgetting(.seeOther("/favourites"))
        response.headers["Set-Cookie"] = Favourites().setCookie
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}

/// What a script is told that brings a page in line.
struct FavouritesList: Encodable {
    let items: [String]
}

/// What a script is told of a change.
struct FavouritesAnswer: Encodable {
    let liked: Bool
    let count: Int
    /// How many items were taken off the full list for this one.
    let dropped: Int
    /// What is to be said of that, in the visitor's language.
    let notice: String?
}
