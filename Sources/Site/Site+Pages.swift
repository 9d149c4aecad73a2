import CatalogStore
import HTTPCore
import ImageCodecs
import Recommender

extension Site {
    func registerPages(on router: inout Router) {
        router.on(.get, "/", lane: .compute, handler: answering { try $0.home($1) })
        router.on(
            .post, "/search", lane: .compute, bodyLimit: UploadedPhoto.searchBodyLimit,
            waits: { SearchInput.hasAddress($0, in: Self.addressField) },
            handler: fromOwnPages { try $0.upload($1) })
        router.on(.get, "/results/{token}", lane: .compute, handler: answering { try $0.showResults($1) })
        router.on(.get, "/results/{token}/photo.jpg", handler: answering { try $0.photo($1) })
        router.on(.post, "/results/{token}/discard", bodyLimit: 1 << 10, handler: fromOwnPages { try $0.discard($1) })
        router.on(.get, "/items/{id}", lane: .compute, handler: answering { try $0.showItem($1) })
        router.on(.get, "/catalog", lane: .compute, handler: answering { try $0.catalog($1) })
        router.on(.get, "/about", handler: answering { $0.about($1) })
        router.on(.get, "/privacy", handler: answering { $0.privacy($1) })
    }

    private func home(_ request: HTTPRequest) throws -> HTTPResponse {
        let categories = search.values(of: "category")
        return page(
            .home,
            HomePage(
                layout: layout(request, current: .search) { $0.text("home.title") },
                examples: try HomePage.examples(from: search, categories: categories), categories: categories,
                itemCount: search.itemCount, takesAddresses: fetcher != nil))
    }

    private func showResults(_ request: HTTPRequest) throws -> HTTPResponse {
        let token = request.parameters["token"] ?? ""
        let entry = try entry(token)
        let view = try PhotoView(request, count: entry.photos.count)
        var parameters = try pageParameters(request, reserved: PhotoView.names)
        parameters.view = view
        let start = ContinuousClock.now
        let query = try vector(of: view, in: entry, token: token)
        let looks = try LooksLike(query.vector, in: search)
        let found = try parameters.mended {
            try RefinedSearch(search, $0, collapses: collapses, from: .page).matches(to: query.vector) { looks }
        }.judged(query)
        let elapsed = entry.milliseconds + start.millisecondsSince
        let address = "/results/" + token
        let notice = timeLeft(token, in: language(of: request))
        let layout = layout(request, query: parameters.ownQuery, notice: notice) { $0.text("results.title") }
        let facets = try facets(parameters)
        let model = ResultsPage(
            layout: layout, address: address,
            panel: PhotoPanel(entry, view, address: address, parameters, in: layout.language),
            found: found, parameters: parameters,
            collapses: parameters.collapse ?? collapses, milliseconds: elapsed,
            itemCount: search.itemCount,
            form: try filterForm(address, facets, parameters, in: layout.language),
            refine: RefineBar(
                address: address, facets: facets, cutColours: try cutColours(looks, facets, parameters),
                parameters: parameters, looks: looks, saysLooks: query.isRecognised, in: layout.language),
            traits: query.isRecognised ? looks.traits : [], isComparable: search.comparesParts)
        return privately(page(.results, model))
    }

    /// What a page says of results that go at a set time; in minutes from now, since the visitor's clock may be another.
    private func timeLeft(_ token: String, in language: Language) -> String? {
        results.timeLeft(token).map { left in
            language.text("kiosk.copy.left", count: max(1, Int((left / .seconds(60)).rounded(.up))))
        }
    }

    private func discard(_ request: HTTPRequest) throws -> HTTPResponse {
        results.discard(request.parameters["token"] ?? "")
        return forgetting(.seeOther("/"))
    }

    private func showItem(_ request: HTTPRequest) throws -> HTTPResponse {
        let id = request.parameters["id"] ?? ""
        guard let item = try search.item(id: id) else { throw Self.unknownItem(id) }
        var parameters = try pageParameters(request)
        let similar =
            try parameters.mended {
                try RefinedSearch(search, $0, collapses: collapses, from: .page).matches(to: item)
            } ?? RefinedMatches([])
        let layout = layout(request, query: parameters.ownQuery, current: .catalog) {
            ItemCard.label(of: item, in: $0)
        }
        let address = ItemLinks(id: item.id).page
        let facets = try facets(parameters)
        let looks = LooksLike(item)
        return page(
            .item,
            ItemDetailPage(
                layout: layout, item: item, similar: similar, variants: try variants(of: item, in: layout),
                itemCount: search.itemCount,
                form: try filterForm(address, fragment: "#similar", facets, parameters, in: layout.language),
                refine: RefineBar(
                    address: address, fragment: "#similar", facets: facets,
                    cutColours: try cutColours(looks, facets, parameters), parameters: parameters, looks: looks,
                    saysLooks: false, in: layout.language),
                parameters: parameters, collapses: parameters.collapse ?? collapses,
                isComparable: search.comparesParts,
                outfit: OutfitRow(try Outfit(item, in: search), of: item, in: layout)))
    }

    /// The other items of an item's product.
    private func variants(of item: CatalogItem, in layout: Layout) throws -> ItemVariants? {
        guard let variants = try search.variants(ofItem: item.id) else { return nil }
        let others = try variants.others.prefix(ItemVariants.most).compactMap { try search.item(id: $0) }
        return others.isEmpty
            ? nil : ItemVariants(others, colours: variants.colours, in: layout.language, hearts: layout.hearts)
    }

