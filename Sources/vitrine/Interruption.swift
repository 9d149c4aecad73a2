import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM as something that can be asked about and waited for. A second signal ends the process at once.
///
/// Unchecked because dispatch sources are not marked as sendable; they are only kept alive here.
final class Interruption: @unchecked Sendable {
    private let received = Atomic<Bool>(false)
    private let semaphore = DispatchSemaphore(value: 0)
    private let sources: [any DispatchSourceSignal]

    /// Takes over both signals for the rest of the process's life.
    init() {
        let queue = DispatchQueue(label: "vitrine.signals")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler { [weak self] in self?.receive() }
            source.activate()
        }
    }

    /// Whether a signal has come.
    var hasCome: Bool { received.load(ordering: .acquiring) }

    /// Blocks until a signal comes.
    func wait() { semaphore.wait() }

    private func receive() {
        if received.exchange(true, ordering: .acquiringAndReleasing) { _exit(Failure.interrupted) }
        semaphore.signal()
    }
}
