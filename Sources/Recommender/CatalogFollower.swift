import Foundation
import Synchronization

/// Threads that keep a recommender's index up to date while nobody asks: one looks at the database some times a second,
/// another makes graphs and snapshots when it is time.
public final class CatalogFollower: Sendable {
    private final class Stop: Sendable {
        let isAsked = Atomic(false)
    }

    private let stop = Stop()
    private let report: @Sendable (String) -> Void

    /// How often the database is looked at.
    private static let interval = 0.2
    /// How long the next try waits at the most when something goes wrong.
    private static let longestPause = 30.0

    /// Starts following.
    ///
    /// - Parameters:
    ///   - recommender: what is kept up to date.
    ///   - report: is told what went wrong; searches go on all the same.
    public init(_ recommender: Recommender, report: @escaping @Sendable (String) -> Void) {
        self.report = report
        let stop = stop
        run("follow") { try recommender.refresh() }
        run("maintain") { try recommender.maintain { stop.isAsked.load(ordering: .relaxed) } }
        Thread { recommender.readFacets() }.start()
    }

    deinit { finish() }

    /// Ends both threads soon; a graph that is being made is given up.
    public func finish() { stop.isAsked.store(true, ordering: .relaxed) }

    private func run(_ name: String, _ work: @escaping @Sendable () throws -> Void) {
        let (stop, report) = (stop, report)
        let thread = Thread {
            var last = ""
            var pause = Self.interval
            while !stop.isAsked.load(ordering: .relaxed) {
                do {
                    try work()
                    (last, pause) = ("", Self.interval)
                } catch {
                    // What goes on going wrong is told once, and tried less and less often.
                    if "\(error)" != last { report("\(error)") }
                    (last, pause) = ("\(error)", min(2 * pause, Self.longestPause))
                }
                Thread.sleep(forTimeInterval: pause)
            }
        }
        thread.name = name
        thread.start()
    }
}
