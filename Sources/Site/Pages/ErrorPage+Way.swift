import HTTPCore

extension ErrorPage {
    /// A way on from a refusal: a button.
    package struct Way: Sendable {
        package let wayHref: String
        package let wayText: String
        /// Whether it opens the device's photos where scripts run.
        package let choosesPhoto: Bool
        package let isFirst: Bool

        /// The ways on: what was asked for once more, where waiting may help; the page without what it did not
        /// understand; a photo; and the catalog, which comes first where an item or a page of it was asked for.
        static func ways(from error: HTTPError, asked: String?, mended: String?, in language: Language) -> [Way] {
            var ways: [(href: String, text: String, choosesPhoto: Bool)] = [
                ("/", language.text("error.choose"), true), ("/catalog", language.text("error.browse"), false),
            ]
            let page = asked.map { String($0.prefix { $0 != "?" }) }
            if page == "/catalog" || ["unknown_item", "no_picture"].contains(error.code) { ways.reverse() }
            if let asked, [408, 429, 500, 503, 504].contains(error.status) {
                ways.insert((asked, language.text("script.retry"), false), at: 0)
            } else if let mended {
                if mended != ways[0].href { ways.insert((mended, language.text("error.without"), false), at: 0) }
            } else if error.status == 400, let page, page != asked, page != ways[0].href {
                ways.insert((page, language.text("error.page"), false), at: 0)
            }
            return ways.enumerated().map { index, way in
                Way(wayHref: way.href, wayText: way.text, choosesPhoto: way.choosesPhoto, isFirst: index == 0)
            }
        }
    }
}
