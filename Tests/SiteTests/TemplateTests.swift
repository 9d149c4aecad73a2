import CatalogStore
import Foundation
import HTTPCore
import ImageCodecs
import Recommender
import Site
import Testing

@Suite("Templates")
struct TemplateTests {
    /// A tag of a template: `{{#name}}` is `("#", "name")`, `{{name}}` is `("", "name")`.
    private struct Tag {
        let sigil: String
        let name: String
    }

    private static func text(_ name: String) throws -> String {
        let template = try String(contentsOfFile: "\(TestSite.templates)/\(name).mustache", encoding: .utf8)
        return try TemplateTexts.filled(template, in: TestSite.english)
    }

    private static func tags(_ name: String) throws -> [Tag] {
        try text(name).matches(of: #/\{\{([#^\/<>$]?)([^{}]+)\}\}/#).map {
            Tag(sigil: String($0.1), name: String($0.2))
        }
    }

    /// The models of every page with nothing absent, so that every section is entered.
    private static func models() throws -> [Templates.Page: Any] {
        let search = FixedItems()
        let assets = try Assets(directory: TestSite.publicFiles)
        let languages = try Languages(directory: TestSite.languages, catalog: "de")
        let layout = Layout(
            languages.english, of: languages, address: "/x", title: "Title", current: .search, itemCount: 8,
            notice: "Notice.", assets: assets)
        let item = search.items[2]
        let variants = ProductVariants(others: ["1"], colours: 2)
        let nearest = try search.nearest(toItem: item.id, count: 5, metric: .cosine, filter: .init(), collapses: true)
        let matches = (nearest ?? []).map {
            Match(item: $0.item, score: $0.score, closeness: $0.closeness, variants: variants)
        }
        var parameters = try SearchParameters(.init(method: .get, path: "/"))
        parameters.filters = [("colour", "Red"), ("season", "Summer")]
        parameters.price = PriceRange(minimum: 1)
        parameters.problem = .reversed
        let form = FilterForm(address: "/x", facets: try facets(), parameters: parameters, in: languages.english)
        parameters.filters = []
        parameters.refinement = Refinement().marking(more: "1").marking(less: "2")
        let looks = LooksLike(item)
        let refine = RefineBar(
            address: "/x", facets: try facets(), cutColours: try facets().attributes[0], parameters: parameters,
            looks: looks, saysLooks: true, in: languages.english)
        let found = RefinedMatches(matches, sameCut: .init(category: "Dresses", colour: "Red", count: 1))
        let favourites = Favourites(["3", "1", "gone"])
        let query = PhotoVector(vector: [1], isRecognised: true)
        let part = ImageRegion(x: 0.1, y: 0.1, width: 0.5, height: 0.5)
        let photo = ResultStore.Photo(query: query, jpeg: [], width: 3, height: 4, suggestedBox: part)
        let upload = ResultStore.Entry(photos: [photo, photo], milliseconds: 1)
        let view = PhotoView(count: 2, photo: 1)
        var panel = PhotoPanel(upload, view, address: "/results/x", parameters, in: languages.english)
        panel.wholeLink = "/results/x"
        return [
            .home: HomePage(
                layout: layout, examples: search.items, categories: search.values(of: "category"), itemCount: 8),
            .results: ResultsPage(
                layout: layout, address: "/results/x", panel: panel, found: found, parameters: parameters,
                collapses: true, milliseconds: 1, itemCount: 80, form: form, refine: refine, traits: looks.traits,
                isComparable: true),
            .item: ItemDetailPage(
                layout: layout, item: item, similar: found,
                variants: ItemVariants([item], colours: 2, in: languages.english),
                itemCount: 80, form: form, refine: refine, parameters: parameters, collapses: true,
                isComparable: true, outfit: OutfitRow(try Outfit(item, in: search), of: item, in: layout)),
            .favourites: FavouritesPage(
                layout: layout, items: try search.items(ids: favourites.ids),
                suggestions: try Suggestions(favourites, in: search, count: 5), favourites: favourites),
            .catalog: CatalogPage(
                layout: layout, items: try search.items(offset: 0, limit: 8, filter: .init()), itemCount: 8, form: form,
                pagination: Pagination(address: "/catalog", filters: [], page: 4, pages: 9, in: languages.english)),
            .compare: ComparePage(
                layout: layout,
                pictures: [
                    ComparedPicture(
                        source: "/x", href: "/x", label: "Dress", labelLanguage: "de", width: 3, height: 4,
                        parts: [Agreement.Part(region: .all, share: 1)], in: languages.english)
                ], likeness: ComparedLikeness(pictures: 0.9), traits: looks.traits, item: item, back: "/x"),
            .about: AboutPage(layout: layout, model: "m", itemCount: 8, lifetime: .seconds(60)),
            .privacy: PrivacyPage(layout: layout, lifetime: .seconds(60), kiosk: KioskSettings()),
            .embed: EmbedPage(try frame(layout)),
            .embedResults: EmbedResultsPage(
                try frame(layout), token: "x", photo: upload, matches: matches, itemCount: 8),
            .embedError: EmbedErrorPage(.init(404, code: "not_found", message: "No."), try frame(layout)),
            .kiosk: KioskPage(layout: layout, kiosk: KioskSettings(), wall: search.items, demos: search.items),
            .kioskResults: KioskResultsPage(
                layout: layout, token: "x", photo: upload, matches: matches, itemCount: 8, canShare: true),
            .kioskPiece: KioskPiecePage(layout: layout, item: item),
            .kioskShare: KioskSharePage(
                layout: layout, code: try #require(QRCode("x")), lifetime: .seconds(60)),
            .error: ErrorPage(.init(404, code: "not_found", message: "No."), layout: layout),
        ]
    }

    private static func frame(_ layout: Layout) throws -> EmbedFrame {
        EmbedFrame(
            layout: layout, wishes: EmbedWishes(language: "en", scheme: "dark"),
            parents: [try WebOrigin("https://shop.example")])
    }

    /// Facets with rare and unlisted values beside the chosen one.
    private static func facets() throws -> Facets {
        let colours = Facet(
            name: "colour",
            values: [Facet.Value(text: "Red", count: 9, isAccepted: true)]
                + (1...20).map { Facet.Value(text: "Colour \($0)", count: 1, isAccepted: false) }, further: 3)
        let prices = [
            PriceSpan(currency: "EUR", count: 3, minimum: 1, maximum: 2),
            PriceSpan(currency: "USD", count: 2, minimum: 1, maximum: 2),
        ]
        return Facets(matching: 9, attributes: [colours], prices: prices)
    }

    /// The value of a dotted name, with how many of the objects around declare its first part.
    private static func resolve(_ name: String, in stack: [Any]) -> (value: Any?, declarations: Int) {
        if name == "." { return (stack.last, 1) }
        let parts = name.split(separator: ".").map(String.init)
        func child(_ object: Any, _ label: String) -> Mirror.Child? {
            Mirror(reflecting: object).children.first { $0.label == label }
        }
        let declaring = stack.filter { child($0, parts[0]) != nil }
        guard var value: Any = declaring.last else { return (nil, 0) }
        for part in parts {
            guard let next = child(value, part) else { return (nil, 0) }
            value = next.value
            let mirror = Mirror(reflecting: value)
            if mirror.displayStyle == .optional, let some = mirror.children.first { value = some.value }
        }
        return (value, declaring.count)
    }

    /// Follows a template with its partials, and records every name that no object has, or more than one. What is in a
    /// section of something absent is left out; `seen` gathers the names that were looked up.
    private static func check(_ template: String, _ stack: [Any], _ seen: inout Set<String>) throws {
        var open: [[Any]?] = [stack]
        for tag in try tags(template) {
            if tag.sigil == "/" {
                open.removeLast()
                continue
            }
            let isSection = ["$", "<", "#", "^"].contains(tag.sigil)
            guard let current = open[open.count - 1] else {
                if isSection { open.append(nil) }
                continue
            }
            switch tag.sigil {
            case "$": open.append(current)
            case "<":
                try check(tag.name, current, &seen)
                open.append(current)
            case ">": try check(tag.name, current, &seen)
            default:
                let (value, declarations) = resolve(tag.name, in: current)
                #expect(declarations == 1, "\(template).mustache: {{\(tag.name)}} is known to \(declarations) objects")
                seen.insert("\(template).mustache: \(tag.name)")
                guard isSection else { continue }
                let elements = (value as? [Any]) ?? value.map { [$0] } ?? []
                open.append(representative(of: elements).map { current + [$0] })
            }
        }
        #expect(open.count == 1, "\(template).mustache leaves a section open")
    }

    /// Of a list, the element with the fewest absent properties stands for all; `nil` if there is none.
    private static func representative(of elements: [Any]) -> Any? {
        func isAbsent(_ value: Any) -> Bool {
            let mirror = Mirror(reflecting: value)
            return mirror.displayStyle == .optional && mirror.children.isEmpty
        }
        return elements.filter { !isAbsent($0) }.min { a, b in
            Mirror(reflecting: a).children.count { isAbsent($0.value) }
                < Mirror(reflecting: b).children.count { isAbsent($0.value) }
        }
    }

    @Test("every name in a page's template is a stored property of exactly one object around it")
    func names() throws {
        var seen: Set<String> = []
        for (page, model) in try Self.models() { try Self.check(page.rawValue, [model], &seen) }
        for file in try FileManager.default.contentsOfDirectory(atPath: TestSite.templates) {
            let name = String(file.dropLast(".mustache".count))
            for tag in try Self.tags(name) where ["", "#", "^"].contains(tag.sigil) {
                #expect(seen.contains("\(file): \(tag.name)"), "\(file): {{\(tag.name)}} was never reached")
            }
        }
    }

    @Test("nothing is written unescaped")
    func escaping() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: TestSite.templates) {
            let text = try Self.text(String(name.dropLast(".mustache".count)))
            #expect(!text.contains("{{{") && !text.contains("{{&"), "\(name)")
        }
    }

    @Test(
        "hostile text of a catalog stays text on every page",
        arguments: ["/", "/items/8", "/items/1", "/catalog", "/catalog?category=%3Cb%3EBags%3C/b%3E"])
    func hostileItem(address: String) throws {
        let html = try TestSite().get(address).text
        for text in ["<script>alert", "<b>", "<i>", "<u>", "<img src=x", "\" onload=\"", "href=\"javascript:"] {
            #expect(!html.contains(text), "\(text)")
        }
        if address == "/items/8" {
            #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;alert(1)"))
            #expect(html.contains("{{layout}} &lt;img src=x onerror=alert(3)&gt;"))
        }
    }

    @Test("hostile text of an address stays text", arguments: ["/items/%3Cscript%3E", "/catalog?%3Cscript%3E=1"])
    func hostileAddress(address: String) throws {
        let html = try TestSite().get(address).text
        #expect(!html.contains("<script>"))
        #expect(html.contains("&lt;script&gt;"))
    }

    @Test("pages have no inline script, no inline style and nothing from other hosts")
    func noInline() throws {
        let site = try TestSite(FixedItems(items: FixedItems.wardrobe.dropLast()))
        let upload = try #require(try site.upload(TestSite.photo(red: 1, green: 2, blue: 3)).headers["Location"])
        for address in ["/", "/items/1", "/catalog", "/about", "/privacy", "/items/none", upload] {
            let html = try site.get(address).text
            #expect(html.ranges(of: "<script").count == 2)
            #expect(html.contains(#/<script type="application\/json" data-texts>\{[^<]*\}<\/script>/#))
            #expect(html.contains(#/<script type="module" src="\/static\/scripts-[0-9a-f]+\/app\.js"><\/script>/#))
            #expect(!html.contains("<style") && !html.contains(" style="))
            #expect(!html.contains(#/ on[a-z]+=/#))
            for match in html.matches(of: #/(?:src|href|action)="([^"]*)"/#) {
                #expect(match.1.hasPrefix("/") || match.1.hasPrefix("#") || match.1.hasPrefix("https://shop.example/"))
            }
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: TestSite.publicFiles)
        where !name.hasSuffix(".jpg") {
            let text = try String(contentsOfFile: "\(TestSite.publicFiles)/\(name)", encoding: .utf8)
                .replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!text.contains("http://") && !text.contains("https://"), "\(name)")
        }
    }
}
