import HTTPCore

/// What a visitor marked with a heart: identifiers in a cookie of the visitor's own browser, and nowhere else.
package struct Favourites: Sendable, Equatable {
    /// The identifiers, the latest first.
    package private(set) var ids: [String]

    /// The cookie's name.
    package static let cookie = "favourites"
    /// The most items; the oldest go first.
    package static let most = 60
    /// The most bytes of the cookie's value: browsers keep 4,096 of a cookie with its name and attributes (RFC 6265,
    /// section 6.1).
    package static let mostBytes = 3600
    /// For how long the browser keeps it since the last change.
    package static let days = 180

    /// These items, the latest first.
    package init(_ ids: [String] = []) {
        var seen: Set<String> = []
        self.ids = []
        var bytes = 0
        for id in ids where !id.isEmpty && seen.insert(id).inserted {
            bytes += TextFormat.encoded(id).utf8.count + 1
            guard self.ids.count < Self.most, bytes <= Self.mostBytes else { break }
            self.ids.append(id)
        }
    }

    /// What a request's cookie says; nothing of one that is none of ours.
    package init(_ request: HTTPRequest) {
        let value = request.cookie(Self.cookie) ?? ""
        guard value.utf8.count <= Self.mostBytes else {
            self.init()
            return
        }
        self.init(value.split(separator: ":").compactMap { PercentEncoding.decodeText($0.utf8) })
    }

    /// Whether an item is marked. O(items).
    package func contains(_ id: String) -> Bool { ids.contains(id) }

    /// The same with an item marked, as the latest.
    package func adding(_ id: String) -> Favourites { Favourites([id] + ids.filter { $0 != id }) }

    /// How many of these `other` lacks.
    package func count(missingFrom other: Favourites) -> Int { ids.count { !other.contains($0) } }

    /// The same without an item.
    package func removing(_ id: String) -> Favourites { Favourites(ids.filter { $0 != id }) }

    /// The parameter of an address that leads back from a heart which took others off the list: how many.
    package static let noticeName = "heart_dropped"

    /// An address that says so.
    package static func withNotice(_ address: String, dropped: Int) -> String {
        guard dropped > 0 else { return address }
        return address + (address.contains("?") ? "&" : "?") + "\(noticeName)=\(dropped)"
    }

    /// An address that does not say so any more.
    package static func withoutNotice(_ target: String) -> String {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].contains(noticeName) else { return target }
        let kept = parts[1].split(separator: "&").filter { !$0.hasPrefix(noticeName + "=") }
        return parts[0] + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
    }

    /// What a page says after that; `nil` if nothing happened.
    package static func notice(for request: HTTPRequest, in language: Language) -> String? {
        guard let dropped = request.query(noticeName).flatMap({ Int($0) }), 1...most ~= dropped else { return nil }
        return notice(dropped: dropped, in: language)
    }

    /// What is said of so many items that were taken off the list for another one.
    package static func notice(dropped: Int, in language: Language) -> String {
        language.text("favourites.dropped", count: dropped)
    }

    /// The field with which a browser keeps this, or forgets it if there is nothing to keep. Scripts cannot read it, and
    /// other sites' pages do not get it sent along.
    package var setCookie: String {
        let value = ids.map(TextFormat.encoded).joined(separator: ":")
        let age = ids.isEmpty ? 0 : Self.days * 24 * 3600
        return "\(Self.cookie)=\(value); Path=/; Max-Age=\(age); SameSite=Lax; HttpOnly"
    }
}
