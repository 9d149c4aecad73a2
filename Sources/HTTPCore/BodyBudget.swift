/// How many bytes of bodies may be in memory at once, over all connections.
package final class BodyBudget: Sendable {
    private let left: Guarded<Int>

    package init(bytes: Int) {
        left = Guarded(max(bytes, 0))
    }

    /// What is not taken at the moment.
    package var bytesLeft: Int { left.withLock { $0 } }

    fileprivate func take(_ bytes: Int) -> Bool {
        left.withLock { left in
            guard bytes <= left else { return false }
            left -= bytes
            return true
        }
    }

    fileprivate func giveBack(_ bytes: Int) {
        left.withLock { $0 += bytes }
    }

    /// One body's share, given back when this goes.
    package final class Share {
        private let budget: BodyBudget
        private var bytes = 0

        package init(of budget: BodyBudget) {
            self.budget = budget
        }

        deinit { budget.giveBack(bytes) }

        /// Takes more, or says that there is no more.
        package func grow(by count: Int) -> Bool {
            guard budget.take(count) else { return false }
            bytes += count
            return true
        }
    }
}
