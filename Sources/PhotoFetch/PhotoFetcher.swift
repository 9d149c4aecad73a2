internal import CFetch
internal import Glibc
internal import Synchronization

/// Fetches photos from addresses that strangers give.
///
/// Safe to use from many threads; blocks the calling one for as long as ``FetchPolicy/total`` at the most.
public final class PhotoFetcher: Sendable {
    /// The rules.
    public let policy: FetchPolicy
    private let running = Mutex(0)

    /// The most characters of an address.
    public static let longestAddress = 4000

    /// A fetcher that keeps to the policy.
    public init(policy: FetchPolicy = FetchPolicy()) {
        self.policy = policy
    }

    /// The bytes at an address, http or https; whether they are a photo is for the decoder to say.
    ///
    /// - Parameter text: the address, with international names and paths as people write them; one without `http://` or
    ///   `https://` is taken for https.
    /// - Returns: the bytes.
    /// - Throws: ``PhotoFetchError``.
    public func photo(at text: String) throws(PhotoFetchError) -> [UInt8] {
        var address = try Self.address(text)
        try check(address)
        guard
            running.withLock({ running in
                guard running < policy.atOnce else { return false }
                running += 1
                return true
            })
        else { throw .busy }
        defer { running.withLock { $0 -= 1 } }
        let deadline = ContinuousClock.now + policy.total
        for _ in 0...policy.redirects {
            let left = deadline - ContinuousClock.now
            guard left > .milliseconds(1) else { throw .timedOut }
            switch try fetch(address, within: left) {
            case .bytes(let bytes):
                return bytes
            case .elsewhere(let next):
                address = try Self.address(next)
                try check(address)
            }
        }
        throw .tooManyRedirects(limit: policy.redirects)
    }

    /// The text as it is asked for, in ASCII, as far as it can be an address at all.
    package static func address(_ text: String) throws(PhotoFetchError) -> String { try PhotoAddress(text).text }

    /// Checks what can be known before anybody is asked; redirects too.
    private func check(_ address: String) throws(PhotoFetchError) {
        var parts = vf_address()
        defer { vf_free_address(&parts) }
        guard vf_parse_address(address, &parts) != 0, let scheme = parts.scheme else {
            throw .invalidAddress(.unreadable)
        }
        guard ["http", "https"].contains(String(cString: scheme).lowercased()) else {
            throw .invalidAddress(.scheme)
        }
        guard parts.has_credentials == 0 else {
            throw .invalidAddress(.credentials)
        }
        guard policy.allowsPort(Int(parts.port)) else { throw .notAllowed }
    }

    private enum Answer {
        case bytes([UInt8])
        case elsewhere(String)
    }

    /// What the callbacks of one request share; they run on the thread that waits for it.
    private final class Rules {
        let policy: FetchPolicy
        var contentType = ""

        init(_ policy: FetchPolicy) { self.policy = policy }

        /// A wrong type that many servers give pictures is no reason to refuse them: the content decides.
        func accepts(_ type: String) -> Bool {
            contentType = String(type.prefix { $0 != ";" && $0 != " " }.prefix(100)).lowercased()
            return contentType.isEmpty || contentType.hasPrefix("image/") || contentType.hasSuffix("/octet-stream")
        }
    }

    private func fetch(_ address: String, within time: Duration) throws(PhotoFetchError) -> Answer {
        let rules = Rules(policy)
        var answer = vf_answer()
        defer { vf_free_answer(&answer) }
        let outcome = Self.withLines(policy.names) { names in
            address.withCString { address in
                var request = vf_request()
                request.address = address
                request.resolve = names
                request.total_milliseconds = max(1, Int(time / .milliseconds(1)))
                request.connect_milliseconds = max(1, Int(min(time, policy.connecting) / .milliseconds(1)))
                request.maximum_bytes = policy.bytes
                request.allows = { context, address, length in
                    guard let context, let address, let address = SocketAddress(address, length: length) else {
                        return 0
                    }
                    let rules = Unmanaged<Rules>.fromOpaque(context).takeUnretainedValue()
                    return rules.policy.allows(address) ? 1 : 0
                }
                request.accepts = { context, type in
                    guard let context, let type else { return 0 }
                    let rules = Unmanaged<Rules>.fromOpaque(context).takeUnretainedValue()
                    return rules.accepts(String(cString: type)) ? 1 : 0
                }
                request.context = Unmanaged.passUnretained(rules).toOpaque()
                return withExtendedLifetime(rules) { vf_fetch(&request, &answer) }
            }
        }
        let reason = withUnsafeBytes(of: answer.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        switch outcome {
        case vf_done: return try read(answer)
        case vf_invalid_address: throw .invalidAddress(.unreadable)
        case vf_not_allowed: throw .notAllowed
        case vf_timed_out: throw .timedOut
        case vf_too_large: throw .tooLarge(limit: policy.bytes)
        case vf_not_accepted: throw .noPhoto(contentType: rules.contentType)
        case vf_out_of_memory: throw .busy
        default: throw .unreachable(reason: reason.isEmpty ? "no connection" : reason)
        }
    }

    private func read(_ answer: vf_answer) throws(PhotoFetchError) -> Answer {
        if 300..<400 ~= answer.status, let location = answer.location { return .elsewhere(String(cString: location)) }
        guard answer.status == 200 else {
            throw .unreachable(reason: "its server answers with status \(answer.status)")
        }
        guard answer.count > 0 else { throw .unreachable(reason: "the answer is empty") }
        return .bytes(Array(UnsafeBufferPointer(start: answer.bytes, count: answer.count)))
    }

    /// Lines as C takes them, ended by NULL; `nil` for none.
    private static func withLines<Result>(
        _ lines: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        guard !lines.isEmpty else { return body(nil) }
        let copies = lines.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
