import HTTPCore
import ImageCodecs
import Recommender

extension Site {
    func registerAPI(on router: inout Router) {
        router.on(
            .post, "/api/v1/search", lane: .compute, bodyLimit: UploadedPhoto.searchBodyLimit,
            waits: { SearchInput.hasAddress($0, in: Self.apiAddressField) },
            handler: answering { try $0.searchAPI($1) })
        router.on(.get, "/api/v1/items", lane: .compute, handler: answering { try $0.listAPI($1) })
        router.on(.get, "/api/v1/items/{id}", lane: .compute, handler: answering { try $0.itemAPI($1) })
        router.on(.get, "/api/v1/items/{id}/similar", lane: .compute, handler: answering { try $0.similarAPI($1) })
        router.on(.get, "/api/v1/items/{id}/outfit", lane: .compute, handler: answering { try $0.outfitAPI($1) })
        router.on(.get, "/api/v1/suggestions", lane: .compute, handler: answering { try $0.suggestionsAPI($1) })
        router.on(
            .get, "/openapi.json",
            handler: answering { site, _ in
                HTTPResponse(
                    headers: ["Content-Type": "application/json", "Cache-Control": "no-cache"],
                    body: .bytes(site.openAPI))
            })
    }

    private func searchAPI(_ request: HTTPRequest) throws -> HTTPResponse {
        let parameters = try SearchParameters(request, reserved: ["crop", "looks_like", "suggest_crop"])
        try parameters.checkColour(in: search)
        let wantsLooks = try SearchParameters.flag("looks_like", in: request) ?? false
        let wantsBox = try SearchParameters.flag("suggest_crop", in: request) ?? false
        let region = try PhotoView.region(of: request)
        let (photos, fetching) = try photos(of: request, addressField: Self.apiAddressField, acceptsRaw: true)
        guard region == nil || photos.count == 1 else {
            throw HTTPError(
                400, code: "invalid_parameter", message: "crop is for one photo; the request has \(photos.count).")
        }
        let suggests = wantsBox && region == nil && photos.count == 1
        let queries = try queries(of: photos, region: region, detail: suggests ? .parts : .vector)
        let vectors = queries.map { PhotoVector($0) }
        let start = ContinuousClock.now
        func matches(_ query: PhotoVector) throws -> RefinedMatches {
            try RefinedSearch(search, parameters, collapses: collapses, from: .program)
                .matches(to: query.vector) { try LooksLike(query.vector, in: search) }
                .judged(query)
        }
        let all = PhotoVector(meanOf: vectors)
        let together = try matches(all)
        let looks = wantsLooks ? try LooksLike(all.vector, in: search) : nil
        let single = vectors.count > 1 ? try vectors.map { APIPhotoAnswer(try matches($0)) } : nil
        var timings = APISearchAnswer.Timings(
            decode: queries.map(\.decodeMilliseconds).reduce(0, +),
            embed: queries.map(\.embedMilliseconds).reduce(0, +), since: start)
        timings.fetch = fetching.map { APIResponse.rounded($0, places: 1) }
        let box = suggests ? queries[0].spatial?.suggestedBox : nil
        return try answer(
            together, timings: timings, parameters, photos: single, suggestedCrop: box?.thousandths,
            looks: looks.map { APILooksLike($0, isRecognised: all.isRecognised) })
    }

    /// The field of a form for the address of a photo.
    private static let apiAddressField = "image_url"

    private func similarAPI(_ request: HTTPRequest) throws -> HTTPResponse {
        let parameters = try SearchParameters(request)
        try parameters.checkColour(in: search)
        let id = request.parameters["id"] ?? ""
        let start = ContinuousClock.now
        guard let item = try search.item(id: id),
            let matches = try RefinedSearch(search, parameters, collapses: collapses, from: .program).matches(to: item)
        else { throw Self.unknownItem(id) }
        return try answer(matches, timings: .init(since: start), parameters)
    }

    private func outfitAPI(_ request: HTTPRequest) throws -> HTTPResponse {
        let id = request.parameters["id"] ?? ""
        guard let item = try search.item(id: id) else { throw Self.unknownItem(id) }
        return try APIResponse.json(APIOutfit(try Outfit(item, in: search)))
    }

    /// For a program that keeps its users' likes itself.
    private func suggestionsAPI(_ request: HTTPRequest) throws -> HTTPResponse {
        let count = try SearchParameters.number("k", in: request, from: 1, through: 50) ?? 12
        let liked = request.query.filter { $0.name == "liked" }.map(\.value)
        guard (1...Favourites.most).contains(liked.count) else {
            throw SearchParameters.invalid(
                "liked", "liked is given \(liked.count) times; it takes 1 to \(Favourites.most) items.")
        }
        let suggestions = try Suggestions(Favourites(liked), in: search, count: count)
        return try APIResponse.json(APISuggestions(suggestions))
    }

    private func itemAPI(_ request: HTTPRequest) throws -> HTTPResponse {
        let id = request.parameters["id"] ?? ""
        guard let item = try search.item(id: id) else { throw Self.unknownItem(id) }
        var answer = APIItem(item)
        answer.variants = try search.variants(ofItem: id).map { APIVariants($0) }
        return try APIResponse.json(answer)
    }

    private func listAPI(_ request: HTTPRequest) throws -> HTTPResponse {
        let offset = try SearchParameters.number("offset", in: request, from: 0, through: 100_000_000) ?? 0
        let limit = try SearchParameters.number("limit", in: request, from: 1, through: 100) ?? 24
        var parameters = try SearchParameters(request, reserved: ["offset", "limit"])
        parameters.refinement = Refinement()
        let page = try search.items(offset: offset, limit: limit, filter: parameters.filter)
        return try APIResponse.json(
            APIListing(
                total: page.total, offset: offset, limit: limit, items: page.items.map { APIItem($0) },
                facets: facets(parameters)))
    }

    private func facets(_ parameters: SearchParameters) throws -> APIFacets? {
        guard let limit = parameters.facetLimit else { return nil }
        return APIFacets(try search.facets(parameters.filter, limit: limit))
    }

    private func answer(
        _ found: RefinedMatches, timings: APISearchAnswer.Timings, _ parameters: SearchParameters,
        photos: [APIPhotoAnswer]? = nil, suggestedCrop: String? = nil, looks: APILooksLike? = nil
    ) throws -> HTTPResponse {
        let start = ContinuousClock.now
        let facets = try facets(parameters)
        var timings = timings
        if facets != nil { timings.facets = APIResponse.rounded(start.millisecondsSince, places: 1) }
        return try APIResponse.json(
            APISearchAnswer(
                model: search.modelName, timings: timings, matches: found.matches, sameCut: found.sameCut,
                photos: photos,
                suggestedCrop: suggestedCrop, facets: facets, looks: looks))
    }
}

extension APISearchAnswer.Timings {
    /// Milliseconds with one decimal; `start` is when the search began.
    package init(decode: Double? = nil, embed: Double? = nil, since start: ContinuousClock.Instant) {
        self.init(
            decode: decode.map { APIResponse.rounded($0, places: 1) },
            embed: embed.map { APIResponse.rounded($0, places: 1) },
            search: APIResponse.rounded(start.millisecondsSince, places: 1))
    }
}
