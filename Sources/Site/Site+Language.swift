import HTTPCore

extension Site {
    func registerLanguage(on router: inout Router) {
        router.on(.post, "/language", bodyLimit: 16 << 10, handler: fromOwnPages { try $0.chooseLanguage($1) })
    }

    /// `POST /language` with the fields `language` and `back`: keeps the choice in a cookie, and leads back.
    private func chooseLanguage(_ request: HTTPRequest) throws -> HTTPResponse {
        let tag = request.formText("language") ?? ""
        guard let language = languages.language(tag) else {
            throw HTTPError(
                400, code: "unknown_language",
                message: "There are no pages in that language. There are: "
                    + languages.all.map(\.tag).joined(separator: ", ") + ".")
        }
        var response = HTTPResponse.seeOther(Self.returnAddress(request.formText("back") ?? "/"))
        response.headers["Set-Cookie"] =
            "\(Languages.cookie)=\(language.tag); Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    /// An address of this site as it is, and the first page for every other: `//host` and `/\host` lead elsewhere, and
    /// browsers drop tabs and line ends.
    package static func returnAddress(_ address: String) -> String {
        guard address.hasPrefix("/"), !address.hasPrefix("//"), address.utf8.count <= 2000,
            address.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return "/" }
        return address
    }
}
