import CatalogStore
import HTTPCore
import Recommender

extension Site {
    /// Registers the search in a frame of other sites, where some are named. Cookies are not relied on: browsers keep
    /// them from frames of other sites.
    func registerEmbed(on router: inout Router) {
        guard !options.embedOrigins.isEmpty else { return }
        router.on(.get, "/embed", handler: answering { site, request in site.embedHome(request) })
        router.on(
            .post, "/embed/search", lane: .compute, bodyLimit: UploadedPhoto.searchBodyLimit,
            handler: fromOwnPages { try $0.embedSearch($1) })
        router.on(.get, "/embed/results/{token}", lane: .compute, handler: answering { try $0.embedResults($1) })
        router.on(
            .post, "/embed/results/{token}/discard", bodyLimit: 1 << 10,
            handler: fromOwnPages { site, request in site.embedDiscard(request) })
        router.on(
            .get, "/embed.js",
            handler: answering { site, _ in
                HTTPResponse(
                    headers: [
                        "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=3600",
                        "Cross-Origin-Resource-Policy": "cross-origin",
                    ], body: .file(path: site.staticFiles.root + "/embed.js"))
            })
    }

    /// Whether a request is for a page in a frame.
    func isEmbedded(_ request: HTTPRequest) -> Bool {
        !options.embedOrigins.isEmpty && (request.path == "/embed" || request.path.hasPrefix("/embed/"))
    }

    /// A page with the fields that let the named sites show it in a frame.
    func framed(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        for (name, value) in SecurityHeaders.framed(by: options.embedOrigins).fields { response.headers[name] = value }
        return response
    }

    /// What the pages in a frame have in common.
    func embedFrame(_ request: HTTPRequest, title: (Language) -> String) -> EmbedFrame {
        EmbedFrame(
            layout: layout(request, title: title), wishes: embedWishes(request), parents: options.embedOrigins)
    }

    /// What the shop's page asks for; of what is not there nothing.
    private func embedWishes(_ request: HTTPRequest) -> EmbedWishes {
        EmbedWishes(
            language: embedLanguage(request)?.tag,
            scheme: request.query("scheme").flatMap { ["light", "dark"].contains($0) ? $0 : nil })
    }

    /// The language that the shop's page asks for.
    func embedLanguage(_ request: HTTPRequest) -> Language? {
        isEmbedded(request) ? request.query("language").flatMap { languages.language($0) } : nil
    }

    private func embedHome(_ request: HTTPRequest) -> HTTPResponse {
        let frame = embedFrame(request) { $0.text("home.title") }
        return framed(page(.embed, EmbedPage(frame)))
    }

    private func embedSearch(_ request: HTTPRequest) throws -> HTTPResponse {
        let photos = try UploadedPhoto.all(of: request, acceptsRaw: false)
        let token = results.insert(try ResultStore.Entry(queries(of: photos)))
        return .seeOther(embedWishes(request).address("/embed/results/" + token))
    }

    private func embedResults(_ request: HTTPRequest) throws -> HTTPResponse {
        let token = request.parameters["token"] ?? ""
        let entry = try entry(token)
        let matches = try search.nearest(
            to: entry.together.vector, count: SearchParameters.defaultCount, metric: .cosine, filter: ItemFilter(),
            collapses: collapses
        ).judged(entry.together)
        let frame = embedFrame(request) { $0.text("results.title") }
        let model = EmbedResultsPage(frame, token: token, photo: entry, matches: matches, itemCount: search.itemCount)
        return privately(framed(page(.embedResults, model)))
    }

    private func embedDiscard(_ request: HTTPRequest) -> HTTPResponse {
        results.discard(request.parameters["token"] ?? "")
        return forgetting(.seeOther(embedWishes(request).address("/embed")))
    }
}
