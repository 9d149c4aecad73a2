import Synchronization

/// Which parts of a catalog did not answer while a request was answered. A catalog may be spread over several databases, and
/// what the others have is shown while one is away; whoever shows it can tell that it is not all.
public final class AnswerCoverage: Sendable {
    /// Some of the catalog's shards.
    public struct Gap: Sendable, Equatable {
        /// The missing shards, numbered from 1 on, ascending.
        public let missing: [Int]
        /// How many shards there are.
        public let shards: Int

        /// A gap.
        public init(missing: [Int], shards: Int) {
            self.missing = missing
            self.shards = shards
        }
    }

    @TaskLocal private static var current: AnswerCoverage?

    private let noted = Mutex<(missing: Set<Int>, shards: Int)>(([], 0))

    private init() {}

    /// Runs `body` with something that can be asked, then and later, what was missing so far.
    public static func recording<Value>(_ body: (AnswerCoverage) throws -> Value) rethrows -> Value {
        let coverage = AnswerCoverage()
        return try $current.withValue(coverage) { try body(coverage) }
    }

    /// Takes down that shards did not answer, for whoever records on this thread.
    public static func note(_ gap: Gap) {
        current?.noted.withLock { $0 = ($0.missing.union(gap.missing), gap.shards) }
    }

    /// What is missing from what was answered in the ``recording(_:)`` around; `nil` if nothing is.
    public static var gap: Gap? { current?.gap }

    /// What was missing; `nil` if nothing was.
    public var gap: Gap? {
        noted.withLock { $0.missing.isEmpty ? nil : Gap(missing: $0.missing.sorted(), shards: $0.shards) }
    }
}
