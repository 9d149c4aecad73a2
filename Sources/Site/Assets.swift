import Foundation

/// Addresses of the static files, each with a hash of its content, so that they can be cached for good.
package struct Assets: Sendable {
    /// The style sheet of all pages: several files, joined so that a browser asks once.
    package let style: String
    /// Its content.
    let joinedStyle: [UInt8]
    /// Where the scripts are: a folder whose name changes with any of them, so that they find each other by relative
    /// addresses and can all be cached for good.
    package let scripts: String
    package let script: String
    /// What the first script imports, to be fetched beside it.
    package let modules: [String]
    /// Style sheets and scripts in the format of gzip, by name; what is not smaller that way is not there.
    let compressed: [String: [UInt8]]
    package let kioskStyles: [String]
    package let kioskScript: String
    package let embedStyle: String
    package let embedScript: String
    package let icon: String
    package let manifest: String

    /// Reads and hashes the files.
    ///
    /// - Throws: ``SiteError/unreadableFile(_:)``.
    package init(directory: String) throws {
        func content(_ name: String) throws -> Data {
            let path = "\(directory)/\(name)"
            guard let content = FileManager.default.contents(atPath: path) else {
                throw SiteError.unreadableFile(path)
            }
            return content
        }
        func address(_ name: String) throws -> String {
            "/static/\(name)?v=\(Self.fingerprint(try content(name)))"
        }
        let joined = try Self.joinedStyles.map(content).reduce(Data()) { $0 + $1 + Data("\n".utf8) }
        joinedStyle = [UInt8](joined)
        style = "/static/\(Self.styleName)?v=\(Self.fingerprint(joined))"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var compressed: [String: [UInt8]] = [:]
        for name in names where name.hasSuffix(".js") || name.hasSuffix(".css") {
            let content = FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data()
            compressed[name] = Compression.gzip([UInt8](content), level: 9)
        }
        compressed[Self.styleName] = Compression.gzip(joinedStyle, level: 9)
        self.compressed = compressed
        var all = Data()
        for name in names.sorted() where name.hasSuffix(".js") {
            all += Data(name.utf8) + (FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data())
        }
        let folder = Self.scriptPrefix + Self.fingerprint(all)
        scripts = folder
        func script(_ name: String) throws -> String {
            guard names.contains(name) else { throw SiteError.unreadableFile("\(directory)/\(name)") }
            return "/static/\(folder)/\(name)"
        }
        self.script = try script("app.js")
        modules = try ["texts.js", "sources.js", "tray.js", "upload.js", "shrink.js", "favourites.js", "offline.js"]
            .map(script)
        kioskStyles = try ["kiosk.css", "kiosk-views.css"].map(address)
        kioskScript = try script("kiosk.js")
        embedStyle = try address("embed.css")
        embedScript = try script("embed-frame.js")
        icon = try address("favicon.svg")
        manifest = try address("manifest.webmanifest")
    }

    /// The name of the joined style sheet; it lies beside the files, so that their relative addresses hold.
    static let styleName = "site.css"
    /// What it is made of, in this order.
    private static let joinedStyles = [
        "base.css", "components.css", "case.css", "filters.css", "refine.css", "cards.css", "comparison.css",
        "pages.css", "photo.css", "results.css", "results-small.css",
    ]

    /// What the name of the scripts' folder begins with.
    static let scriptPrefix = "scripts-"

    /// FNV-1a, 64 bits, in hexadecimal: tells versions of one file apart; no protection against anybody.
    private static func fingerprint(_ content: Data) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in content { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
