import HTTPCore

extension Site {
    /// A handler of a form of this site's own pages: every form that sends or changes something has one.
    func fromOwnPages(_ handler: @escaping @Sendable (Site, HTTPRequest) throws -> HTTPResponse) -> Handler {
        answering { site, request in
            try Self.refuseOtherSites(request)
            return try handler(site, request)
        }
    }

    /// Another site's page could send a form in the visitor's name, and so choose a language or put a new list in the place
    /// of the old one. Browsers say where a request comes from: in `Sec-Fetch-Site` (Fetch Metadata, W3C), and where that is
    /// not there, as in old ones and without TLS, in `Origin` (RFC 6454). What sends neither is no page of another site.
    ///
    /// - Throws: `HTTPError` 403 `other_site`.
    private static func refuseOtherSites(_ request: HTTPRequest) throws(HTTPError) {
        let isForeign =
            if let site = request.headers["Sec-Fetch-Site"] {
                site.lowercased() == "cross-site"
            } else {
                request.headers.values(of: "Origin").contains { !isOwn($0, host: request.headers["Host"]) }
            }
        guard isForeign else { return }
        throw HTTPError(403, code: "other_site", message: "This can be done from this site's own pages only.")
    }

    /// Whether an origin has the host that was asked, by either scheme: TLS may end at a proxy. `null` has none.
    private static func isOwn(_ origin: String, host: String?) -> Bool {
        guard let host = host?.lowercased(), let separator = origin.firstRange(of: "://") else { return false }
        let scheme = origin[..<separator.lowerBound].lowercased()
        guard let port = ["http": ":80", "https": ":443"][scheme] else { return false }
        func withoutPort(_ text: String) -> Substring { text.hasSuffix(port) ? text.dropLast(port.count) : text[...] }
        return withoutPort(origin[separator.upperBound...].lowercased()) == withoutPort(host)
    }
}
