import Foundation
import HTTPCore
import ImageCodecs
import PhotoFetch
import Recommender

/// The website and its JSON API: turns requests into pages. Safe to use from many threads.
public final class Site: Sendable {
    let search: any ItemSearch
    /// What changes items; `nil` where they cannot be changed.
    let changes: ItemChanges?
    let languages: Languages
    let templates: Templates
    let assets: Assets
    let openAPI: [UInt8]
    let staticFiles: StaticFiles
    package let results: ResultStore
    let comparisons = SpatialCache()
    let smallPictures = SmallPictures()
    /// Whether each product is found once where the address does not say.
    let collapses: Bool
    /// What the site is used for beside its own pages.
    let options: SiteOptions
    /// What fetches photos from addresses; `nil` where that is not done.
    let fetcher: PhotoFetcher?

    /// A site over a recommender.
    ///
    /// - Parameters:
    ///   - recommender: what finds items.
    ///   - templates: folder of the Mustache templates.
    ///   - languages: folder of the languages' texts.
    ///   - publicFiles: folder of the style sheets, the script, the icons and `openapi.json`.
    ///   - token: what lets clients change items; `nil` lets nobody.
    ///   - collapses: whether each product is found once where the address does not say.
    ///   - options: what it is used for beside its own pages.
    ///   - fetcher: fetches photos from addresses; `nil` does not.
    /// - Throws: ``SiteError``.
    package convenience init(
        recommender: any ItemSearch & ItemEditing, templates: String, languages: String, publicFiles: String,
        token: String? = nil, collapses: Bool = true, options: SiteOptions = SiteOptions(),
        fetcher: PhotoFetcher? = PhotoFetcher()
    ) throws {
        var changes: ItemChanges?
        if let token {
            guard let token = AccessToken(token) else { throw SiteError.shortToken(minimum: AccessToken.minimumLength) }
            changes = ItemChanges(token: token, items: recommender)
        }
        try self.init(
            search: recommender, changes: changes, templates: templates, languages: languages, publicFiles: publicFiles,
            collapses: collapses, options: options, fetcher: fetcher)
    }

    package init(
        search: any ItemSearch, changes: ItemChanges? = nil, templates: String, languages: String,
        publicFiles: String, results: ResultStore = ResultStore(), collapses: Bool = true,
        options: SiteOptions = SiteOptions(), fetcher: PhotoFetcher? = nil
    ) throws {
        self.fetcher = fetcher
        self.collapses = collapses
        self.options = options
        self.search = search
        self.changes = changes
        self.languages = try Languages(directory: languages, catalog: options.catalogLanguage)
        self.templates = try Templates(directory: templates, languages: self.languages)
        self.assets = try Assets(directory: publicFiles)
        self.results = results
        let openAPIPath = "\(publicFiles)/openapi.json"
        guard let openAPI = FileManager.default.contents(atPath: openAPIPath) else {
            throw SiteError.unreadableFile(openAPIPath)
        }
        self.openAPI = Array(openAPI)
        self.staticFiles = StaticFiles(root: publicFiles)
        discardExpiredResults()
    }

    /// Registers every page, picture and API call.
    public func register(on router: inout Router) {
        registerPages(on: &router)
        registerFiles(on: &router)
        registerLanguage(on: &router)
        registerEmbed(on: &router)
        registerKiosk(on: &router)
        registerFavourites(on: &router)
        registerComparisons(on: &router)
        registerAPI(on: &router)
        registerItemChanges(on: &router)
        registerPreflights(on: &router)
    }

    /// The answer to a refusal: JSON for programs, otherwise a page that says what to do.
    public func errorPage(_ error: HTTPError, _ request: HTTPRequest) -> HTTPResponse {
        var response: HTTPResponse
        if Self.isProgramAddress(request) {
            response = APIResponse.error(error)
        } else if Self.prefersJSON(request) {
            let language = language(of: request)
            response = APIResponse.error(error, message: language.message(of: error))
            Self.add(language, to: &response)
        } else if isEmbedded(request) {
            let frame = embedFrame(request) { ErrorPage.title(of: error, in: $0) }
            response = framed(page(.embedError, EmbedErrorPage(error, frame)))
            response.status = error.status
        } else {
            let layout = layout(request) { ErrorPage.title(of: error, in: $0) }
            let asked = request.method == .get ? layout.address : nil
            let mended = Self.mendedAddress(request, error)
            response = page(.error, ErrorPage(error, asked: asked, mended: mended, layout: layout))
            response.status = error.status
        }
        for field in error.headers.fields { response.headers.add(field.value, to: field.name) }
        response.headers["Cache-Control"] = "no-store"
        return shared(response, request)
    }

