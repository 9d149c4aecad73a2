/// An address as people write or paste it, in the form in which it is asked for: with a scheme, the host's name in ASCII and
/// everything else percent-encoded, as browsers do it (https://url.spec.whatwg.org/#concept-basic-url-parser).
struct PhotoAddress {
    /// ASCII alone.
    let text: String

    /// Reads an address. One without a scheme is taken for https; the fragment is dropped.
    ///
    /// - Throws: ``PhotoFetchError/invalidAddress(_:)``.
    init(_ given: String) throws(PhotoFetchError) {
        let trimmed = given.drop { $0.isWhitespace }
        guard let end = trimmed.lastIndex(where: { !$0.isWhitespace }) else { throw .invalidAddress(.empty) }
        let address = trimmed[...end]
        guard address.utf8.count <= PhotoFetcher.longestAddress else {
            throw .invalidAddress(.tooLong(limit: PhotoFetcher.longestAddress))
        }
        guard !address.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalidAddress(.unreadable)
        }
        let scheme = Self.scheme(of: address)
        guard ["http", "https"].contains(scheme?.lowercased() ?? "https") else { throw .invalidAddress(.scheme) }
        var rest = scheme.map { address.dropFirst($0.count + 1) } ?? "//" + address
        guard rest.hasPrefix("//") else { throw .invalidAddress(.unreadable) }
        rest = rest.dropFirst(2)
        let authority = rest.prefix { !"/\\?#".contains($0) }
        guard !authority.contains("@") else { throw .invalidAddress(.credentials) }
        guard let server = Self.server(authority) else { throw .invalidAddress(.unreadable) }
        text = "\(scheme?.lowercased() ?? "https")://" + server + Self.encoded(rest[authority.endIndex...])
    }

    /// What stands before the first colon, if it is a scheme: `data:` has one, `example.com:443/a.jpg` has none.
    private static func scheme(of address: Substring) -> Substring? {
        guard let colon = address.firstIndex(of: ":") else { return nil }
        let name = address[..<colon]
        let rest = address[address.index(after: colon)...]
        guard name.first?.isLetter == true,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        return rest.hasPrefix("//") || (!name.contains(".") && rest.first?.isNumber != true) ? name : nil
    }

    /// The host in ASCII with its port; `nil` if there is none.
    private static func server(_ authority: Substring) -> String? {
        var (host, port) = (authority, Substring())
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            host = authority[..<colon]
            port = authority[colon...]
        }
        guard !host.isEmpty, port.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return DomainName.ascii(host).map { $0 + port }
    }

    /// A path with its query, in which each byte stands for itself that may do so; what is percent-encoded stays.
    private static func encoded(_ text: Substring) -> String {
        var result = ""
        var isQuery = false
        for byte in text.prefix(while: { $0 != "#" }).utf8 {
            isQuery = isQuery || byte == UInt8(ascii: "?")
            switch byte {
            case UInt8(ascii: "\\") where !isQuery: result += "/"
            case 0x00...0x20, 0x7F..., UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
                UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            default: result.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return result
    }
}
