import ArgumentParser
import HTTPCore
import Site

/// What a server is used for beside its own pages.
struct SiteUse: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A site that may show the search in a frame, such as https://shop.example; may be repeated.",
            valueName: "origin"))
    var embedOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "A site whose scripts may use the API, such as https://shop.example; may be repeated. * lets all of them "
                + "read, without a token.", valueName: "origin"))
    var corsOrigin: [String] = []

    @Flag(help: "Serve a kiosk at /kiosk: a screen with a camera, for one visitor after another.")
    var kiosk = false

    @Option(help: ArgumentHelp("Erase all of a visitor after so long without a touch.", valueName: "seconds"))
    var kioskTimeout = 60

    @Option(
        name: .customLong("public-url"),
        help: ArgumentHelp(
            "Address at which phones reach this server, for the kiosk's QR codes (default: the one that the kiosk's "
                + "browser uses).", valueName: "url"))
    var publicURL: String?

    @Option(
        help: ArgumentHelp(
            "Language of the catalog's names and descriptions, such as en or pt-BR: on pages in another one, screen "
                + "readers take the right voice for them (default: nothing is said of it).", valueName: "tag"))
    var catalogLanguage: String?

    func validate() throws {
        _ = try options()
        guard (5...3600).contains(kioskTimeout) else {
            throw ValidationError("--kiosk-timeout takes a number of seconds from 5 to 3600.")
        }
    }

    /// The options as the site takes them.
    func options() throws -> SiteOptions {
        var options = SiteOptions()
        if let catalogLanguage {
            // The form of BCP 47's language tags; which of them exist is for the IANA to say.
            guard catalogLanguage.wholeMatch(of: #/[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,7}/#) != nil else {
                throw ValidationError("--catalog-language takes a language tag such as en, de or pt-BR.")
            }
            options.catalogLanguage = catalogLanguage
        }
        options.embedOrigins = try embedOrigin.map { try Self.origin($0, of: "--embed-origin") }
        do {
            options.crossOrigin = try CrossOriginAccess(corsOrigin)
        } catch {
            throw ValidationError("--cors-origin: \(error).")
        }
        if let publicURL {
            // An address of a whole server is often written with the slash that browsers show.
            let address = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
            let origin = try Self.origin(address, of: "--public-url")
            if kiosk { options.kiosk = KioskSettings(timeout: .seconds(kioskTimeout), publicAddress: origin) }
        } else if kiosk {
            options.kiosk = KioskSettings(timeout: .seconds(kioskTimeout))
        }
        return options
    }

    private static func origin(_ text: String, of option: String) throws -> WebOrigin {
        do {
            return try WebOrigin(text)
        } catch {
            throw ValidationError("\(option): \(error).")
        }
    }
}