    /// The address of a page without the parameter that was wrong; `nil` where it was something else.
    private static func mendedAddress(_ request: HTTPRequest, _ error: HTTPError) -> String? {
        guard error.status == 400, request.method == .get, let name = error.details["name"],
            request.query.contains(where: { $0.name == name })
        else { return nil }
        let path = String(request.target.prefix { $0 != "?" })
        return returnAddress(TextFormat.address(path, request.query.filter { $0.name != name }))
    }

    /// Whether errors of a request are answered in JSON: below `/api/`, and where `Accept` asks for JSON and not HTML.
    package static func prefersJSON(_ request: HTTPRequest) -> Bool {
        if isProgramAddress(request) { return true }
        let accept = request.headers.values(of: "Accept").joined(separator: ",").lowercased()
        return accept.contains("application/json") && !accept.contains("text/html")
    }

    /// What only programs ask for speaks English alone.
    private static func isProgramAddress(_ request: HTTPRequest) -> Bool {
        request.path.hasPrefix("/api/") || request.path == "/openapi.json"
    }

    /// A handler whose errors from below are refusals with their status.
    func answering(_ handler: @escaping @Sendable (Site, HTTPRequest) throws -> HTTPResponse) -> Handler {
        { [self] request in
            do {
                // Notes what was missing from an answer, for whoever makes it.
                let response = try AnswerCoverage.recording { _ in try handler(self, request) }
                return Compression.compressed(shared(response, request), for: request)
            } catch let error as ImageError {
                throw HTTPError(error.status, code: error.code, message: error.message, details: error.details)
            } catch RecommenderError.unknownAttribute(let name, let known) {
                throw HTTPError(
                    400, code: "unknown_attribute",
                    message: "No item has an attribute \"\(name)\". Filter by: \(known.joined(separator: ", ")).",
                    details: ["name": name])
            } catch RecommenderError.databaseUnavailable {
                throw HTTPError(
                    503, code: "database_unavailable",
                    message: "The catalog cannot be reached for the moment. Try again in a few seconds.",
                    headers: ["Retry-After": "2"])
            } catch let error as RecommenderError {
                throw HTTPError(400, code: "invalid_parameter", message: error.description)
            }
        }
    }

    /// The language of a request: in a frame the one that the page around it asks for.
    func language(of request: HTTPRequest) -> Language {
        embedLanguage(request) ?? languages.language(of: request)
    }

    /// The layout of a request's page, in the language of the request; `query` is what matters of the address's query
    /// where that is known, and `notice` what is to be said above the content.
    func layout(
        _ request: HTTPRequest, query: [(name: String, value: String)]? = nil, current: Layout.Section = .none,
        notice: String? = nil, title: (Language) -> String
    ) -> Layout {
        let itemCount = search.itemCount
        let language = language(of: request)
        let path = String(request.target.prefix { $0 != "?" })
        let address = query.map { TextFormat.address(path, $0) } ?? Favourites.withoutNotice(request.target)
        let notices = [Favourites.notice(for: request, in: language), notice].compactMap { $0 }
        return Layout(
            language, of: languages, address: request.method == .get ? Self.returnAddress(address) : "/",
            title: title(language), current: current, itemCount: itemCount,
            isPartial: AnswerCoverage.gap != nil, notice: notices.isEmpty ? nil : notices.joined(separator: " "),
            assets: assets, favourites: Favourites(request))
    }

    func page(_ page: Templates.Page, _ model: some PageModel) -> HTTPResponse {
        var response = HTTPResponse.text(templates.render(page, model), contentType: "text/html; charset=utf-8")
        response.headers["Cache-Control"] = "no-cache"
        Self.add(model.layout.language, to: &response)
        return response
    }

    /// Says which language an answer is in, and what it was chosen by (RFC 9110, sections 8.5 and 12.5.5).
    private static func add(_ language: Language, to response: inout HTTPResponse) {
        response.headers["Content-Language"] = language.tag
        response.headers["Vary"] = "Accept-Language, Cookie"
    }

    /// Photos must go when their time is over, also when nobody comes any more.
    private func discardExpiredResults() {
        Task.detached(priority: .background) { [weak results] in
            while results != nil {
                try? await Task.sleep(for: .seconds(30))
                results?.discardExpired()
            }
        }
    }
}

extension ImageError {
    /// What is special about the case, for texts in other languages.
    fileprivate var details: [String: String] {
        if case .unsupported(let kind) = self { ["kind": kind] } else { [:] }
    }
}