    private func catalog(_ request: HTTPRequest) throws -> HTTPResponse {
        let size = 24
        // Of a listing there is nothing to be like or unlike.
        var parameters = try pageParameters(request, reserved: ["page"], isRefinable: false)
        let number =
            request.query("page") == ""
            ? 1 : try SearchParameters.number("page", in: request, from: 1, through: 1_000_000) ?? 1
        let items = try parameters.mended {
            try search.items(offset: (number - 1) * size, limit: size, filter: $0.filter)
        }
        let pages = max(1, (items.total + size - 1) / size)
        guard number <= pages else {
            throw HTTPError(
                404, code: "page_past_end",
                message: pages == 1
                    ? "The catalog has one page here." : "The catalog ends with page \(pages) here.",
                details: ["count": String(pages)])
        }
        let query = parameters.ownQuery.map { $0 + (number == 1 ? [] : [(name: "page", value: String(number))]) }
        let layout = layout(request, query: query, current: .catalog) { $0.text("layout.catalog") }
        return page(
            .catalog,
            CatalogPage(
                layout: layout, items: items, itemCount: search.itemCount,
                form: try filterForm("/catalog", facets(parameters), parameters, in: layout.language),
                pagination: Pagination(
                    address: "/catalog", filters: parameters.filterQuery, page: number, pages: pages,
                    in: layout.language)))
    }

    /// What the query of a page's address asks for, without marked items that are gone.
    ///
    /// - Throws: `HTTPError` 400 for a value that is wrong, and what the catalog throws.
    func pageParameters(
        _ request: HTTPRequest, reserved: Set<String> = [], isRefinable: Bool = true
    ) throws -> SearchParameters {
        var parameters = try SearchParameters(
            request, reserved: reserved.union([Favourites.noticeName]), from: .page,
            numbers: language(of: request).numbers)
        if isRefinable {
            try parameters.checkColour(in: search)
            try parameters.leaveOutGone(from: search)
        } else {
            parameters.refinement = Refinement()
        }
        return parameters
    }

    private func filterForm(
        _ address: String, fragment: String = "", _ facets: Facets, _ parameters: SearchParameters,
        in language: Language
    ) throws -> FilterForm {
        let marked = parameters.refinement.marked
        return FilterForm(
            address: address, fragment: fragment, facets: facets, parameters: parameters,
            marked: marked.isEmpty ? [] : try search.items(ids: marked), in: language)
    }

    private func facets(_ parameters: SearchParameters) throws -> Facets {
        try search.facets(parameters.filter, limit: FilterForm.valueLimit).accepting(parameters)
    }

    /// The colours that the same cut can be had in, with how many items of its category there are in each: those of the page
    /// where it is within that category already, else counted once more.
    private func cutColours(_ looks: LooksLike, _ facets: Facets, _ parameters: SearchParameters) throws -> Facet? {
        let chosen = parameters.chosen("category")
        guard let category = looks.cutCategory(of: chosen) else { return nil }
        let counted =
            chosen.isEmpty
            ? try search.facets(parameters.filter.narrowed(to: [category]), limit: FilterForm.valueLimit) : facets
        return counted.attributes.first { $0.name.lowercased() == "colour" }
    }

    private func about(_ request: HTTPRequest) -> HTTPResponse {
        page(
            .about,
            AboutPage(
                layout: layout(request, current: .about) { $0.text("layout.about") }, model: search.modelName,
                itemCount: search.itemCount, lifetime: results.limits.lifetime))
    }

    private func privacy(_ request: HTTPRequest) -> HTTPResponse {
        page(
            .privacy,
            PrivacyPage(
                layout: layout(request) { $0.text("privacy.title") }, lifetime: results.limits.lifetime,
                kiosk: options.kiosk))
    }

    /// The result under a token.
    ///
    /// - Throws: `HTTPError` 410 `photo_discarded` or `copy_expired`.
    func entry(_ token: String) throws -> ResultStore.Entry {
        if let entry = results.entry(token) { return entry }
        if ResultStore.isCopy(token) {
            let minutes = Int(KioskSettings.shareLifetime / .seconds(60))
            throw HTTPError(
                410, code: "copy_expired",
                message: "Results that are taken along from a kiosk can be seen for \(minutes) minutes, and then erase "
                    + "themselves. These are gone.", details: ["count": String(minutes)])
        }
        throw HTTPError(
            410, code: "photo_discarded",
            message: "This photo has been discarded: photos are kept for a short while only. Choose it again to search "
                + "with it.")
    }

    static func unknownItem(_ id: String) -> HTTPError {
        HTTPError(
            404, code: "unknown_item", message: "The catalog has no item \"\(id)\". It may have been taken out.",
            details: ["id": id])
    }

    /// An answer that has a browser forget the pages that it kept, also those behind its back button, which may show what
    /// has just been erased (Clear Site Data, W3C, section 3.1).
    func forgetting(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.headers["Clear-Site-Data"] = "\"cache\""
        return response
    }

    /// A shopper's photo and what was found with it belong in no cache.
    func privately(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.headers["Cache-Control"] = "private, no-store"
        return response
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds since this instant.
    var millisecondsSince: Double {
        (ContinuousClock.now - self) / .milliseconds(1)
    }
}
