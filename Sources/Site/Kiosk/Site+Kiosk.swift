import CatalogStore
import HTTPCore
import Recommender

extension Site {
    /// Registers the kiosk, where there is one. Its page is loaded once and asks for parts of pages from then on, so that
    /// nothing of a visitor gets into the browser's history.
    func registerKiosk(on router: inout Router) {
        guard let kiosk = options.kiosk else { return }
        router.on(.get, "/kiosk", lane: .compute, handler: answering { try $0.kioskPage($1, kiosk) })
        router.on(
            .post, "/kiosk/search", lane: .compute, bodyLimit: UploadedPhoto.bodyLimit,
            handler: fromOwnPages { try $0.kioskSearch($1, kiosk) })
        router.on(
            .get, "/kiosk/results/{token}/items/{id}", lane: .compute, handler: answering { try $0.kioskPiece($1) })
        router.on(
            .post, "/kiosk/results/{token}/share", bodyLimit: 1 << 10,
            handler: fromOwnPages { try $0.kioskShare($1, kiosk) })
        router.on(
            .post, "/kiosk/erase", bodyLimit: 16 << 10, handler: fromOwnPages { site, request in site.erase(request) })
        router.on(.get, "/kiosk/worker.js", handler: answering { site, _ in site.kioskWorker() })
    }

    private func kioskPage(_ request: HTTPRequest, _ kiosk: KioskSettings) throws -> HTTPResponse {
        let categories = search.values(of: "category")
        return privately(
            page(
                .kiosk,
                KioskPage(
                    layout: layout(request) { $0.text("home.title") }, kiosk: kiosk,
                    wall: try KioskPage.wall(from: search, categories: categories),
                    demos: try HomePage.examples(from: search, categories: categories))))
    }

    /// A photo, or the item whose photo is taken for one: the nearest, as a part of the kiosk's page.
    private func kioskSearch(_ request: HTTPRequest, _ kiosk: KioskSettings) throws -> HTTPResponse {
        let bytes =
            if let id = request.formText("item") { try itemPhoto(id) } else {
                try UploadedPhoto.bytes(of: request, acceptsRaw: false)
            }
        let query = try search.query(photo: bytes)
        let matches = try search.nearest(
            to: query.vector, count: SearchParameters.defaultCount, metric: .cosine, filter: ItemFilter(),
            collapses: collapses
        ).judged(query)
        let entry = try ResultStore.Entry([query])
        let token = results.insert(entry, lifetime: .sinceLastUse(kiosk.resultLifetime))
        return privately(
            page(
                .kioskResults,
                KioskResultsPage(
                    layout: layout(request) { $0.text("results.title") }, token: token, photo: entry, matches: matches,
                    itemCount: search.itemCount, canShare: publicAddress(request, kiosk) != nil)))
    }

    /// An item as a part of the kiosk's page; needs the results that it was chosen from, whose time starts anew.
    private func kioskPiece(_ request: HTTPRequest) throws -> HTTPResponse {
        _ = try entry(request.parameters["token"] ?? "")
        let id = request.parameters["id"] ?? ""
        guard let item = try search.item(id: id) else { throw Self.unknownItem(id) }
        return privately(
            page(
                .kioskPiece,
                KioskPiecePage(layout: layout(request) { ItemCard.label(of: item, in: $0) }, item: item)))
    }

    /// Makes a copy of the results for the visitor's phone. The kiosk's own go with the visitor; the copy has an address
    /// of its own, which stands in the QR code alone, and goes when its time is over.
    private func kioskShare(_ request: HTTPRequest, _ kiosk: KioskSettings) throws -> HTTPResponse {
        let entry = try entry(request.parameters["token"] ?? "")
        guard let address = publicAddress(request, kiosk) else {
            throw HTTPError(
                409, code: "no_public_address",
                message: "Phones cannot reach this server at the address of this kiosk. Start it with --public-url.")
        }
        let lifetime = KioskSettings.shareLifetime
        let token = results.insert(entry, lifetime: .fixed(lifetime))
        guard let code = QRCode("\(address)/results/\(token)") else {
            preconditionFailure("an origin has 270 bytes at the most")
        }
        return privately(
            page(
                .kioskShare,
                KioskSharePage(
                    layout: layout(request) { $0.text("kiosk.share.title") }, code: code, lifetime: lifetime)))
    }

    /// This server's address for phones; `nil` where the kiosk's own is of no use to them.
    private func publicAddress(_ request: HTTPRequest, _ kiosk: KioskSettings) -> WebOrigin? {
        if let address = kiosk.publicAddress { return address }
        guard let host = request.headers["Host"], let address = try? WebOrigin("http://" + host),
            !address.isLoopback
        else { return nil }
        return address
    }

    /// Forgets results, and has the browser forget its cookies.
    private func erase(_ request: HTTPRequest) -> HTTPResponse {
        if case .form(let fields) = request.body {
            for field in fields where field.name == "token" {
                results.discard(String(decoding: field.content, as: UTF8.self))
            }
        }
        var response = forgetting(HTTPResponse(status: 204, headers: ["Cache-Control": "no-store"]))
        for name in request.cookieNames.prefix(50) {
            response.headers.add("\(name)=; Path=/; Max-Age=0; SameSite=Lax", to: "Set-Cookie")
        }
        return response
    }

    private func kioskWorker() -> HTTPResponse {
        HTTPResponse(
            headers: [
                "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache",
                "Service-Worker-Allowed": "/kiosk",
            ], body: .file(path: staticFiles.root + "/kiosk-worker.js"))
    }
}
