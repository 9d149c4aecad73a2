internal import Glibc

/// Validators for conditional requests (RFC 9110, section 8.8.3).
enum EntityTag {
    /// A file's tag, from its identity, length and time of change in nanoseconds. Files are replaced, never edited
    /// in place, so an equal tag means equal bytes.
    static func file(_ status: stat) -> String {
        let seconds = String(status.st_mtim.tv_sec, radix: 16)
        let nanoseconds = String(status.st_mtim.tv_nsec, radix: 16)
        return "\"\(String(status.st_ino, radix: 16))-\(String(status.st_size, radix: 16))-\(seconds).\(nanoseconds)\""
    }

    /// Whether `If-None-Match` names the tag, by weak comparison (RFC 9110, section 13.1.2).
    static func matches(_ tag: String, headers: HTTPHeaders) -> Bool {
        headers.values(of: "If-None-Match").contains { value in
            value.split(separator: ",").contains { candidate in
                let candidate = candidate.trimmingSpaces
                return candidate == "*" || withoutWeakness(candidate) == withoutWeakness(tag[...])
            }
        }
    }

    private static func withoutWeakness(_ tag: Substring) -> Substring {
        tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmingSpaces: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        return text
    }
}
