import Foundation

/// Addresses of the static files, each with a hash of its content, so that they can be cached for good.
package struct Assets: Sendable {
    package let styles: [String]
    package let script: String
    package let kioskStyle: String
    package let kioskScript: String
    package let embedStyle: String
    package let embedScript: String
    package let icon: String
    package let manifest: String

    /// Reads and hashes the files.
    ///
    /// - Throws: ``SiteError/unreadableFile(_:)``.
    package init(directory: String) throws {
        func address(_ name: String) throws -> String {
            let path = "\(directory)/\(name)"
            guard let content = FileManager.default.contents(atPath: path) else {
                throw SiteError.unreadableFile(path)
            }
            return "/static/\(name)?v=\(Self.fingerprint(content))"
        }
        styles = try ["base.css", "components.css", "case.css", "filters.css", "refine.css", "pages.css"].map(address)
        script = try address("app.js")
        kioskStyle = try address("kiosk.css")
        kioskScript = try address("kiosk.js")
        embedStyle = try address("embed.css")
        embedScript = try address("embed-frame.js")
        icon = try address("favicon.svg")
        manifest = try address("manifest.webmanifest")
    }

    /// FNV-1a, 64 bits, in hexadecimal: tells versions of one file apart; no protection against anybody.
    private static func fingerprint(_ content: Data) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in content { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
