internal import Foundation

/// International names of hosts in ASCII (IDNA: RFC 5891, with the mapping of Unicode Technical Standard 46 as far as
/// normalisation and small letters bring it about). Done here since libcurl does it in the encoding of the process's locale.
enum DomainName {
    /// The name as the DNS has it, `xn--bcher-kva.example` for `bücher.example`; `nil` for what is no name. A name in ASCII
    /// stays as it is, so that addresses of IPv4 and IPv6 do.
    static func ascii(_ host: Substring) -> String? {
        guard !host.utf8.allSatisfy({ $0 < 0x80 }) else { return host.contains(" ") ? nil : String(host) }
        let visible = String(String.UnicodeScalarView(host.unicodeScalars.filter { !isIgnored($0) }))
        let mapped = visible.precomposedStringWithCompatibilityMapping.lowercased()
            .precomposedStringWithCompatibilityMapping
        var labels: [String] = []
        // The ideographic full stop parts names as well.
        let parts = mapped.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "\u{3002}" }
        for part in parts {
            guard let ascii = ascii(label: Array(part)) else { return nil }
            labels.append(ascii)
        }
        // A name may end with a full stop.
        if labels.count > 1, labels.last == "" { labels.removeLast() }
        let name = labels.joined(separator: ".")
        return labels.contains("") || name.utf8.count > 253 ? nil : name
    }

    private static func ascii(label: [Unicode.Scalar]) -> String? {
        guard label.count <= 63 else { return nil }
        if label.allSatisfy(\.isASCII) {
            return label.allSatisfy(isLetterDigitHyphen) ? String(String.UnicodeScalarView(label)) : nil
        }
        guard let first = label.first, !isMark(first), first != "-", label.last != "-",
            label.allSatisfy({ $0.isASCII ? isLetterDigitHyphen($0) : isAllowed($0) })
        else { return nil }
        let ascii = "xn--" + punycode(label)
        return ascii.utf8.count <= 63 ? ascii : nil
    }

    /// Underscores are seen in names of machines.
    private static func isLetterDigitHyphen(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_"
    }

    /// Soft hyphens, zero-width spaces and joiners of words, byte order marks, and choices between forms of a sign.
    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        [0xAD, 0x200B, 0x2060, 0xFEFF].contains(scalar.value) || (0xFE00...0xFE0F).contains(scalar.value)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        [.nonspacingMark, .spacingMark, .enclosingMark].contains(scalar.properties.generalCategory)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber,
            .letterNumber, .otherNumber, .otherSymbol:
            true
        // Points and signs within words (RFC 5892, appendix A).
        default: [0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB].contains(scalar.value)
        }
    }

    /// Punycode (RFC 3492, section 6.3). O(n²) of at most 63 characters.
    static func punycode(_ label: [Unicode.Scalar]) -> String {
        var result = String(String.UnicodeScalarView(label.filter(\.isASCII)))
        let basic = result.utf8.count
        if basic > 0 { result += "-" }
        let points = label.map { Int($0.value) }
        var (handled, next, delta, bias) = (basic, 0x80, 0, 72)
        while let least = points.filter({ $0 >= next }).min() {
            delta += (least - next) * (handled + 1)
            next = least
            for point in points {
                if point < next { delta += 1 }
                guard point == next else { continue }
                var (rest, base) = (delta, 36)
                while true {
                    let threshold = max(1, min(26, base - bias))
                    guard rest >= threshold else { break }
                    result.unicodeScalars.append(digit(threshold + (rest - threshold) % (36 - threshold)))
                    rest = (rest - threshold) / (36 - threshold)
                    base += 36
                }
                result.unicodeScalars.append(digit(rest))
                handled += 1
                bias = adapted(delta, count: handled, isFirst: handled == basic + 1)
                delta = 0
            }
            delta += 1
            next += 1
        }
        return result
    }

    /// The bias for the next difference (RFC 3492, section 6.1).
    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var steps = 0
        while delta > 455 {
            delta /= 35
            steps += 36
        }
        return steps + 36 * delta / (delta + 38)
    }

    private static func digit(_ value: Int) -> Unicode.Scalar {
        Unicode.Scalar(UInt8(value < 26 ? 97 + value : 22 + value))
    }
}
