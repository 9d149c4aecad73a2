import Synchronization

/// Shoppers' photos and their vectors, in memory only, each under an unguessable token. Bounded in count, in bytes and
/// in time; what was looked at longest ago goes first. Safe to use from many threads.
package final class ResultStore: Sendable {
    /// The bounds of a store.
    package struct Limits: Sendable {
        package var count = 500
        package var bytes = 128 << 20
        package var lifetime: Duration = .seconds(30 * 60)

        package init(count: Int = 500, bytes: Int = 128 << 20, lifetime: Duration = .seconds(30 * 60)) {
            self.count = count
            self.bytes = bytes
            self.lifetime = lifetime
        }
    }

    /// For how long a result is kept.
    package enum Lifetime: Sendable {
        /// Since the last look at it.
        case sinceLastUse(Duration)
        /// Since it was put in, however often it is looked at.
        case fixed(Duration)
    }

    private struct Kept {
        let entry: Entry
        let lifetime: Duration
        let isRenewed: Bool
        /// What was looked for in parts of the photos, the oldest first.
        var parts: [(place: PhotoPart, vector: PhotoVector)] = []
        var lastUse: ContinuousClock.Instant
        /// Grows with each use, and so orders entries that were used at the same instant.
        var turn: UInt64
    }

    private struct State {
        var kept: [String: Kept] = [:]
        var bytes = 0
        var turns: UInt64 = 0
    }

    /// The bounds.
    package let limits: Limits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// An empty store; `now` is for tests.
    package init(
        limits: Limits = Limits(), now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.limits = limits
        self.now = now
    }

    /// How many photos are kept, and their bytes.
    package var usage: (count: Int, bytes: Int) {
        state.withLock { ($0.kept.count, $0.bytes) }
    }

    /// Keeps a result. O(n) in the number of results when something must go, O(1) otherwise.
    ///
    /// - Parameters:
    ///   - entry: what is kept.
    ///   - lifetime: for how long; by default as long as ``Limits/lifetime`` says since the last look.
    /// - Returns: its token, 128 random bits in base64url (RFC 4648, section 5), after a sign of its own where the time is
    ///   fixed, so that ``isCopy(_:)`` knows it when it is gone.
    package func insert(_ entry: Entry, lifetime: Lifetime? = nil) -> String {
        let time = now()
        let (duration, isRenewed) =
            switch lifetime ?? .sinceLastUse(limits.lifetime) {
            case .sinceLastUse(let duration): (duration, true)
            case .fixed(let duration): (duration, false)
            }
        let token = (isRenewed ? "" : Self.copyMark) + Self.randomToken()
        state.withLock { state in
            discardExpired(&state, at: time)
            while !state.kept.isEmpty,
                state.kept.count >= limits.count || state.bytes + entry.byteCount > limits.bytes
            {
                guard let oldest = state.kept.min(by: { $0.value.turn < $1.value.turn })?.key else { break }
                remove(oldest, from: &state)
            }
            state.turns += 1
            state.kept[token] = Kept(
                entry: entry, lifetime: duration, isRenewed: isRenewed, lastUse: time, turn: state.turns)
            state.bytes += entry.byteCount
        }
        return token
    }

    /// The result under a token, whose time starts anew unless it is fixed; `nil` if there is none, or no longer. O(1).
    package func entry(_ token: String) -> Entry? {
        let time = now()
        return state.withLock { state in
            guard var kept = state.kept[token] else { return nil }
            guard time - kept.lastUse < kept.lifetime else {
                remove(token, from: &state)
                return nil
            }
            state.turns += 1
            if kept.isRenewed { kept.lastUse = time }
            kept.turn = state.turns
            state.kept[token] = kept
            return kept.entry
        }
    }

    /// How long a result is still there whose time is fixed; `nil` for others, and for none. O(1).
    package func timeLeft(_ token: String) -> Duration? {
        let time = now()
        return state.withLock { state in
            guard let kept = state.kept[token], !kept.isRenewed else { return nil }
            return max(.zero, kept.lifetime - (time - kept.lastUse))
        }
    }

    /// Whether a token is one of a copy that goes at a set time, there or gone.
    package static func isCopy(_ token: String) -> Bool { token.hasPrefix(copyMark) }

    /// No sign of base64url.
    private static let copyMark = "~"

    /// The vector of a part that was kept for it; `nil` if there is none. O(parts).
    package func vector(of place: PhotoPart, in token: String) -> PhotoVector? {
        state.withLock { $0.kept[token]?.parts.first { $0.place == place }?.vector }
    }

    /// Keeps the vector of a part of a photo as long as the result, or until ``mostParts`` others came after it.
    package func keep(_ vector: PhotoVector, of place: PhotoPart, in token: String) {
        state.withLock { state in
            guard var kept = state.kept.removeValue(forKey: token) else { return }
            kept.parts.removeAll { $0.place == place }
            if kept.parts.count >= Self.mostParts { kept.parts.removeFirst() }
            kept.parts.append((place, vector))
            state.kept[token] = kept
        }
    }

    /// How many parts of one upload's photos are kept: about 16 KB of vectors.
    package static let mostParts = 16

    /// Forgets a result at once. O(1).
    package func discard(_ token: String) {
        state.withLock { remove(token, from: &$0) }
    }

    /// Forgets what has outlived its time. O(n).
    package func discardExpired() {
        let time = now()
        state.withLock { discardExpired(&$0, at: time) }
    }

    private func discardExpired(_ state: inout State, at time: ContinuousClock.Instant) {
        for (token, kept) in state.kept where time - kept.lastUse >= kept.lifetime {
            remove(token, from: &state)
        }
    }

    private func remove(_ token: String, from state: inout State) {
        guard let kept = state.kept.removeValue(forKey: token) else { return }
        state.bytes -= kept.entry.byteCount
    }

    /// The system's generator is cryptographically secure, so tokens cannot be guessed.
    private static func randomToken() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var generator = SystemRandomNumberGenerator()
        var bits = [generator.next(), generator.next()]
        // 22 characters of 6 bits: the 128 bits, high end first, and four zero bits.
        let characters = (0..<22).map { _ in
            let character = alphabet[Int(bits[0] >> 58)]
            bits[0] = bits[0] << 6 | bits[1] >> 58
            bits[1] <<= 6
            return character
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
